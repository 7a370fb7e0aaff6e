import { NumberInput } from "@mantine/core";
import { useState } from "react";
import { api } from "~/api/client";
import { isOver } from "~/features/hpsearch/trials";
import type { SearchDetail } from "~/features/hpsearch/types";
import { formatCount, plural } from "~/lib/format";
import { ConfirmDialog } from "~/ui/ConfirmDialog";
import { ErrorNote } from "~/ui/ErrorNote";
import { notify } from "~/ui/notify";
import { useSearchChanged } from "./useSearchChanged";

interface ExtendDialogProps {
  search: SearchDetail;
  isOpen: boolean;
  onClose: () => void;
}

/** Asks how many trials more a search may have. */
export function ExtendDialog({ search, isOpen, onClose }: ExtendDialogProps) {
  const [count, setCount] = useState(() => Math.max(1, Math.round(search.n_trials / 2)));
  const onChanged = useSearchChanged();
  const extend = api.useMutation("post", "/hpsearch/{search_id}/extend", {
    onSuccess: (fresh) => {
      onClose();
      onChanged(fresh);
      notify("success", `${search.name} has ${plural(count, "more trial")}`);
    },
  });
  const isValid = Number.isSafeInteger(count) && count >= 1;
  return (
    <ConfirmDialog
      isOpen={isOpen}
      title={`More trials for ${search.name}`}
      confirmLabel={`Add ${plural(isValid ? count : 0, "trial")}`}
      isBusy={extend.isPending}
      onCancel={onClose}
      onConfirm={() =>
        isValid && extend.mutate({ params: { path: { search_id: search.id } }, body: { n_trials: count } })
      }
    >
      <NumberInput
        label="How many more"
        description={
          isValid
            ? `${formatCount(search.n_trials + count)} in all.${isOver(search) ? " The search runs again, and goes on from what it knows." : ""}`
            : "A whole number from 1."
        }
        inputWrapperOrder={["label", "input", "description", "error"]}
        min={1}
        max={100_000}
        allowDecimal={false}
        value={count}
        onChange={(next) => setCount(typeof next === "number" ? next : Number.NaN)}
      />
      {extend.error && <ErrorNote title="It has no more trials" message={extend.error.message} />}
    </ConfirmDialog>
  );
}
