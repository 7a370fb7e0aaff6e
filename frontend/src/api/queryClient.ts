import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiError } from "./errors";
import type { Session } from "./session";

/** The cache of server answers. The event stream says what is out of date, so that nothing polls. */
export function createQueryClient(session: Session): QueryClient {
  const onError = (error: unknown) => {
    if (error instanceof ApiError && error.status === 401) session.end();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        refetchOnWindowFocus: false,
        retry: (failures, error) => failures < 2 && isPassing(error),
      },
    },
  });
}

/** A later attempt may do better: no answer, or a server in trouble. */
function isPassing(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status >= 502);
}
