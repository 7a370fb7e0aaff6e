import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { normalised } from "~/api/errors";
import type { Session } from "~/api/session";
import { parseSearch, stringifySearch } from "~/lib/urlState";
import { AppShell } from "~/pages/AppShell";
import { NotFoundPage } from "~/pages/NotFoundPage";
import {
  compareSearch,
  oneSearchSearch,
  platformsSearch,
  rootSearch,
  searchesSearch,
  tasksSearch,
} from "~/pages/search";
import { Broken } from "~/ui/ErrorBoundary";
import { LoadingRows } from "~/ui/Loading";

/** The only list of pages: path → what the URL may say → page, loaded when first visited. */
function createRoutes(session: Session) {
  const root = createRootRoute({
    validateSearch: rootSearch,
    component: () => <AppShell session={session} />,
    notFoundComponent: NotFoundPage,
  });
  const toTasks = () => {
    throw redirect({ to: "/ui/tasks", replace: true });
  };
  return root.addChildren([
    createRoute({ getParentRoute: () => root, path: "/", beforeLoad: toTasks }),
    createRoute({ getParentRoute: () => root, path: "/ui", beforeLoad: toTasks }),
    createRoute({
      getParentRoute: () => root,
      path: "/ui/tasks",
      validateSearch: tasksSearch,
      component: lazyRouteComponent(() => import("~/pages/TasksPage"), "TasksPage"),
    }),
    createRoute({
      getParentRoute: () => root,
      path: "/ui/searches",
      validateSearch: searchesSearch,
      component: lazyRouteComponent(() => import("~/pages/SearchesPage"), "SearchesPage"),
    }),
    createRoute({
      getParentRoute: () => root,
      path: "/ui/searches/$id",
      validateSearch: oneSearchSearch,
      component: lazyRouteComponent(() => import("~/pages/SearchPage"), "SearchPage"),
    }),
    createRoute({
      getParentRoute: () => root,
      path: "/ui/compare",
      validateSearch: compareSearch,
      component: lazyRouteComponent(() => import("~/pages/ComparePage"), "ComparePage"),
    }),
    createRoute({
      getParentRoute: () => root,
      path: "/ui/platforms",
      validateSearch: platformsSearch,
      component: lazyRouteComponent(() => import("~/pages/PlatformsPage"), "PlatformsPage"),
    }),
  ]);
}

export function createAppRouter(session: Session) {
  return createRouter({
    routeTree: createRoutes(session),
    parseSearch,
    stringifySearch,
    defaultPreload: "intent",
    defaultPendingComponent: () => <LoadingRows />,
    defaultErrorComponent: ({ error, reset }) => <Broken error={normalised(error)} onRetry={reset} />,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
