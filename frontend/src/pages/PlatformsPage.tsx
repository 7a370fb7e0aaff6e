import { Button } from "@mantine/core";
import { IconArrowLeft, IconPlus } from "@tabler/icons-react";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Platforms } from "~/features/platforms/Platforms";
import classes from "./page.module.css";

const route = getRouteApi("/ui/platforms");

/** Where tasks can run, how these places are, and how full. */
export function PlatformsPage() {
  const search = route.useSearch();
  const isEditing = search.add !== undefined || search.edit !== undefined;
  return (
    <div className={classes.page}>
      <title>Platforms · HyperTrainer</title>
      <div className={classes.head}>
        <h1 className={classes.title}>Platforms</h1>
        {isEditing ? (
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<IconArrowLeft size={15} aria-hidden />}
            renderRoot={(props) => <Link to="/ui/platforms" search={{ name: search.name }} {...props} />}
          >
            All platforms
          </Button>
        ) : (
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconPlus size={15} aria-hidden />}
            renderRoot={(props) => <Link to="/ui/platforms" search={{ add: "new" }} {...props} />}
          >
            Add a platform
          </Button>
        )}
      </div>
      <Platforms search={search} />
    </div>
  );
}
