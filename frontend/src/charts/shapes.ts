/** Small marks that can be told apart without their colour. {@link isFilled} says how each is drawn. */
export type Shape = "disc" | "ring" | "diamond" | "cross" | "square" | "triangle" | "bar";

/** Adds a shape to a path. */
export function trace(
  path: Path2D | CanvasRenderingContext2D,
  shape: Shape,
  x: number,
  y: number,
  r: number,
) {
  switch (shape) {
    case "disc":
    case "ring":
      path.moveTo(x + r, y);
      path.arc(x, y, r, 0, 2 * Math.PI);
      break;
    case "diamond":
      path.moveTo(x, y - 1.25 * r);
      path.lineTo(x + 1.25 * r, y);
      path.lineTo(x, y + 1.25 * r);
      path.lineTo(x - 1.25 * r, y);
      path.closePath();
      break;
    case "cross":
      path.moveTo(x - r, y - r);
      path.lineTo(x + r, y + r);
      path.moveTo(x - r, y + r);
      path.lineTo(x + r, y - r);
      break;
    case "square":
      path.rect(x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r);
      break;
    case "triangle":
      path.moveTo(x, y - 1.1 * r);
      path.lineTo(x + 1.1 * r, y + 0.9 * r);
      path.lineTo(x - 1.1 * r, y + 0.9 * r);
      path.closePath();
      break;
    case "bar":
      path.moveTo(x, y - 1.2 * r);
      path.lineTo(x, y + 1.2 * r);
  }
}

export function isFilled(shape: Shape): boolean {
  return shape === "disc" || shape === "diamond";
}

/** The same shape as an SVG path around a place. */
export function shapePath(shape: Shape, x: number, y: number, r: number): string {
  switch (shape) {
    case "disc":
    case "ring":
      return `M${x + r},${y}A${r},${r} 0 1 1 ${x - r},${y}A${r},${r} 0 1 1 ${x + r},${y}Z`;
    case "diamond": {
      const d = 1.25 * r;
      return `M${x},${y - d}L${x + d},${y}L${x},${y + d}L${x - d},${y}Z`;
    }
    case "cross":
      return `M${x - r},${y - r}L${x + r},${y + r}M${x - r},${y + r}L${x + r},${y - r}`;
    case "square": {
      const s = 0.9 * r;
      return `M${x - s},${y - s}h${2 * s}v${2 * s}h${-2 * s}Z`;
    }
    case "triangle":
      return `M${x},${y - 1.1 * r}L${x + 1.1 * r},${y + 0.9 * r}H${x - 1.1 * r}Z`;
    case "bar":
      return `M${x},${y - 1.2 * r}V${y + 1.2 * r}`;
  }
}
