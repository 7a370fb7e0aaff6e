import classes from "./hpsearch.module.css";
import { searchProgress } from "./progress";
import type { SearchRead } from "./types";

/** How many trials are complete, stopped, failed and active, as a bar and in numbers. */
export function SearchProgressBar({ search }: { search: SearchRead }) {
  const { parts, fraction, short, words } = searchProgress(search);
  return (
    <div className={classes.progress} title={words}>
      <div
        className={classes.track}
        role="progressbar"
        aria-label={`Progress of ${search.name}`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.floor((fraction ?? 0) * 100)}
        aria-valuetext={words}
      >
        {parts.map(({ tone, share }) => (
          <div
            key={tone}
            data-active={tone === "running" || undefined}
            style={{ width: `${share * 100}%`, background: `var(--${tone})` }}
          />
        ))}
      </div>
      <span className="numeric">{short}</span>
    </div>
  );
}
