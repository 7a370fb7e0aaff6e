import { IconServerOff } from "@tabler/icons-react";
import { api } from "~/api/client";
import { Empty } from "~/ui/Empty";
import { ErrorNote } from "~/ui/ErrorNote";
import { LoadingBlock } from "~/ui/Loading";
import { AddPlatform } from "./AddPlatform";
import { PlatformCard } from "./PlatformCard";
import classes from "./platforms.module.css";

/** Every platform as a card, and how to add one. `marked` is the one that a link was about. */
export function Platforms({ marked }: { marked?: string }) {
  const platforms = api.useQuery("get", "/platforms");
  if (platforms.error)
    return (
      <ErrorNote
        title="The platforms could not be read"
        message={platforms.error.message}
        onRetry={() => void platforms.refetch()}
      />
    );
  if (!platforms.data) return <LoadingBlock height={260} label="Loading the platforms" />;
  const { items, problem } = platforms.data;
  return (
    <>
      {problem && (
        <ErrorNote title="platforms.yaml is broken; the last good one is in use" message={problem} />
      )}
      <div className={classes.grid}>
        {items.map((platform) => (
          <PlatformCard key={platform.name} platform={platform} isMarked={platform.name === marked} />
        ))}
        {items.length === 0 && (
          <section className="card" aria-label="No platform">
            <Empty title="No platform" icon={<IconServerOff size={28} stroke={1.5} />}>
              platforms.yaml lists none, so nothing can be launched.
            </Empty>
          </section>
        )}
        <AddPlatform />
      </div>
    </>
  );
}
