import type { Paint } from "./CanvasPlot";
import { type Between, between, blended, type Field } from "./field";
import type { Geometry } from "./placing";
import { channels, SHADES, shadeOf, shadesOf } from "./ramp";

/** Bands of one colour: their borders are the contour lines. */
const BANDS = 10;
/** A pixel of the picture for this many pixels of the screen. */
const COARSENESS = 2;
/** What is least sure of what is drawn at all. */
const FULL = 0.85;

/**
 * What paints a field of rates, from 0 for the worst to 1, in bands of one colour, paler where no trial is near. The
 * field's axes are shares. The picture is kept until the plot or the theme changes.
 */
export function fieldPainter(field: Field): Paint {
  let kept: { geometry: Geometry; key: string; picture: OffscreenCanvas } | null = null;
  return (context, geometry, ink) => {
    const shades = shadesOf(ink);
    const key = shades.join();
    if (kept?.geometry !== geometry || kept.key !== key)
      kept = { geometry, key, picture: pictureOf(field, geometry, shades) };
    const { left, top, width, height } = geometry.area;
    context.drawImage(kept.picture, left, top, width, height);
  };
}

function pictureOf(field: Field, geometry: Geometry, shades: readonly string[]): OffscreenCanvas {
  const { area } = geometry;
  const [width, height] = [Math.ceil(area.width / COARSENESS), Math.ceil(area.height / COARSENESS)];
  const picture = new OffscreenCanvas(width, height);
  const pixels = new ImageData(width, height);
  const colors = shades.map(channels);
  const across = places(width, (pixel) => between(field.columns, geometry.x.from(area.left + pixel)));
  const down = places(height, (pixel) => between(field.rows, geometry.y.from(area.top + pixel)));
  down.forEach((y, row) => {
    across.forEach((x, column) => {
      const { value, support } = blended(field, x, y);
      const color = colors[bandShade(value)];
      if (!color || support === 0) return;
      pixels.data.set([...color, Math.round(255 * FULL * support)], 4 * (row * width + column));
    });
  });
  picture.getContext("2d")?.putImageData(pixels, 0, 0);
  return picture;
}

function places(count: number, placeOf: (pixel: number) => Between): Between[] {
  return Array.from({ length: count }, (_, index) => placeOf((index + 0.5) * COARSENESS));
}

/** The shade of the middle of a rate's band. */
export function bandShade(rate: number): number {
  if (Number.isNaN(rate)) return -1;
  const band = Math.min(BANDS - 1, Math.floor(rate * BANDS));
  return Math.min(SHADES - 1, shadeOf((band + 0.5) / BANDS));
}
