/** The page of tasks. */
export function TasksPage() {
  return (
    <>
      <title>Tasks · HyperTrainer</title>
      <h1 className="visually-hidden">Tasks</h1>
    </>
  );
}
