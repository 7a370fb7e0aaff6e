import { Empty } from "~/ui/Empty";

/** What stands where there is nothing to compare trials by. */
export function NoObjective() {
  return (
    <Empty title="This search has no objective">
      With <code className="mono">objective:</code> in its <code className="mono">hpsearch:</code> section the
      results are shown here, and the best trial is known.
    </Empty>
  );
}
