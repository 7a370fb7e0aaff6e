/** The page of platforms. */
export function PlatformsPage() {
  return (
    <>
      <title>Platforms · HyperTrainer</title>
      <h1 className="visually-hidden">Platforms</h1>
    </>
  );
}
