/** The page of searches. */
export function SearchesPage() {
  return (
    <>
      <title>Searches · HyperTrainer</title>
      <h1 className="visually-hidden">Searches</h1>
    </>
  );
}
