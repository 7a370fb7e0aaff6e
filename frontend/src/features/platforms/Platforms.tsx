import { Button } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconArrowLeft, IconPlus, IconServerOff } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { Platform } from "~/api/client";
import { api } from "~/api/client";
import { Empty } from "~/ui/Empty";
import { ErrorNote } from "~/ui/ErrorNote";
import { LoadingBlock } from "~/ui/Loading";
import { MoreTypes } from "./MoreTypes";
import { PlatformDetail } from "./PlatformDetail";
import { PlatformEditor } from "./PlatformEditor";
import { PlatformList } from "./PlatformList";
import classes from "./platforms.module.css";
import type { PlatformSearch } from "./searchParams";

/** Narrower windows show the list or one platform, not both. */
const NARROW = "(max-width: 780px)";
/** While there are no more than this, the page says what else there could be. */
const FEW = 3;

/** Every platform, the one that the URL names in full; or the form to add or change one. */
export function Platforms({ search }: { search: PlatformSearch }) {
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
  const { add, edit } = search;
  return (
    <>
      {problem && (
        <ErrorNote
          title="platforms.yaml is broken; the last good one is in use"
          message={`${problem} Mend it by hand: until then nothing can be saved from here.`}
        />
      )}
      {add !== undefined || edit !== undefined ? (
        <PlatformEditor key={edit ?? "new"} add={add} edit={edit} platforms={items} />
      ) : (
        <Overview platforms={items} name={search.name} />
      )}
    </>
  );
}

function Overview({ platforms, name }: { platforms: readonly Platform[]; name: string | undefined }) {
  const isNarrow = useMediaQuery(NARROW, undefined, { getInitialValueInEffect: false });
  if (platforms.length === 0) return <NoPlatform />;
  const named = platforms.find((platform) => platform.name === name);
  const shown = named ?? (isNarrow || name !== undefined ? undefined : platforms[0]);
  const isListShown = !isNarrow || !shown;
  return (
    <div className={classes.overview} data-narrow={isNarrow || undefined}>
      {isListShown && (
        <div className={classes.side}>
          <PlatformList platforms={platforms} shown={shown?.name} />
          {platforms.length <= FEW && <MoreTypes />}
        </div>
      )}
      {shown && (
        <div className={classes.main}>
          {isNarrow && <BackToAll />}
          <PlatformDetail key={shown.name} platform={shown} />
        </div>
      )}
      {!shown && name !== undefined && (
        <section className="card" aria-label="No such platform">
          <Empty title={`There is no platform ${name}`} action={<BackToAll />}>
            It may have been removed, or the link is wrong.
          </Empty>
        </section>
      )}
    </div>
  );
}

function BackToAll() {
  return (
    <Button
      variant="subtle"
      size="compact-sm"
      leftSection={<IconArrowLeft size={15} aria-hidden />}
      style={{ alignSelf: "flex-start" }}
      renderRoot={(props) => <Link to="/ui/platforms" search={{}} {...props} />}
    >
      All platforms
    </Button>
  );
}

function NoPlatform() {
  return (
    <section className="card" aria-label="No platform">
      <Empty
        title="No platform"
        icon={<IconServerOff size={28} stroke={1.5} />}
        action={
          <Button
            size="compact-sm"
            leftSection={<IconPlus size={15} aria-hidden />}
            renderRoot={(props) => <Link to="/ui/platforms" search={{ add: "new" }} {...props} />}
          >
            Add a platform
          </Button>
        }
      >
        platforms.yaml lists none, so nothing can be launched.
      </Empty>
    </section>
  );
}
