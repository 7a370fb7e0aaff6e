import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from "react";
import { storedNumber, storeNumber } from "~/lib/stored";
import classes from "./SplitPane.module.css";

interface SplitPaneProps {
  /** Names the remembered size: "tasks". */
  id: string;
  /** Names the handle: "Resize the list and the task". */
  label: string;
  /** `row`: side by side; `column`: one above the other. */
  direction?: "row" | "column";
  /** Share of the first pane in percent before anyone moved the handle. */
  defaultSize?: number;
  /** The least and most that the first pane may have, in percent. */
  min?: number;
  max?: number;
  first: ReactNode;
  /** Null hides the handle and gives all space to the first pane, which stays mounted. */
  second: ReactNode | null;
}

/** Two panes and a handle: dragged, moved with the arrow keys, reset by a double click; its place is remembered. */
export function SplitPane(props: SplitPaneProps) {
  const { id, label, direction = "row", defaultSize = 50, min = 20, max = 80, first, second } = props;
  const key = `hypertrainer.split.${id}`;
  const clamped = (value: number) => Math.min(max, Math.max(min, value));
  const [size, setSize] = useState(() => clamped(storedNumber(key, defaultSize)));
  const root = useRef<HTMLDivElement>(null);
  const isRow = direction === "row";

  const resize = (value: number) => {
    const next = Math.round(clamped(value) * 10) / 10;
    setSize(next);
    storeNumber(key, next);
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const box = root.current?.getBoundingClientRect();
    if (!box || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    resize(
      isRow ? ((event.clientX - box.left) / box.width) * 100 : ((event.clientY - box.top) / box.height) * 100,
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const [less, more] = isRow ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
    const step = event.shiftKey ? 10 : 2;
    const moved = {
      [less ?? ""]: size - step,
      [more ?? ""]: size + step,
      Home: min,
      End: max,
      Enter: defaultSize,
    };
    const next = moved[event.key];
    if (next === undefined) return;
    event.preventDefault();
    resize(next);
  };

  return (
    <div ref={root} className={classes.root} data-direction={direction}>
      <div className={classes.pane} style={{ flexGrow: second === null ? 1 : size, flexBasis: 0 }}>
        {first}
      </div>
      {second !== null && (
        <>
          {/* biome-ignore lint/a11y/useSemanticElements: a focusable, movable separator is no <hr> */}
          <div
            className={classes.handle}
            role="separator"
            tabIndex={0}
            aria-label={label}
            aria-orientation={isRow ? "vertical" : "horizontal"}
            aria-valuenow={Math.round(size)}
            aria-valuemin={min}
            aria-valuemax={max}
            onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
            onPointerMove={onPointerMove}
            onKeyDown={onKeyDown}
            onDoubleClick={() => resize(defaultSize)}
          />
          <div className={classes.pane} style={{ flexGrow: 100 - size, flexBasis: 0 }}>
            {second}
          </div>
        </>
      )}
    </div>
  );
}
