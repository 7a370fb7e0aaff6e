import { Portal } from "@mantine/core";
import { type RefObject, useEffect, useState } from "react";
import type { Task } from "~/api/client";
import { formatPercent, plural } from "~/lib/format";
import { formatDuration, formatTime } from "~/lib/time";
import { KeyValue } from "~/ui/KeyValue";
import { Quoted } from "~/ui/Quoted";
import { StatusBadge } from "~/ui/StatusBadge";
import { Elapsed, EndsAt } from "~/ui/Ticking";
import { epochText, fractionOf, iterationText } from "./progressText";
import { defaultReason } from "./statusReasons";
import classes from "./TaskGrid.module.css";

interface Hovered {
  taskId: number;
  kind: string;
  left: number;
  top: number;
  isAbove: boolean;
}

const DELAY_MS = 350;
const ROOM = 190;

interface RowHoverCardProps {
  scroller: RefObject<HTMLDivElement | null>;
  taskOf: (id: number) => Task | undefined;
}

/** One card for the whole table, so that rows stay light: why a task has its status, where it is and when it ends. */
export function RowHoverCard({ scroller, taskOf }: RowHoverCardProps) {
  const hovered = useHovered(scroller);
  const task = hovered ? taskOf(hovered.taskId) : undefined;
  if (!hovered || !task) return null;
  const { left, top, isAbove } = hovered;
  const place = isAbove ? { left, bottom: window.innerHeight - top } : { left, top };
  return (
    <Portal>
      <div className={classes.hoverCard} style={place} role="tooltip">
        {hovered.kind === "status" ? <StatusFacts task={task} /> : <ProgressFacts task={task} />}
      </div>
    </Portal>
  );
}

function useHovered(scroller: RefObject<HTMLDivElement | null>): Hovered | null {
  const [hovered, setHovered] = useState<Hovered | null>(null);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let current: Element | null = null;
    const over = (event: PointerEvent) => {
      const cell = event.target instanceof Element ? event.target.closest("[data-hover]") : null;
      if (cell === current) return;
      clear();
      current = cell;
      if (cell && event.pointerType !== "touch")
        timer = setTimeout(() => setHovered(placeOf(cell)), DELAY_MS);
    };
    const clear = () => {
      clearTimeout(timer);
      current = null;
      setHovered(null);
    };
    element.addEventListener("pointerover", over);
    element.addEventListener("pointerleave", clear);
    element.addEventListener("scroll", clear, { passive: true });
    element.addEventListener("pointerdown", clear);
    return () => {
      clearTimeout(timer);
      element.removeEventListener("pointerover", over);
      element.removeEventListener("pointerleave", clear);
      element.removeEventListener("scroll", clear);
      element.removeEventListener("pointerdown", clear);
    };
  }, [scroller]);
  return hovered;
}

function placeOf(cell: Element): Hovered | null {
  const taskId = Number(cell.closest("[data-task]")?.getAttribute("data-task"));
  const kind = cell.getAttribute("data-hover");
  if (!taskId || !kind) return null;
  const box = cell.getBoundingClientRect();
  const isAbove = box.bottom + ROOM > window.innerHeight;
  const left = Math.max(8, Math.min(box.left, window.innerWidth - 376));
  return { taskId, kind, left, top: isAbove ? box.top - 4 : box.bottom + 4, isAbove };
}

function StatusFacts({ task }: { task: Task }) {
  const { status, reason, is_stopping, exit_code, signal, num_attempts, last_seen_at } = task;
  return (
    <>
      <p>
        <StatusBadge status={status} /> {is_stopping && "It was asked to stop."}
      </p>
      <p>
        <Quoted text={reason || defaultReason(task)} />
      </p>
      <KeyValue
        layout="line"
        items={[
          ...(exit_code === null ? [] : [{ label: "Exit code", value: exit_code }]),
          ...(signal === null ? [] : [{ label: "Signal", value: signal }]),
          ...(num_attempts > 1 ? [{ label: "Attempts", value: num_attempts }] : []),
          ...(last_seen_at === null ? [] : [{ label: "Last seen", value: formatTime(last_seen_at) }]),
        ]}
      />
    </>
  );
}

function ProgressFacts({ task }: { task: Task }) {
  const { progress, status } = task;
  const fraction = fractionOf(task);
  if (!progress)
    return (
      <p>{status === "finished" ? "Finished; it wrote no progress." : "It has written no progress yet."}</p>
    );
  const { total_remaining_seconds: total, epoch_remaining_seconds: inEpoch, epoch_seconds } = progress;
  const isRunning = status === "running";
  return (
    <KeyValue
      items={[
        ...(fraction === null ? [] : [{ label: "Done", value: formatPercent(fraction) }]),
        { label: "Epoch", value: epochText(task) },
        { label: isRunning ? "Now" : "Last", value: iterationText(task) },
        ...(epoch_seconds === null
          ? []
          : [{ label: "An epoch takes", value: formatDuration(epoch_seconds) }]),
        ...(isRunning && inEpoch !== null
          ? [{ label: "Left in epoch", value: formatDuration(inEpoch) }]
          : []),
        ...(isRunning && total !== null
          ? [
              { label: "Left in total", value: formatDuration(total) },
              { label: "Ends", value: <EndsAt seconds={total} /> },
            ]
          : []),
        { label: "Running for", value: <Elapsed from={task.started_at} to={task.ended_at} /> },
        ...(task.num_attempts > 1 ? [{ label: "Started", value: plural(task.num_attempts, "time") }] : []),
      ]}
    />
  );
}
