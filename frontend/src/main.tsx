import "@fontsource-variable/inter";
import "@fontsource-variable/jetbrains-mono";
import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "~/styles/tokens.css";
import "~/styles/global.css";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { LiveProvider } from "~/api/LiveProvider";
import { createQueryClient } from "~/api/queryClient";
import { Session } from "~/api/session";
import { cssVariablesResolver, theme } from "~/ui/theme";
import { createAppRouter } from "./routes";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

const session = new Session();
const queryClient = createQueryClient(session);
const router = createAppRouter(session);

createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
      {/* Above the bars at the bottom of pages, whose buttons one may want next. */}
      <Notifications position="bottom-right" limit={4} mb={44} />
      <QueryClientProvider client={queryClient}>
        <LiveProvider>
          <RouterProvider router={router} />
        </LiveProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
