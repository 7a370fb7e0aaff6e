import type { ReactNode } from "react";
import type { Place } from "./CanvasPlot";
import classes from "./canvasPlot.module.css";
import type { Geometry } from "./placing";

interface BubbleProps {
  place: Place;
  geometry: Geometry;
  children: ReactNode;
}

/** What is read at a place of a plot, on the side where there is room. */
export function Bubble({ place, geometry, children }: BubbleProps) {
  const { width, height, area } = geometry;
  const x = Math.min(width, Math.max(0, place.x));
  const isLeft = x > area.left + area.width / 2;
  const isUp = place.y > area.top + area.height / 2;
  return (
    <div
      className={classes.bubble}
      style={{
        ...(isLeft ? { right: width - x + 14 } : { left: x + 14 }),
        ...(isUp ? { bottom: Math.max(0, height - place.y - 8) } : { top: Math.max(0, place.y - 8) }),
      }}
      role="status"
      aria-live="polite"
    >
      {children}
    </div>
  );
}
