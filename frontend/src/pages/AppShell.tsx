import { Button, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { IconFlame, IconMoon, IconPlus, IconSun } from "@tabler/icons-react";
import { Link, Outlet, useNavigate, useRouterState, useSearch } from "@tanstack/react-router";
import { useSyncExternalStore } from "react";
import type { Session } from "~/api/session";
import { SubmitHost } from "~/features/tasks/submit/SubmitHost";
import { ErrorBoundary } from "~/ui/ErrorBoundary";
import { IconAction } from "~/ui/IconAction";
import classes from "./AppShell.module.css";
import { ConnectionBanner } from "./ConnectionBanner";
import { SignInPage } from "./SignInPage";

const PAGES = [
  { to: "/ui/tasks", label: "Tasks" },
  { to: "/ui/searches", label: "Searches" },
  { to: "/ui/compare", label: "Compare" },
  { to: "/ui/platforms", label: "Platforms" },
] as const;

/** The frame of every page: the bar on top, and below it the page or the way to sign in. */
export function AppShell({ session }: { session: Session }) {
  const isSignedOut = useSyncExternalStore(session.subscribe, session.snapshot);
  const page = useRouterState({ select: (state) => state.location.pathname });
  const navigate = useNavigate();
  const search = useSearch({ strict: false });
  const openDialog = () =>
    void navigate({ to: ".", hash: true, search: { ...search, submit: true, clone: undefined } });
  return (
    <div className={classes.shell}>
      <SkipLink />
      <header className={classes.bar}>
        <Link to="/ui/tasks" className={classes.brand}>
          <IconFlame size={20} color="var(--accent)" aria-hidden />
          HyperTrainer
        </Link>
        <nav aria-label="Pages" className={classes.pages}>
          {PAGES.map(({ to, label }) => (
            <Link
              key={to}
              to={to}
              className={classes.page}
              activeProps={{ "data-active": true, "aria-current": "page" }}
            >
              {label}
            </Link>
          ))}
        </nav>
        <span className={classes.spacer} />
        <Button
          size="compact-md"
          fz="sm"
          leftSection={<IconPlus size={15} aria-hidden />}
          onClick={openDialog}
        >
          New task
        </Button>
        <SchemeSwitch />
      </header>
      <ConnectionBanner />
      <main id="main" tabIndex={-1} className={classes.main}>
        {isSignedOut ? (
          <SignInPage onSignedIn={() => session.begin()} />
        ) : (
          <ErrorBoundary key={page}>
            <Outlet />
          </ErrorBoundary>
        )}
      </main>
      {!isSignedOut && <SubmitHost />}
    </div>
  );
}

/** The first thing that Tab reaches. A button, because the hash of the URL belongs to the log's lines. */
function SkipLink() {
  return (
    <button type="button" className={classes.skip} onClick={() => document.getElementById("main")?.focus()}>
      Skip to the content
    </button>
  );
}

function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  const other = scheme === "dark" ? "light" : "dark";
  return (
    <IconAction
      label={`Use the ${other} theme`}
      variant="default"
      size="md"
      onClick={() => setColorScheme(other)}
    >
      {scheme === "dark" ? <IconSun size={16} /> : <IconMoon size={16} />}
    </IconAction>
  );
}
