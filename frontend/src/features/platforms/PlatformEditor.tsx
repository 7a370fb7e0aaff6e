import type { Platform } from "~/api/client";
import { ErrorNote } from "~/ui/ErrorNote";
import { LoadingBlock } from "~/ui/Loading";
import classes from "./form.module.css";
import { PlatformForm } from "./PlatformForm";
import { TypeChoice } from "./TypeChoice";
import { useTypes } from "./useTypes";

interface PlatformEditorProps {
  /** The type of a new platform, as the URL says it. */
  add: string | undefined;
  /** The name of one that is changed. */
  edit: string | undefined;
  platforms: readonly Platform[];
}

/** Adds a platform, or changes one. */
export function PlatformEditor({ add, edit, platforms }: PlatformEditorProps) {
  const types = useTypes();
  const platform = platforms.find(({ name }) => name === edit);
  if (types.error)
    return (
      <ErrorNote
        title="The types of platforms could not be read"
        message={types.error.message}
        onRetry={() => void types.refetch()}
      />
    );
  if (!types.data) return <LoadingBlock height={420} label="Loading the form" />;
  if (edit !== undefined && !platform)
    return <ErrorNote title={`${edit} cannot be edited`} message={`There is no platform ${edit}.`} />;
  const chosen = types.data.items.find(({ type }) => type === (platform?.type ?? add));
  const taken = platforms.map(({ name }) => name).filter((name) => name !== edit);
  return (
    <>
      {!platform && (
        <section className={`card ${classes.choice}`} aria-label="Type">
          <TypeChoice types={types.data.items} chosen={chosen?.type} />
        </section>
      )}
      {chosen && <PlatformForm key={chosen.type} type={chosen} platform={platform} taken={taken} />}
    </>
  );
}
