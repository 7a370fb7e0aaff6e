import { defineConfig } from "@playwright/test";

/** Every test starts its own server (see e2e/), so they share nothing and need no `webServer`. */
export default defineConfig({
  testDir: "e2e",
  fullyParallel: false,
  workers: 2,
  timeout: 90_000,
  // A busy machine is no failure.
  expect: { timeout: 10_000 },
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    viewport: { width: 1400, height: 900 },
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: [
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
