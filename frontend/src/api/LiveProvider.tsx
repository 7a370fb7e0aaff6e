import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from "react";
import { type Connection, LiveConnection } from "./live";

const LiveContext = createContext<LiveConnection | null>(null);

/** Keeps the tab's one event stream. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const cache = useQueryClient();
  const [live] = useState(() => new LiveConnection(cache));
  useEffect(() => live.start(), [live]);
  return <LiveContext value={live}>{children}</LiveContext>;
}

/** The stream, to listen for growing logs. */
export function useLive(): LiveConnection {
  const live = useContext(LiveContext);
  if (!live) throw new Error("useLive needs a LiveProvider above it");
  return live;
}

/** Whether what is shown follows the server at this moment. */
export function useConnection(): Connection {
  const live = useLive();
  return useSyncExternalStore(live.subscribe, live.snapshot);
}
