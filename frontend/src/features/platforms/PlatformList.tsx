import { Link } from "@tanstack/react-router";
import type { Platform } from "~/api/client";
import { seenCondition } from "~/lib/conditions";
import { plural } from "~/lib/format";
import { ConditionBadge } from "~/ui/ConditionBadge";
import classes from "./list.module.css";
import { loadWords, placeOf } from "./places";
import { TypeIcon } from "./TypeIcon";

interface PlatformListProps {
  platforms: readonly Platform[];
  /** The one that is shown. */
  shown: string | undefined;
}

/** Every platform on two lines: what it is and where, how it is and how busy. */
export function PlatformList({ platforms, shown }: PlatformListProps) {
  const troubled = platforms.filter(({ condition }) => condition !== "ok").length;
  return (
    <nav className={`card ${classes.list}`} aria-label="Platforms">
      <p className={classes.summary}>
        {plural(platforms.length, "platform")}
        {troubled > 0 && `, ${troubled} with a problem`}
      </p>
      <ul className={classes.rows}>
        {platforms.map((platform) => (
          <li key={platform.name}>
            <Row platform={platform} isShown={platform.name === shown} />
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Row({ platform, isShown }: { platform: Platform; isShown: boolean }) {
  const { name, type } = platform;
  const place = placeOf(platform.settings);
  return (
    <Link
      to="/ui/platforms"
      search={{ name }}
      className={classes.row}
      activeProps={{}}
      aria-current={isShown || undefined}
      data-shown={isShown || undefined}
    >
      <TypeIcon type={type} />
      <span className={classes.words}>
        <span className={classes.name} title={name}>
          {name}
        </span>
        <span className={classes.place} title={place}>
          {type} · {place}
        </span>
      </span>
      <span className={classes.state}>
        <ConditionBadge condition={seenCondition(platform)} />
        <span className={classes.load}>{loadWords(platform)}</span>
      </span>
    </Link>
  );
}
