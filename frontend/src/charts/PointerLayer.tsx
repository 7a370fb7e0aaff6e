import { type PointerEvent, useContext, useState } from "react";
import { usePlotArea, useXAxisInverseScale, useXAxisScale, useYAxisScale } from "recharts";
import type { Range } from "./axes";
import { CursorContext } from "./cursor";
import { nearestRow, type PreparedSeries } from "./series";

interface PointerLayerProps {
  series: readonly PreparedSeries[];
  onZoom?: (range: Range | null) => void;
}

/** A drag shorter than this many pixels is a click. */
const SHORTEST_DRAG = 6;

/** Lies over the plot: draws the cursor and the range being dragged, and turns pointers into data. */
export function PointerLayer({ series, onZoom }: PointerLayerProps) {
  const { cursor, setCursor } = useContext(CursorContext);
  const [drag, setDrag] = useState<[number, number] | null>(null);
  const area = usePlotArea();
  const toX = useXAxisInverseScale();
  const scaleX = useXAxisScale();
  const scaleY = useYAxisScale();
  if (!area || !toX || !scaleX || !scaleY) return null;

  const pixel = (event: PointerEvent<SVGRectElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.min(area.width, Math.max(0, ((event.clientX - box.left) / box.width) * area.width));
  };
  const dataAt = (left: number) => Number(toX(area.x + left));
  const onPointerMove = (event: PointerEvent<SVGRectElement>) => {
    const left = pixel(event);
    const top = event.clientY - event.currentTarget.getBoundingClientRect().top;
    setCursor({ x: dataAt(left), left: area.x + left, top: area.y + top, plotWidth: area.width });
    if (drag) setDrag([drag[0], left]);
  };
  const onPointerUp = () => {
    setDrag(null);
    if (!drag || Math.abs(drag[0] - drag[1]) < SHORTEST_DRAG) return;
    const [from, to] = [dataAt(Math.min(...drag)), dataAt(Math.max(...drag))];
    if (from < to) onZoom?.([from, to]);
    setCursor(null);
  };

  return (
    <g data-export="no">
      {cursor && <CursorMarks series={series} x={cursor.x} area={area} scaleX={scaleX} scaleY={scaleY} />}
      {drag && (
        <rect
          x={area.x + Math.min(...drag)}
          width={Math.abs(drag[0] - drag[1])}
          y={area.y}
          height={area.height}
          fill="var(--accent)"
          fillOpacity={0.15}
        />
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the chart's own keyboard handling does the same */}
      <rect
        data-testid="plot"
        x={area.x}
        y={area.y}
        width={area.width}
        height={area.height}
        fill="transparent"
        style={{ cursor: onZoom ? "crosshair" : "default", touchAction: "pan-y" }}
        onPointerDown={(event) => {
          if (!onZoom || event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag([pixel(event), pixel(event)]);
        }}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={() => setDrag(null)}
        onPointerLeave={() => setCursor(null)}
        onDoubleClick={() => onZoom?.(null)}
      />
    </g>
  );
}

interface CursorMarksProps {
  series: readonly PreparedSeries[];
  x: number;
  area: { x: number; y: number; width: number; height: number };
  scaleX: (value: unknown) => number | undefined;
  scaleY: (value: unknown) => number | undefined;
}

/** The hair-line at the nearest point, and a dot on each line. */
function CursorMarks({ series, x, area, scaleX, scaleY }: CursorMarksProps) {
  const marks = series.flatMap((one) => {
    const row = nearestRow(one.byX, x);
    const [cx, cy] = [row && scaleX(row.x), row?.y != null ? scaleY(row.y) : undefined];
    const isInside = cx != null && cy != null && cx >= area.x - 0.5 && cx <= area.x + area.width + 0.5;
    return isInside ? [{ id: one.id, color: one.color, cx, cy }] : [];
  });
  const at = scaleX(x) ?? area.x;
  const nearest = marks.reduce<number | null>(
    (best, { cx }) => (best === null || Math.abs(cx - at) < Math.abs(best - at) ? cx : best),
    null,
  );
  return (
    <>
      {nearest !== null && (
        <line
          x1={nearest}
          x2={nearest}
          y1={area.y}
          y2={area.y + area.height}
          stroke="var(--text-dim)"
          strokeDasharray="3 3"
        />
      )}
      {marks.length <= 10 &&
        marks.map(({ id, color, cx, cy }) => (
          <circle
            key={id}
            cx={cx}
            cy={cy}
            r={3.5}
            fill={color}
            stroke="var(--surface-card)"
            strokeWidth={1.5}
          />
        ))}
    </>
  );
}
