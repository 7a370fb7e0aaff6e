import { IconCircleCheck } from "@tabler/icons-react";
import type { PlatformCheck } from "~/api/client";
import { ConditionBadge } from "~/ui/ConditionBadge";
import { KeyValue } from "~/ui/KeyValue";
import { factLabel } from "./facts";
import classes from "./form.module.css";
import { GpuList } from "./GpuList";
import { HostKeyNote } from "./HostKeyNote";
import { Problems } from "./Problems";
import type { DraftCheck } from "./useDraftCheck";

/** What the last check of the form found, and the host key to be accepted. */
export function CheckResult({ check }: { check: DraftCheck }) {
  const { found } = check;
  if (!found) {
    return (
      <p className={classes.hint}>
        Check goes there with these settings, before anything is saved: it logs in, looks around, and says
        what is wrong and what to do about it. It submits nothing.
      </p>
    );
  }
  const { condition, problems, host_key, gpus, facts } = found;
  return (
    <div className={classes.result}>
      <p className={classes.resultHead}>
        <ConditionBadge condition={condition} />
        {check.isStale && (
          <span className={classes.stale}>The settings have changed since. Check again.</span>
        )}
      </p>
      {host_key && (
        <HostKeyNote
          key={host_key.fingerprint}
          hostKey={host_key}
          onAccept={() => check.accept(host_key.fingerprint)}
          isPending={check.isAccepting}
          error={check.acceptError}
        />
      )}
      {problems.length > 0 ? <Problems problems={problems} /> : !host_key && <AllWell found={found} />}
      {gpus.length > 0 && <GpuList gpus={gpus} />}
      {Object.keys(facts).length > 0 && (
        <KeyValue
          items={Object.entries(facts).map(([key, value]) => ({
            label: factLabel(key),
            value: value || "–",
          }))}
        />
      )}
    </div>
  );
}

function AllWell({ found }: { found: PlatformCheck }) {
  if (found.condition !== "ok") return <p className={classes.words}>{found.why}</p>;
  return (
    <p className={classes.well}>
      <IconCircleCheck size={16} aria-hidden /> Nothing is wrong. Tasks can run there.
    </p>
  );
}
