import { Link } from "@tanstack/react-router";
import { LOCAL } from "./places";
import classes from "./platforms.module.css";
import { TypeIcon } from "./TypeIcon";
import { useTypes } from "./useTypes";

/** Where else tasks could run, for those who have few platforms yet. */
export function MoreTypes() {
  const types = useTypes();
  const others = (types.data?.items ?? []).filter(({ type }) => type !== LOCAL);
  if (others.length === 0) return null;
  return (
    <section className={`card ${classes.more}`} aria-labelledby="more-types">
      <h2 id="more-types" className={classes.sectionTitle}>
        Where else?
      </h2>
      <ul className={classes.types}>
        {others.map(({ type, title, description }) => (
          <li key={type}>
            <Link to="/ui/platforms" search={{ add: type }} className={classes.type}>
              <TypeIcon type={type} />
              <span>
                <span className={classes.typeTitle}>{title}</span>
                <span className={classes.typeText}>{description}</span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
