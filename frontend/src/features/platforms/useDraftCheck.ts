import { useState } from "react";
import { api } from "~/api/client";
import type { Settings } from "./form/values";
import type { FormDraft } from "./usePlatformDraft";

/** Looks at a place with settings that are not saved yet, and accepts the key that it shows. */
export function useDraftCheck(type: string, draft: FormDraft) {
  const [asked, setAsked] = useState<Settings | null>(null);
  const check = api.useMutation("post", "/platforms/check", {
    onSuccess: draft.sayFound,
    onError: draft.sayRefused,
  });
  const look = (settings: Settings) => {
    setAsked(settings);
    const name = draft.name && !draft.nameProblem ? { name: draft.name } : {};
    check.mutate({ body: { ...name, type, settings } });
  };
  const accept = api.useMutation("post", "/platforms/host-key");
  const acceptKey = (fingerprint: string) => {
    const settings = asked ?? draft.settings;
    // What was looked at is looked at again, whatever was typed meanwhile.
    accept.mutate({ body: { type, settings, fingerprint } }, { onSuccess: () => look(settings) });
  };
  return {
    run: () => !check.isPending && look(draft.settings),
    isPending: check.isPending,
    /** What the last check found; undefined before the first, and where it could not be made. */
    found: check.data,
    error: check.error,
    isStale: check.data !== undefined && asked !== draft.settings,
    accept: acceptKey,
    isAccepting: accept.isPending || (accept.isSuccess && check.isPending),
    acceptError: accept.error,
  };
}

export type DraftCheck = ReturnType<typeof useDraftCheck>;
