import { Button, Menu } from "@mantine/core";
import {
  IconDots,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
  IconPlus,
  IconRotateClockwise,
  IconTrash,
} from "@tabler/icons-react";
import { useState } from "react";
import { api } from "~/api/client";
import { isOver } from "~/features/hpsearch/trials";
import type { SearchDetail } from "~/features/hpsearch/types";
import { IconAction } from "~/ui/IconAction";
import { notify } from "~/ui/notify";
import { EditDialog } from "./EditDialog";
import { ExtendDialog } from "./ExtendDialog";
import { RemoveDialog } from "./RemoveDialog";
import { ReplayDialog } from "./ReplayDialog";
import { StopDialog } from "./StopDialog";
import { useSearchChanged } from "./useSearchChanged";

type Asked = "stop" | "extend" | "edit" | "replay" | "remove";

/** All that can be done to a search: the usual as buttons, the rest in a menu. */
export function SearchActions({ search }: { search: SearchDetail }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const dialog = (which: Asked) => ({ search, isOpen: asked === which, onClose: () => setAsked(null) });
  const isEnded = isOver(search);
  return (
    <>
      <PauseOrResume search={search} />
      {isEnded ? (
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconPlus size={15} aria-hidden />}
          onClick={() => setAsked("extend")}
        >
          More trials
        </Button>
      ) : (
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconPlayerStop size={15} aria-hidden />}
          onClick={() => setAsked("stop")}
        >
          Stop
        </Button>
      )}
      <Menu position="bottom-end" width={220} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <IconAction label="More actions" variant="default">
            <IconDots size={16} />
          </IconAction>
        </Menu.Target>
        <Menu.Dropdown>
          {!isEnded && (
            <Menu.Item leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setAsked("extend")}>
              More trials…
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconPencil size={15} aria-hidden />} onClick={() => setAsked("edit")}>
            Edit…
          </Menu.Item>
          <Menu.Item
            leftSection={<IconRotateClockwise size={15} aria-hidden />}
            onClick={() => setAsked("replay")}
          >
            Replay and compare…
          </Menu.Item>
          <Menu.Item
            leftSection={<IconTrash size={15} aria-hidden />}
            color="red"
            disabled={!isEnded}
            onClick={() => setAsked("remove")}
          >
            {isEnded ? "Delete…" : "Delete… (once it is over)"}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <StopDialog {...dialog("stop")} />
      <ExtendDialog {...dialog("extend")} />
      {asked === "edit" && <EditDialog {...dialog("edit")} />}
      <ReplayDialog {...dialog("replay")} />
      <RemoveDialog {...dialog("remove")} />
    </>
  );
}

function PauseOrResume({ search }: { search: SearchDetail }) {
  const onChanged = useSearchChanged();
  const onError = (error: { message: string }) =>
    notify("error", `${search.name} stays as it is`, error.message);
  const pause = api.useMutation("post", "/hpsearch/{search_id}/pause", { onSuccess: onChanged, onError });
  const resume = api.useMutation("post", "/hpsearch/{search_id}/resume", { onSuccess: onChanged, onError });
  const params = { path: { search_id: search.id } };
  if (search.status === "running")
    return (
      <Button
        variant="default"
        size="compact-sm"
        leftSection={<IconPlayerPause size={15} aria-hidden />}
        loading={pause.isPending}
        title="Start no further trials; active ones go on"
        onClick={() => pause.mutate({ params })}
      >
        Pause
      </Button>
    );
  if (search.status !== "paused" && search.status !== "stopped") return null;
  return (
    <Button
      variant="default"
      size="compact-sm"
      leftSection={<IconPlayerPlay size={15} aria-hidden />}
      loading={resume.isPending}
      onClick={() => resume.mutate({ params })}
    >
      Resume
    </Button>
  );
}
