import { Autocomplete, TagsInput, Textarea, TextInput } from "@mantine/core";
import { api } from "~/api/client";
import type { Draft } from "./draft";
import { Overrides } from "./Overrides";
import { PlatformSelect } from "./PlatformSelect";
import type { Placement } from "./placement";
import classes from "./submit.module.css";
import type { YamlKey } from "./yamlKeys";

interface DetailsSectionProps {
  draft: Draft;
  onChange: (change: Partial<Draft>) => void;
  placement: Placement;
  keys: readonly YamlKey[];
  /** What the task will be called when no name is given. */
  defaultName: string;
}

/** Where it runs, what it is called and filed under, and what it overrides. */
export function DetailsSection({ draft, onChange, placement, keys, defaultName }: DetailsSectionProps) {
  const projects = api.useQuery("get", "/projects");
  const tags = api.useQuery("get", "/tags");
  return (
    <div className={classes.column}>
      <PlatformSelect
        value={draft.platform}
        onChange={(platform) => onChange({ platform })}
        error={placement.fields.platform}
      />
      <TextInput
        label="Name"
        placeholder={defaultName}
        autoComplete="off"
        value={draft.name}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
        error={placement.fields.name}
      />
      <Autocomplete
        label="Project"
        placeholder="None"
        data={(projects.data?.items ?? []).map(({ name }) => name).filter(Boolean)}
        limit={30}
        value={draft.project}
        onChange={(project) => onChange({ project })}
        error={placement.fields.project}
      />
      <TagsInput
        label="Tags"
        placeholder={draft.tags.length > 0 ? undefined : "Type and press Enter"}
        data={(tags.data?.items ?? []).map(({ tag }) => tag)}
        limit={30}
        value={draft.tags}
        onChange={(next) => onChange({ tags: next })}
        error={placement.fields.tags}
        acceptValueOnBlur
      />
      <Overrides
        rows={draft.overrides}
        onChange={(overrides) => onChange({ overrides })}
        keys={keys}
        problems={placement.overrides}
      />
      <Textarea
        label="Notes"
        autosize
        minRows={2}
        maxRows={6}
        value={draft.notes}
        onChange={(event) => onChange({ notes: event.currentTarget.value })}
        error={placement.fields.notes}
      />
    </div>
  );
}
