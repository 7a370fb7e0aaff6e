import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, skipToken, useMutation, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo, useState } from "react";
import { api } from "~/api/client";
import { jsonWithFloats } from "~/lib/yamlValue";
import { type Draft, hasConfig, type Original } from "./draft";
import { placed } from "./placement";
import { distinct, isRefusal, launched, previewed, problemsOf, type Request, requestOf } from "./requests";
import { yamlKeys } from "./yamlKeys";

const DEBOUNCE_MS = 400;

/** The draft as a request: what the server makes of it while it is edited, where its problems are, and its launch. */
export function useSubmission(draft: Draft, original: Original | null, text: string) {
  const { request, problems: local } = useMemo(() => requestOf(draft, original), [draft, original]);
  const deferredText = useDeferredValue(text);
  const keys = useMemo(() => yamlKeys(deferredText), [deferredText]);
  const isReady = hasConfig(draft);
  const { preview, isChecking } = usePreview(request, isReady);
  const isSound = isReady && !isChecking && preview.isSuccess && preview.data.problems.length === 0;
  const forecast = useForecast(isSound ? request : null, draft.platform);
  const [refused, setRefused] = useState<Request | null>(null);
  const launch = useMutation({ mutationFn: launched, onError: (_error, sent) => setRefused(sent) });

  const placement = useMemo(() => {
    const seen = isReady ? (preview.data?.problems ?? []) : [];
    const fromPreview = isRefusal(preview.error) ? problemsOf(preview.error) : seen;
    const fromLaunch = refused === request ? problemsOf(launch.error) : [];
    const warnings = isReady ? (preview.data?.warnings ?? []) : [];
    return placed(distinct([...local, ...fromPreview, ...fromLaunch]), draft, keys, warnings);
  }, [draft, isReady, keys, launch.error, local, preview.data, preview.error, refused, request]);

  return {
    request,
    keys,
    placement,
    isReady,
    isChecking,
    preview: isReady ? preview.data : undefined,
    /** Why there is no preview, when the server could not be asked. */
    unreachable: preview.error && !isRefusal(preview.error) ? preview.error.message : null,
    launch,
    /** What the queue says of it: null where there is none, undefined while it is asked. */
    forecast,
  };
}

/** Asked 400 ms after the last change; the last answer stays until the next is there. */
function usePreview(request: Request, isReady: boolean) {
  const wanted = isReady ? request : null;
  const [asked] = useDebouncedValue(wanted, DEBOUNCE_MS);
  const preview = useQuery({
    queryKey: ["preview", jsonWithFloats(asked)],
    queryFn: asked ? ({ signal }) => previewed(asked, signal) : skipToken,
    placeholderData: keepPreviousData,
    retry: false,
    // A file may have changed since: what an earlier dialog was told is not kept.
    gcTime: 0,
  });
  return { preview, isChecking: isReady && (preview.isFetching || asked !== request) };
}

/** Asked once the preview is sound, and only of platforms whose queue is not ours: it takes their time. */
function useForecast(request: Request | null, platform: string) {
  const platforms = api.useQuery("get", "/platforms");
  const hasQueue = platforms.data?.items.some(({ name, slots }) => name === platform && slots === null);
  const answer = useQuery({
    queryKey: ["forecast", jsonWithFloats(request)],
    queryFn: request && hasQueue ? ({ signal }) => previewed(request, signal, true) : skipToken,
    retry: false,
    gcTime: 0,
  });
  if (!request || !hasQueue || answer.isError) return null;
  return answer.data?.forecast;
}
