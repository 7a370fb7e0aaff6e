import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { api } from "~/api/client";
import type { SearchDetail } from "~/features/hpsearch/types";

/** Shows a search as an action answered it, and reads again what depends on it. */
export function useSearchChanged(): (fresh: SearchDetail) => void {
  const cache = useQueryClient();
  return useCallback(
    (fresh) => {
      const { queryKey } = api.queryOptions("get", "/hpsearch/{search_id}", {
        params: { path: { search_id: fresh.id } },
      });
      cache.setQueryData(queryKey, fresh);
      void cache.invalidateQueries({ queryKey: ["get"] });
    },
    [cache],
  );
}
