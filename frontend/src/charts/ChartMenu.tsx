import { Menu } from "@mantine/core";
import { IconDots, IconMaximize, IconZoomReset } from "@tabler/icons-react";
import { IconAction } from "~/ui/IconAction";
import { notify } from "~/ui/notify";
import type { XKind } from "./axes";
import { downloadCsv, downloadImage } from "./exports";
import type { Series } from "./series";

interface ChartMenuProps {
  title: string;
  series: readonly Series[];
  xKind: XKind;
  findSvg: () => SVGSVGElement | null;
  onResetZoom?: () => void;
  onMaximize?: () => void;
}

/** What one can do with a chart: reset the zoom, enlarge it, save it. */
export function ChartMenu({ title, series, xKind, findSvg, onResetZoom, onMaximize }: ChartMenuProps) {
  const save = (kind: "svg" | "png") => {
    const svg = findSvg();
    if (!svg) return;
    downloadImage(kind, title, series, svg).catch((error: unknown) => {
      notify("error", `${title} was not saved`, String(error));
    });
  };
  return (
    <>
      {onResetZoom && (
        <IconAction label={`Reset the zoom of ${title}`} size="sm" onClick={onResetZoom}>
          <IconZoomReset size={16} />
        </IconAction>
      )}
      {onMaximize && (
        <IconAction label={`Enlarge ${title}`} size="sm" onClick={onMaximize}>
          <IconMaximize size={15} />
        </IconAction>
      )}
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <IconAction label={`Save ${title}`} size="sm">
            <IconDots size={16} />
          </IconAction>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => downloadCsv(title, series, xKind)}>Save the points as CSV</Menu.Item>
          <Menu.Item onClick={() => save("svg")}>Save the picture as SVG</Menu.Item>
          <Menu.Item onClick={() => save("png")}>Save the picture as PNG</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
