import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";

/**
 * Changes some of the URL's search and keeps the rest, the hash too; undefined takes a name away.
 * With `isStep` the browser's Back undoes it, otherwise it replaces the present entry.
 */
export function useChangeSearch<Search extends object>() {
  const navigate = useNavigate();
  return useCallback(
    (changes: Partial<Search>, { isStep = false } = {}) => {
      void navigate({
        to: ".",
        search: (old: object) => ({ ...old, ...changes }),
        hash: true,
        replace: !isStep,
      });
    },
    [navigate],
  );
}
