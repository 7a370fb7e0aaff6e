import { Button } from "@mantine/core";
import { IconAlertTriangle, IconCpu, IconStethoscope } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { api, type Platform } from "~/api/client";
import { formatCount, plural } from "~/lib/format";
import { ErrorNote } from "~/ui/ErrorNote";
import { KeyValue } from "~/ui/KeyValue";
import { ConditionBadge } from "./ConditionBadge";
import { factLabel, usedFraction } from "./facts";
import { Ago, PollTimes } from "./PollTimes";
import classes from "./platforms.module.css";

/** One place where tasks run: how it is, how full, and what a check finds. */
export function PlatformCard({ platform, isMarked }: { platform: Platform; isMarked: boolean }) {
  const { name, type, condition, why, problems, facts, checked_at } = platform;
  const cache = useQueryClient();
  const check = api.useMutation("post", "/platforms/{name}/check", {
    onSettled: () => void cache.invalidateQueries({ queryKey: ["get", "/platforms"] }),
  });
  const titleId = `platform-${name}`;
  // The reasons stand beside their remedies below where a check found them.
  const isWhyShown = condition !== "ok" && why !== "" && problems.length === 0;
  return (
    <section className={`card ${classes.card}`} aria-labelledby={titleId} data-marked={isMarked || undefined}>
      <header className={classes.header}>
        <IconCpu size={18} stroke={1.6} color="var(--text-dim)" aria-hidden />
        <h2 id={titleId} className={classes.name}>
          {name}
        </h2>
        <span className="dim">{type}</span>
        <ConditionBadge condition={condition} />
        <span className={classes.spacer} />
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconStethoscope size={15} aria-hidden />}
          loading={check.isPending}
          onClick={() => check.mutate({ params: { path: { name } } })}
          aria-label={`Check ${name}`}
        >
          Check
        </Button>
      </header>
      {isWhyShown && <p className={classes.why}>{why}</p>}
      {problems.length > 0 && <Problems problems={problems} />}
      {check.error && <ErrorNote title="The check did not work" message={check.error.message} />}
      <Load platform={platform} />
      <KeyValue
        items={[
          {
            label: "Last poll",
            value: <PollTimes last={platform.last_poll_at} next={platform.next_poll_at} />,
          },
          { label: "Last check", value: checked_at ? <Ago time={checked_at} /> : "never; Check looks now" },
          ...Object.entries(facts).map(([key, value]) => ({ label: factLabel(key), value })),
        ]}
      />
      <p className="visually-hidden" role="status">
        {check.isSuccess && `${name} was checked: ${plural(check.data.problems.length, "problem")}.`}
      </p>
    </section>
  );
}

function Problems({ problems }: Pick<Platform, "problems">) {
  return (
    <ul className={classes.problems} aria-label="Problems">
      {problems.map(({ message, remedy }) => (
        <li key={message}>
          <IconAlertTriangle size={16} color="var(--cancelled)" aria-hidden />
          <div>
            <p className={classes.problem}>{message}</p>
            {remedy && <p className={classes.remedy}>{remedy}</p>}
          </div>
        </li>
      ))}
    </ul>
  );
}

function Load({ platform: { slots, num_running, num_queued } }: { platform: Platform }) {
  return (
    <div className={classes.load}>
      {slots && (
        <div className={classes.slots}>
          <span className="numeric">
            <strong>{formatCount(slots.used)}</strong> of {plural(slots.total, "slot")} used
          </span>
          {/* biome-ignore lint/a11y/useSemanticElements: <meter> cannot take our colours in every browser */}
          <div
            className={classes.bar}
            role="meter"
            aria-label="Slots used"
            aria-valuemin={0}
            aria-valuemax={slots.total}
            aria-valuenow={Math.min(slots.used, slots.total)}
          >
            <div style={{ width: `${usedFraction(slots) * 100}%` }} />
          </div>
        </div>
      )}
      <span className="numeric">
        <strong>{formatCount(num_running)}</strong> running
      </span>
      <span className="numeric">
        <strong>{formatCount(num_queued)}</strong> queued
      </span>
    </div>
  );
}
