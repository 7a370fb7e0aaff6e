import type { components } from "~/api/schema";
import { plural } from "~/lib/format";

export type Replay = components["schemas"]["ReplayRead"];

/** "All 60 suggestions and 21 decisions came out as recorded." */
export function replayWords({ is_equal, num_suggestions, num_decisions, differences }: Replay): string {
  const what = `${plural(num_suggestions, "suggestion")} and ${plural(num_decisions, "decision")}`;
  if (is_equal) return `All of ${what} came out as recorded.`;
  const count = differences.length === 1 ? "One thing is" : `${differences.length} things are`;
  return `Of ${what}, ${count} not as recorded.`;
}

/** That another version of the library answered, which may be the reason; "" where it is the same. */
export function versionWords({ optuna_version, recorded_optuna_version }: Replay): string {
  if (recorded_optuna_version === "" || optuna_version === recorded_optuna_version) return "";
  return `The search ran with Optuna ${recorded_optuna_version}, this server has ${optuna_version}: the same seed may give other points.`;
}
