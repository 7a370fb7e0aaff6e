import { Button, Group, Loader, Modal } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useEffect } from "react";
import { api } from "~/api/client";
import type { SearchDetail } from "~/features/hpsearch/types";
import { ErrorNote } from "~/ui/ErrorNote";
import classes from "./actions.module.css";
import { type Replay, replayWords, versionWords } from "./replay";

interface ReplayDialogProps {
  search: SearchDetail;
  isOpen: boolean;
  onClose: () => void;
}

/** Lets the server compute every suggestion and decision again, and says what came of it. */
export function ReplayDialog({ search, isOpen, onClose }: ReplayDialogProps) {
  const replay = api.useMutation("post", "/hpsearch/{search_id}/replay");
  const { mutate } = replay;
  useEffect(() => {
    if (isOpen) mutate({ params: { path: { search_id: search.id } } });
  }, [isOpen, mutate, search.id]);
  return (
    <Modal opened={isOpen} onClose={onClose} title={`Replay of ${search.name}`} size="lg">
      <p className="dim">
        Every suggestion and every early stop is computed again from what was known at its time, and set
        against what was recorded. Nothing is started or changed.
      </p>
      <div aria-live="polite">
        {replay.isPending && (
          <p className={classes.replayWaiting}>
            <Loader size="xs" aria-hidden /> Computing it all again…
          </p>
        )}
        {replay.data && <Result replay={replay.data} />}
      </div>
      {replay.error && (
        <ErrorNote
          title="It could not be replayed"
          message={replay.error.message}
          onRetry={() => mutate({ params: { path: { search_id: search.id } } })}
        />
      )}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
      </Group>
    </Modal>
  );
}

function Result({ replay }: { replay: Replay }) {
  const versions = versionWords(replay);
  return (
    <>
      <p className={classes.replayResult} data-equal={replay.is_equal || undefined}>
        {replay.is_equal && <IconCheck size={16} aria-hidden />}
        {replayWords(replay)}
      </p>
      {versions && <p>{versions}</p>}
      {replay.differences.length > 0 && (
        <ol className={classes.differences} aria-label="Differences">
          {replay.differences.map(({ seq, number, words }) => (
            <li key={`${seq} ${words}`}>
              <span className="dim numeric">
                fact {seq}
                {number !== null && `, trial ${number}`}
              </span>{" "}
              {words}
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
