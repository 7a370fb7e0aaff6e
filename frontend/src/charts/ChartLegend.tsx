import { Swatch } from "./ChartTooltip";
import classes from "./charts.module.css";
import type { Series } from "./series";

interface ChartLegendProps {
  series: readonly Series[];
  hiddenIds: ReadonlySet<string>;
  onToggle?: (id: string) => void;
  /** The series pointed at, or null. */
  onFocus: (id: string | null) => void;
}

/** The series as buttons: pointing at one fades the others, pressing it hides it. */
export function ChartLegend({ series, hiddenIds, onToggle, onFocus }: ChartLegendProps) {
  return (
    <ul className={classes.legend} aria-label="Series">
      {series.map(({ id, label, color, dash }) => (
        <li key={id}>
          <button
            type="button"
            className={classes.legendItem}
            aria-pressed={!hiddenIds.has(id)}
            title={hiddenIds.has(id) ? `Show ${label}` : `Hide ${label}`}
            onClick={() => onToggle?.(id)}
            onPointerEnter={() => onFocus(id)}
            onPointerLeave={() => onFocus(null)}
            onFocus={() => onFocus(id)}
            onBlur={() => onFocus(null)}
          >
            <Swatch color={color} dash={dash} />
            <span className={classes.legendLabel}>{label}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
