import { Link } from "@tanstack/react-router";
import { Empty } from "~/ui/Empty";

/** For addresses that no page has. */
export function NotFoundPage() {
  return (
    <Empty title="There is no such page" action={<Link to="/ui/tasks">Go to the tasks</Link>}>
      <title>Not found · HyperTrainer</title>
      The address may be mistyped, or from another version.
    </Empty>
  );
}
