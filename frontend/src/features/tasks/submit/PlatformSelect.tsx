import { Select } from "@mantine/core";
import { api, type Platform } from "~/api/client";
import { seenCondition } from "~/lib/conditions";
import { ConditionBadge } from "~/ui/ConditionBadge";
import classes from "./submit.module.css";

interface PlatformSelectProps {
  value: string;
  onChange: (platform: string) => void;
  error: string | undefined;
}

/** Where it runs: every platform with its type and condition, and a word of caution for one that is not well. */
export function PlatformSelect({ value, onChange, error }: PlatformSelectProps) {
  const platforms = api.useQuery("get", "/platforms");
  const byName = new Map(platforms.data?.items.map((platform) => [platform.name, platform]));
  const names = [...byName.keys()];
  const problem = platforms.error ? `The platforms could not be read: ${platforms.error.message}` : undefined;
  const chosen = byName.get(value);
  return (
    <Select
      label="Platform"
      inputWrapperOrder={["label", "input", "description", "error"]}
      data={names.includes(value) ? names : [value, ...names]}
      value={value}
      allowDeselect={false}
      onChange={(platform) => platform && onChange(platform)}
      description={chosen && cautionOf(chosen)}
      error={error ?? problem}
      rightSectionWidth={chosen && chosen.condition !== "ok" ? 128 : undefined}
      rightSection={
        chosen && chosen.condition !== "ok" ? <ConditionBadge condition={chosen.condition} /> : undefined
      }
      withScrollArea={false}
      classNames={{ options: classes.options }}
      renderOption={({ option }) => <Option name={option.value} platform={byName.get(option.value)} />}
    />
  );
}

function Option({ name, platform }: { name: string; platform: Platform | undefined }) {
  return (
    <span className={classes.platform}>
      <span className={classes.platformName}>{name}</span>
      {platform && (
        <>
          <span className={classes.platformType}>{platform.type}</span>
          <span className={classes.spacer} />
          <ConditionBadge condition={seenCondition(platform)} />
        </>
      )}
    </span>
  );
}

/** What becomes of a task that is given to a platform in this condition. */
function cautionOf({ condition, why }: Platform): string | undefined {
  switch (condition) {
    case "ok":
      return undefined;
    case "degraded":
      return why;
    case "auth_needed":
      return `${why} The task waits until somebody has seen to it, on the Platforms page.`;
    case "unreachable":
      return `${why} The task waits until it answers.`;
  }
}
