/** Chart export without a network: a standalone SVG, and a PNG drawn from it. */

const STYLED = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-opacity",
  "stroke-linejoin",
  "opacity",
  "font-family",
  "font-size",
  "font-weight",
  "text-anchor",
] as const;

export interface LegendEntry {
  label: string;
  color: string;
  dash?: string;
}

export interface Frame {
  title: string;
  legend: readonly LegendEntry[];
}

/**
 * The SVG's text with computed styles written in, so that it looks the same outside of the page; elements marked
 * `data-export="no"` are left out.
 */
export function standaloneSvg(svg: SVGSVGElement, frame: Frame): string {
  const { width, height } = sizeOf(svg);
  const style = getComputedStyle(svg);
  const background = getComputedStyle(document.body).backgroundColor || "white";
  const color = style.color || "black";
  const rows = legendRows(frame.legend, width);
  const top = 28 + rows.length * 18;
  const content = styledCopy(svg);
  content.setAttribute("x", "0");
  content.setAttribute("y", String(top));
  content.setAttribute("width", String(width));
  content.setAttribute("height", String(height));
  const page = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height + top}" font-family="${escaped(style.fontFamily)}" font-size="12">`,
    `<rect width="100%" height="100%" fill="${background}"/>`,
    `<text x="10" y="19" font-size="13" font-weight="600" fill="${color}">${escaped(frame.title)}</text>`,
    ...rows.flatMap((row, line) => row.map((entry) => legendItem(svg, entry, line, color))),
    new XMLSerializer().serializeToString(content),
    "</svg>",
  ];
  return page.join("");
}

interface PlacedEntry extends LegendEntry {
  x: number;
}

function legendRows(legend: readonly LegendEntry[], width: number): PlacedEntry[][] {
  const rows: PlacedEntry[][] = [];
  let x = Number.POSITIVE_INFINITY;
  for (const entry of legend) {
    const needed = 34 + entry.label.length * 6.5;
    if (x + needed > width) {
      rows.push([]);
      x = 10;
    }
    rows.at(-1)?.push({ ...entry, x });
    x += needed;
  }
  return rows;
}

function legendItem(svg: SVGSVGElement, entry: PlacedEntry, line: number, textColor: string): string {
  const y = 38 + line * 18;
  const dash = entry.dash ? ` stroke-dasharray="${entry.dash}"` : "";
  return (
    `<line x1="${entry.x}" x2="${entry.x + 14}" y1="${y}" y2="${y}" stroke="${resolved(svg, entry.color)}" stroke-width="2"${dash}/>` +
    `<text x="${entry.x + 19}" y="${y + 4}" fill="${textColor}">${escaped(entry.label)}</text>`
  );
}

/** `var(--series-1)` → its present value. */
function resolved(element: Element, color: string): string {
  const name = /^var\((--[\w-]+)\)$/.exec(color)?.[1];
  return name ? getComputedStyle(element).getPropertyValue(name).trim() || "gray" : color;
}

function styledCopy(svg: SVGSVGElement): Element {
  const copy = svg.cloneNode(true);
  if (!(copy instanceof Element)) throw new TypeError("The copy of an SVG element is an element");
  copyStyles(svg, copy);
  for (const element of copy.querySelectorAll('[data-export="no"]')) element.remove();
  return copy;
}

function copyStyles(source: Element, copy: Element): void {
  const style = getComputedStyle(source);
  for (const name of STYLED) {
    const value = style.getPropertyValue(name);
    if (value) copy.setAttribute(name, value);
  }
  copy.removeAttribute("class");
  copy.removeAttribute("style");
  for (let index = 0; index < source.children.length; index += 1) {
    const [from, to] = [source.children[index], copy.children[index]];
    if (from && to) copyStyles(from, to);
  }
}

function sizeOf(svg: SVGSVGElement): { width: number; height: number } {
  const box = svg.getBoundingClientRect();
  return { width: Math.round(box.width) || 600, height: Math.round(box.height) || 300 };
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** Draws SVG text at `scale` pixels per unit. Rejects if the browser cannot read the SVG. */
export async function svgToPng(text: string, scale = 2): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth * scale;
  canvas.height = image.naturalHeight * scale;
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error("The browser made no PNG"))),
      "image/png",
    );
  });
}
