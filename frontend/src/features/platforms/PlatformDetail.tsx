import { Button } from "@mantine/core";
import { IconListDetails, IconPencil, IconStethoscope, IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, type Platform } from "~/api/client";
import { seenCondition } from "~/lib/conditions";
import { plural } from "~/lib/format";
import { yamlText } from "~/lib/yamlText";
import { ConditionBadge } from "~/ui/ConditionBadge";
import { CopyButton } from "~/ui/CopyButton";
import { ErrorNote } from "~/ui/ErrorNote";
import { KeyValue } from "~/ui/KeyValue";
import { Quoted } from "~/ui/Quoted";
import { factLabel } from "./facts";
import { GpuList, isManyGpus } from "./GpuList";
import { HostKeyNote } from "./HostKeyNote";
import { Numbers } from "./Numbers";
import { Ago } from "./PollTimes";
import { Problems } from "./Problems";
import { placeOf } from "./places";
import classes from "./platforms.module.css";
import { RemoveDialog } from "./RemoveDialog";
import { TypeIcon } from "./TypeIcon";

/** One place where tasks run: how it is and what to do about it, how full, and what a check found. */
export function PlatformDetail({ platform }: { platform: Platform }) {
  const { name, condition, why, problems, host_key, gpus } = platform;
  const cache = useQueryClient();
  const onSettled = () => void cache.invalidateQueries({ queryKey: ["get", "/platforms"] });
  const check = api.useMutation("post", "/platforms/{name}/check", { onSettled });
  const accept = api.useMutation("post", "/platforms/{name}/host-key", { onSettled });
  const path = { params: { path: { name } } };
  const look = () => check.mutate(path);
  // The reasons stand beside their remedies below where a check found them.
  const isWhyShown = condition !== "ok" && why !== "" && problems.length === 0 && host_key === null;
  const titleId = `platform-${name}`;
  return (
    <section className={`card ${classes.detail}`} aria-labelledby={titleId}>
      <Header platform={platform} titleId={titleId} onCheck={look} isChecking={check.isPending} />
      {isWhyShown && (
        <p className={classes.why}>
          <Quoted text={why} />
        </p>
      )}
      {check.error && <ErrorNote title="The check did not work" message={check.error.message} />}
      {host_key && (
        <HostKeyNote
          key={host_key.fingerprint}
          hostKey={host_key}
          onAccept={() =>
            accept.mutate({ ...path, body: { fingerprint: host_key.fingerprint } }, { onSuccess: look })
          }
          isPending={accept.isPending || (accept.isSuccess && check.isPending)}
          error={accept.error}
        />
      )}
      {problems.length > 0 && <Problems problems={problems} />}
      <Numbers platform={platform} />
      {gpus.length > 0 && (
        <section aria-labelledby={`${titleId}-gpus`}>
          <h3 id={`${titleId}-gpus`} className={classes.sectionTitle}>
            {plural(gpus.length, "GPU")}{" "}
            <span className="dim">{isManyGpus(gpus) ? "load above, memory below" : "load, and memory"}</span>
          </h3>
          <GpuList gpus={gpus} />
        </section>
      )}
      <Facts platform={platform} />
      <Settings platform={platform} />
      <p className="visually-hidden" role="status">
        {check.isSuccess && `${name} was checked: ${plural(check.data.problems.length, "problem")}.`}
      </p>
    </section>
  );
}

interface HeaderProps {
  platform: Platform;
  titleId: string;
  onCheck: () => void;
  isChecking: boolean;
}

function Header({ platform, titleId, onCheck, isChecking }: HeaderProps) {
  const { name, type, settings } = platform;
  const [isRemoving, setRemoving] = useState(false);
  return (
    <header className={classes.header}>
      <TypeIcon type={type} size={22} />
      <div className={classes.titles}>
        <div className={classes.nameLine}>
          <h2 id={titleId} className={classes.name}>
            {name}
          </h2>
          <ConditionBadge condition={seenCondition(platform)} />
        </div>
        <p className={classes.place}>
          {type} · {placeOf(settings)}
        </p>
      </div>
      <div className={classes.actions}>
        <Button
          size="compact-sm"
          leftSection={<IconStethoscope size={15} aria-hidden />}
          loading={isChecking}
          onClick={onCheck}
          aria-label={`Check ${name}`}
        >
          Check
        </Button>
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconListDetails size={15} aria-hidden />}
          renderRoot={(props) => <Link to="/ui/tasks" search={{ platform: [name] }} {...props} />}
        >
          Show tasks
        </Button>
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconPencil size={15} aria-hidden />}
          aria-label={`Edit ${name}`}
          renderRoot={(props) => <Link to="/ui/platforms" search={{ name, edit: name }} {...props} />}
        >
          Edit
        </Button>
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconTrash size={15} aria-hidden />}
          aria-label={`Remove ${name}`}
          onClick={() => setRemoving(true)}
        >
          Remove
        </Button>
      </div>
      {isRemoving && <RemoveDialog platform={platform} onClose={() => setRemoving(false)} />}
    </header>
  );
}

/** What the last check saw; open until somebody folds it. */
function Facts({ platform: { facts, checked_at } }: { platform: Platform }) {
  const items = Object.entries(facts).map(([key, value]) => ({ label: factLabel(key), value: value || "–" }));
  return (
    <details className={classes.fold} open>
      <summary>
        What the last check found{" "}
        <span className="dim">
          {checked_at ? <Ago time={checked_at} /> : "never checked; Check looks now"}
        </span>
      </summary>
      {items.length > 0 && (
        <div className={classes.facts}>
          <KeyValue items={items} />
        </div>
      )}
    </details>
  );
}

/** What stands in platforms.yaml. */
function Settings({ platform: { name, type, settings } }: { platform: Platform }) {
  const text = yamlText({ [name]: { type, ...settings } });
  return (
    <details className={classes.fold}>
      <summary>In platforms.yaml</summary>
      <div className={classes.yaml}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, and the keyboard must reach them */}
        <section className={classes.code} aria-label={`${name} in platforms.yaml`} tabIndex={0}>
          {text}
        </section>
        <CopyButton value={text} what="the settings" />
      </div>
    </details>
  );
}
