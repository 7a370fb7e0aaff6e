import { api } from "~/api/client";

/** The types of platforms that the server knows; they change with its version only. */
export function useTypes() {
  return api.useQuery("get", "/platforms/types", {}, { staleTime: Number.POSITIVE_INFINITY });
}
