import { Fragment, type KeyboardEvent, type PointerEvent, useLayoutEffect, useRef, useState } from "react";
import type { PlacedDimension } from "./dimension";
import classes from "./parallel.module.css";

interface ParallelHeadsProps {
  axes: readonly PlacedDimension[];
  labels: ReadonlyMap<string, string>;
  xs: readonly number[];
  /** This many of the first axes may change places. */
  movable: number;
  /** Puts an axis at another place; `isDone` when the drag ended. */
  onMove: (id: string, to: number, isDone: boolean) => void;
}

/** The axes' names. They are dragged to other places, or moved there with the arrow keys. */
export function ParallelHeads({ axes, labels, xs, movable, onMove }: ParallelHeadsProps) {
  const [drag, setDrag] = useState<{ id: string; x: number; from: number } | null>(null);
  const step = axes.length > 1 ? (xs[1] ?? 0) - (xs[0] ?? 0) : 1;
  const { root, keepFocus } = useKeptFocus(axes);
  const placeAt = (x: number) => Math.min(movable - 1, Math.max(0, Math.round((x - (xs[0] ?? 0)) / step)));
  const onKeyDown = (event: KeyboardEvent, id: string, index: number) => {
    const to = index + ({ ArrowLeft: -1, ArrowRight: 1 }[event.key] ?? 0);
    if (to === index || to < 0 || to >= movable) return;
    event.preventDefault();
    keepFocus(id);
    onMove(id, to, true);
  };
  const onPointerMove = (event: PointerEvent, id: string) => {
    if (drag?.id !== id) return;
    const x = drag.x + event.movementX;
    setDrag({ ...drag, x });
    const to = placeAt(x);
    if (axes[to]?.id !== id) onMove(id, to, false);
  };
  const onPointerUp = (id: string) => {
    if (drag?.id === id) onMove(id, placeAt(drag.x), true);
    setDrag(null);
  };
  return (
    <div ref={root} className={classes.heads}>
      {axes.map(({ id, label }, index) => {
        const at = { left: drag?.id === id ? drag.x : xs[index], width: Math.min(160, step - 4) };
        const text = labels.get(id) ?? label;
        if (index >= movable)
          return (
            <span key={id} className={classes.head} style={at} title={label}>
              <Broken text={text} />
            </span>
          );
        return (
          <button
            key={id}
            type="button"
            data-axis={id}
            className={classes.head}
            style={at}
            title={`${label}: drag it to another place`}
            aria-label={`${label}, axis ${index + 1} of ${axes.length}: arrow keys move it`}
            data-dragged={drag?.id === id || undefined}
            onKeyDown={(event) => onKeyDown(event, id, index)}
            onPointerDown={(event) => {
              event.currentTarget.setPointerCapture(event.pointerId);
              setDrag({ id, x: xs[index] ?? 0, from: index });
            }}
            onPointerMove={(event) => onPointerMove(event, id)}
            onPointerUp={() => onPointerUp(id)}
            onPointerCancel={() => onPointerUp(id)}
          >
            <Broken text={text} />
          </button>
        );
      })}
    </div>
  );
}

/** A name that goes on in a second line behind a dot or an underscore, where there is no room for it. */
function Broken({ text }: { text: string }) {
  return (
    <span className={classes.headText}>
      {text.split(/(?<=[._])/).map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no other identity
        <Fragment key={index}>
          {part}
          <wbr />
        </Fragment>
      ))}
    </span>
  );
}

/** A button that was moved among its siblings loses the focus in some browsers. */
function useKeptFocus(axes: unknown) {
  const root = useRef<HTMLDivElement>(null);
  const moved = useRef<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever the order changed
  useLayoutEffect(() => {
    const { current: id } = moved;
    moved.current = null;
    if (id !== null) root.current?.querySelector<HTMLElement>(`[data-axis="${CSS.escape(id)}"]`)?.focus();
  }, [axes]);
  return {
    root,
    keepFocus: (id: string) => {
      moved.current = id;
    },
  };
}
