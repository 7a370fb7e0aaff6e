import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api, type Platform } from "~/api/client";
import { plural } from "~/lib/format";
import { ConfirmDialog } from "~/ui/ConfirmDialog";
import { ErrorNote } from "~/ui/ErrorNote";
import { notify } from "~/ui/notify";

/** Asks before a platform leaves platforms.yaml. */
export function RemoveDialog({ platform, onClose }: { platform: Platform; onClose: () => void }) {
  const { name } = platform;
  const cache = useQueryClient();
  const navigate = useNavigate();
  const remove = api.useMutation("delete", "/platforms/{name}", {
    onSuccess: () => {
      onClose();
      notify("success", `${name} was removed`);
      void cache.invalidateQueries({ queryKey: ["get", "/platforms"] });
      void navigate({ to: "/ui/platforms", search: {}, replace: true });
    },
  });
  const active = platform.num_running + platform.num_queued + platform.num_waiting;
  return (
    <ConfirmDialog
      isOpen
      title={`Remove ${name}?`}
      confirmLabel={`Remove ${name}`}
      isDangerous
      isBusy={remove.isPending}
      onConfirm={() => remove.mutate({ params: { path: { name } } })}
      onCancel={onClose}
    >
      <p>
        It is taken out of <code className="mono">platforms.yaml</code>. Its tasks, their logs and curves stay
        here, and nothing is deleted there.
      </p>
      {active > 0 && (
        <p>
          {plural(active, "task")} of it {active === 1 ? "has" : "have"} not ended: nobody would hear of what
          becomes of {active === 1 ? "it" : "them"}. Cancel {active === 1 ? "it" : "them"} first.
        </p>
      )}
      {remove.error && <ErrorNote title="It was not removed" message={remove.error.message} />}
    </ConfirmDialog>
  );
}
