import { useLocation, useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import { lineOfHash } from "~/lib/urlState";
import { LogView } from "./LogView";
import { useLogSource } from "./useLogSource";

interface TaskLogsProps {
  taskId: number;
  /** The file's name. */
  name: string;
  /** The task has ended: nothing more will come. */
  isComplete: boolean;
}

/** A log of a task from the server; the line of a permalink stands in the URL's hash. */
export function TaskLogs({ taskId, name, isComplete }: TaskLogsProps) {
  const source = useLogSource(taskId, name, isComplete);
  const line = useLocation({ select: ({ hash }) => lineOfHash(hash) });
  const navigate = useNavigate();
  const onLine = useCallback(
    (next: number) => {
      void navigate({ to: ".", search: (old: object) => old, hash: `L${next}`, replace: true });
    },
    [navigate],
  );
  return <LogView key={`${taskId} ${name}`} name={name} source={source} line={line} onLine={onLine} />;
}
