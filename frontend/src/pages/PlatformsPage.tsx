import { getRouteApi } from "@tanstack/react-router";
import { Platforms } from "~/features/platforms/Platforms";
import classes from "./page.module.css";

const route = getRouteApi("/ui/platforms");

/** Where tasks can run, how these places are, and how full. */
export function PlatformsPage() {
  const { name } = route.useSearch();
  return (
    <div className={classes.page}>
      <title>Platforms · HyperTrainer</title>
      <h1 className={classes.title}>Platforms</h1>
      <Platforms marked={name} />
    </div>
  );
}
