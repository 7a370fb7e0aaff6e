import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const api = "http://127.0.0.1:5000";
const apiPaths =
  "^/(tasks|hpsearch|logs|metrics|platforms|projects|tags|files|events|session|health|docs|openapi\\.json|\\?token=)";

// Shared small modules come first, or a lazy chunk would take them along and be needed by the first page.
const vendorChunks = [
  {
    name: "react",
    test: /node_modules[\\/](react|react-dom|scheduler|clsx|use-sync-external-store|react-is)[\\/]/,
    priority: 2,
  },
  { name: "mantine", test: /node_modules[\\/](@mantine|@floating-ui)/, priority: 2 },
  { name: "tanstack", test: /node_modules[\\/]@tanstack/, priority: 2 },
  {
    name: "recharts",
    test: /node_modules[\\/](recharts|d3-|victory-vendor|@reduxjs|immer|react-redux)/,
    priority: 1,
  },
  {
    name: "codemirror",
    test: /node_modules[\\/](@codemirror|@lezer|style-mod|crelt|w3c-keyname)/,
    priority: 1,
  },
];

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "~": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "../backend/hypertrainer/static",
    emptyOutDir: true,
    rolldownOptions: { output: { codeSplitting: { groups: vendorChunks } } },
  },
  server: {
    host: "127.0.0.1",
    proxy: {
      [apiPaths]: {
        target: api,
        changeOrigin: true,
        // The server compares Origin with its own host on every unsafe method.
        configure: (proxy) => proxy.on("proxyReq", (request) => request.setHeader("origin", api)),
      },
    },
  },
  test: {
    environment: "jsdom",
    // A test waits for conditions; how long that takes says more of the machine than of the code.
    testTimeout: 20_000,
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test-setup.ts"],
    css: { modules: { classNameStrategy: "non-scoped" } },
  },
});
