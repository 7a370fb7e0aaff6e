import { useNavigate } from "@tanstack/react-router";
import type { PlatformType } from "~/api/client";
import classes from "./form.module.css";
import { TypeIcon } from "./TypeIcon";

interface TypeChoiceProps {
  types: readonly PlatformType[];
  chosen: string | undefined;
}

/** What kind of place it is, each in a line. The choice is in the URL. */
export function TypeChoice({ types, chosen }: TypeChoiceProps) {
  const navigate = useNavigate();
  return (
    <fieldset className={classes.types}>
      <legend className={classes.legend}>What kind of place is it?</legend>
      {types.map(({ type, title, description }) => (
        <label key={type} className={classes.type} data-chosen={type === chosen || undefined}>
          <input
            type="radio"
            name="platform-type"
            value={type}
            checked={type === chosen}
            onChange={() =>
              void navigate({
                to: "/ui/platforms",
                search: (old: object) => ({ ...old, add: type }),
                replace: true,
              })
            }
          />
          <TypeIcon type={type} />
          <span className={classes.typeWords}>
            <span className={classes.typeTitle}>{title}</span>
            <span className={classes.typeText}>{description}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
