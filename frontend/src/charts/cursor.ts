import { createContext } from "react";

/** Where the reader points: an x in data units, and where that is on the plot in pixels. */
export interface Cursor {
  x: number;
  left: number;
  top: number;
  plotWidth: number;
}

interface CursorState {
  cursor: Cursor | null;
  setCursor: (cursor: Cursor | null) => void;
}

/** Lets the cursor move without rendering the chart again. */
export const CursorContext = createContext<CursorState>({ cursor: null, setCursor: () => {} });
