import { api } from "~/api/client";

/** One search with all that it was made from. */
export function useSearch(searchId: number) {
  return api.useQuery("get", "/hpsearch/{search_id}", { params: { path: { search_id: searchId } } });
}
