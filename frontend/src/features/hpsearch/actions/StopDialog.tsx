import { Radio, Stack } from "@mantine/core";
import { useState } from "react";
import { api } from "~/api/client";
import type { SearchDetail } from "~/features/hpsearch/types";
import { plural } from "~/lib/format";
import { ConfirmDialog } from "~/ui/ConfirmDialog";
import { ErrorNote } from "~/ui/ErrorNote";
import { notify } from "~/ui/notify";
import { useSearchChanged } from "./useSearchChanged";

interface StopDialogProps {
  search: SearchDetail;
  isOpen: boolean;
  onClose: () => void;
}

/** Asks what becomes of the trials that are active, then stops the search. */
export function StopDialog({ search, isOpen, onClose }: StopDialogProps) {
  const [choice, setChoice] = useState<"cancel" | "keep">("cancel");
  const onChanged = useSearchChanged();
  const stop = api.useMutation("post", "/hpsearch/{search_id}/stop", {
    onSuccess: (fresh) => {
      onClose();
      onChanged(fresh);
      notify("success", `${search.name} is stopping`);
    },
  });
  const confirm = () =>
    stop.mutate({ params: { path: { search_id: search.id } }, body: { cancel: choice === "cancel" } });
  return (
    <ConfirmDialog
      isOpen={isOpen}
      title={`Stop ${search.name}?`}
      confirmLabel="Stop the search"
      isDangerous
      isBusy={stop.isPending}
      onCancel={onClose}
      onConfirm={confirm}
    >
      <p>
        No further trial is started. {plural(search.num_active, "trial")}{" "}
        {search.num_active === 1 ? "is" : "are"} active now.
      </p>
      <Radio.Group
        label="The active ones"
        value={choice}
        onChange={(next) => setChoice(next === "keep" ? "keep" : "cancel")}
      >
        <Stack gap={6} mt={4}>
          <Radio
            value="cancel"
            label="are cancelled"
            description="What they have written stays, and their tasks can be resumed."
          />
          <Radio value="keep" label="run to their end" description="Their values still count." />
        </Stack>
      </Radio.Group>
      {stop.error && <ErrorNote title="It was not stopped" message={stop.error.message} />}
    </ConfirmDialog>
  );
}
