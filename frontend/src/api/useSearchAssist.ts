import { useMemo } from "react";
import { searchAssist, type YamlAssist } from "~/lib/searchYaml";
import { api } from "./client";

/** What editors of configs know of `hpsearch:`, from the server's own schema; undefined until it is there. */
export function useSearchAssist(): YamlAssist | undefined {
  const schema = api.useQuery("get", "/hpsearch/schema", {}, { staleTime: Number.POSITIVE_INFINITY });
  const platforms = api.useQuery("get", "/platforms");
  const names = platforms.data?.items.map(({ name }) => name).join("\n");
  return useMemo(
    () => schema.data && searchAssist(schema.data, names ? names.split("\n") : []),
    [schema.data, names],
  );
}
