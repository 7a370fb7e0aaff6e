import { isFilled, type Shape, shapePath } from "./shapes";

interface ShapeMarkProps {
  shape: Shape;
  x: number;
  y: number;
  r: number;
  color: string;
}

/** A mark at a place of an SVG. */
export function ShapeMark({ shape, x, y, r, color }: ShapeMarkProps) {
  return (
    <path
      d={shapePath(shape, x, y, r)}
      fill={isFilled(shape) ? color : "none"}
      stroke={color}
      strokeWidth={1.75}
    />
  );
}

/** The same for legends and bubbles; decorative, so always beside a word. */
export function ShapeSwatch({ shape, color }: { shape: Shape; color: string }) {
  return (
    <svg width={12} height={12} aria-hidden style={{ flex: "none" }}>
      <ShapeMark shape={shape} x={6} y={6} r={4} color={color} />
    </svg>
  );
}
