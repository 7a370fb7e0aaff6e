/** The page of search. */
export function SearchPage() {
  return (
    <>
      <title>Search · HyperTrainer</title>
      <h1 className="visually-hidden">Search</h1>
    </>
  );
}
