import { expect, it } from "vitest";
import { STATUSES, type Status } from "~/lib/statuses";
import { ACTION_RULES, eligibility, eligibilityOfCounts, offeredActions, TASK_ACTIONS } from "./taskActions";

const task = (status: Status, more: { is_archived?: boolean; is_stopping?: boolean } = {}) => ({
  status,
  is_archived: false,
  is_stopping: false,
  ...more,
});

const allowed = (status: Status, isArchived = false) =>
  TASK_ACTIONS.filter(
    (action) => ACTION_RULES[action].refusal(task(status, { is_archived: isArchived })) === null,
  );

it("active tasks can be cancelled and nothing else", () => {
  for (const status of ["waiting", "submitting", "running"] as const) {
    expect(allowed(status)).toEqual(["cancel"]);
  }
});

it("ended tasks can be resumed or archived, archived ones brought back or deleted", () => {
  for (const status of STATUSES.slice(3)) {
    expect(allowed(status)).toEqual(["resume", "archive"]);
    expect(allowed(status, true)).toEqual(["unarchive", "delete"]);
  }
});

it("a panel offers only what may be done", () => {
  for (const status of STATUSES) {
    for (const is_archived of [false, true]) {
      const facts = task(status, { is_archived });
      for (const action of offeredActions(facts)) expect(ACTION_RULES[action].refusal(facts)).toBeNull();
    }
  }
});

it("what is being stopped is not asked twice", () => {
  expect(ACTION_RULES.cancel.refusal(task("running", { is_stopping: true }))).toMatch(/stopped already/);
});

it("says for how many of the selected an action is", () => {
  const some = [task("running"), task("finished"), task("lost")];
  expect(eligibility("resume", some)).toEqual({ count: 2, total: 3, refusal: null });
  expect(eligibility("resume", some, 5)).toMatchObject({ count: 7, total: 8 });
  expect(eligibility("delete", some).refusal).toBe("only archived tasks can be deleted");
  expect(eligibility("cancel", [task("finished"), task("crashed")]).refusal).toBe(
    "not possible for any of the selected",
  );
  expect(eligibility("cancel", [task("lost"), task("lost")]).refusal).toBe("they are lost already");
  expect(eligibility("cancel", []).refusal).toBe("nothing is selected");
});

it("says the same of a whole filter from its counts", () => {
  const counts = [
    { status: "running" as const, num_tasks: 10 },
    { status: "finished" as const, num_tasks: 90 },
    { status: "lost" as const, num_tasks: 0 },
  ];
  expect(eligibilityOfCounts("cancel", counts, false)).toEqual({ count: 10, total: 100, refusal: null });
  expect(eligibilityOfCounts("delete", counts, false)).toMatchObject({ count: 0, total: 100 });
});
