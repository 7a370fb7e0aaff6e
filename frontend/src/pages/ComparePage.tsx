/** The page of comparison. */
export function ComparePage() {
  return (
    <>
      <title>Compare · HyperTrainer</title>
      <h1 className="visually-hidden">Compare</h1>
    </>
  );
}
