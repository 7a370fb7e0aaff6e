import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api } from "~/api/client";
import type { SearchDetail } from "~/features/hpsearch/types";
import { ConfirmDialog } from "~/ui/ConfirmDialog";
import { ErrorNote } from "~/ui/ErrorNote";
import { notify } from "~/ui/notify";

interface RemoveDialogProps {
  search: SearchDetail;
  isOpen: boolean;
  onClose: () => void;
}

/** Asks, deletes the search, and goes back to the list. */
export function RemoveDialog({ search, isOpen, onClose }: RemoveDialogProps) {
  const navigate = useNavigate();
  const cache = useQueryClient();
  const remove = api.useMutation("delete", "/hpsearch/{search_id}", {
    onSuccess: async () => {
      notify("success", `${search.name} is deleted`);
      await navigate({ to: "/ui/searches" });
      void cache.invalidateQueries({ queryKey: ["get", "/hpsearch"] });
    },
  });
  return (
    <ConfirmDialog
      isOpen={isOpen}
      title={`Delete ${search.name}?`}
      confirmLabel="Delete the search"
      isDangerous
      isBusy={remove.isPending}
      onCancel={onClose}
      onConfirm={() => remove.mutate({ params: { path: { search_id: search.id } } })}
    >
      <p>
        What it learned is gone for good: its trials, its curves and its decisions. Its tasks must be archived
        or deleted before.
      </p>
      {remove.error && <ErrorNote title="It was not deleted" message={remove.error.message} />}
    </ConfirmDialog>
  );
}
