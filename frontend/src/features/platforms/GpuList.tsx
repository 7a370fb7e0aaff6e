import type { GpuLoad } from "~/api/client";
import { formatBytes } from "~/lib/format";
import classes from "./gpus.module.css";

/** More than this are shown as small tiles, not as lines. */
const FEW = 8;

/** The GPUs of a place by machine, each with its load and memory. */
export function GpuList({ gpus }: { gpus: readonly GpuLoad[] }) {
  const machines = [...groupedBy(gpus, (gpu) => gpu.machine)];
  const isCompact = isManyGpus(gpus);
  return (
    <div className={classes.machines}>
      {machines.map(([machine, own]) => (
        <section key={machine} aria-label={`GPUs of ${machine || "this machine"}`}>
          {(machines.length > 1 || isCompact) && (
            <p className={classes.machine}>
              <span className="mono">{machine || "this machine"}</span>{" "}
              {isCompact && <span className="dim">{kinds(own)}</span>}
            </p>
          )}
          <ul className={isCompact ? classes.tiles : classes.lines}>
            {own.map((gpu) =>
              isCompact ? <Tile key={gpu.device} gpu={gpu} /> : <Line key={gpu.device} gpu={gpu} />,
            )}
          </ul>
        </section>
      ))}
    </div>
  );
}

/** Whether they are shown as tiles, with their load above their memory. */
export function isManyGpus(gpus: readonly GpuLoad[]): boolean {
  return gpus.length > FEW;
}

function Line({ gpu }: { gpu: GpuLoad }) {
  return (
    <li className={classes.line}>
      <span className={classes.device}>{gpu.device}</span>
      <span className={classes.name} title={gpu.name}>
        {gpu.name}
      </span>
      <Gauge label={`Load of GPU ${gpu.device}`} fraction={loadOf(gpu)} text={loadText(gpu)} />
      <Gauge label={`Memory of GPU ${gpu.device}`} fraction={memoryOf(gpu)} text={memoryText(gpu)} />
    </li>
  );
}

function Tile({ gpu }: { gpu: GpuLoad }) {
  return (
    <li className={classes.tile} title={`${gpu.name}\nLoad ${loadText(gpu)}, memory ${memoryText(gpu)}`}>
      <span className={classes.device}>{gpu.device}</span>
      <div className={classes.tileBars}>
        <Bar label={`Load of GPU ${gpu.device}`} fraction={loadOf(gpu)} text={loadText(gpu)} />
        <Bar label={`Memory of GPU ${gpu.device}`} fraction={memoryOf(gpu)} text={memoryText(gpu)} />
      </div>
    </li>
  );
}

interface GaugeProps {
  label: string;
  fraction: number | null;
  text: string;
}

function Gauge(props: GaugeProps) {
  return (
    <div className={classes.gauge}>
      <Bar {...props} />
      <span className={classes.value}>{props.text}</span>
    </div>
  );
}

function Bar({ label, fraction, text }: GaugeProps) {
  const percent = Math.round((fraction ?? 0) * 100);
  return (
    // biome-ignore lint/a11y/useSemanticElements: <meter> cannot take our colours in every browser
    <div
      className={classes.bar}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={text}
      data-high={percent >= 90 || undefined}
    >
      <div style={{ width: `${percent}%` }} />
    </div>
  );
}

function kinds(gpus: readonly GpuLoad[]): string {
  const names = groupedBy(gpus, (gpu) => gpu.name);
  return [...names].map(([name, own]) => (own.length > 1 ? `${own.length} × ${name}` : name)).join(", ");
}

function loadOf({ load_percent }: GpuLoad): number | null {
  return load_percent === null ? null : clamped(load_percent / 100);
}

function memoryOf({ used_bytes, memory_bytes }: GpuLoad): number | null {
  return used_bytes === null || !memory_bytes ? null : clamped(used_bytes / memory_bytes);
}

function clamped(value: number): number {
  return Math.min(1, Math.max(0, value));
}

function loadText({ load_percent }: GpuLoad): string {
  return load_percent === null ? "not known" : `${Math.round(load_percent)}%`;
}

function memoryText({ used_bytes, memory_bytes }: GpuLoad): string {
  if (memory_bytes === null) return "not known";
  return used_bytes === null
    ? formatBytes(memory_bytes)
    : `${formatBytes(used_bytes)} of ${formatBytes(memory_bytes)}`;
}

function groupedBy(gpus: readonly GpuLoad[], key: (gpu: GpuLoad) => string): Map<string, GpuLoad[]> {
  const groups = new Map<string, GpuLoad[]>();
  for (const gpu of gpus) groups.set(key(gpu), [...(groups.get(key(gpu)) ?? []), gpu]);
  return groups;
}
