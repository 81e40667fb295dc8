import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// "@clawd/source" makes one package's tests import the other packages' sources, so they need no build.
const conditions = ["@clawd/source", "module", "node", "development|production"];

const folders = ["packages", "apps", "examples"].filter((folder) =>
  existsSync(new URL(folder, import.meta.url)),
);
const watchSockets = fileURLToPath(new URL("tools/tests/watch-sockets.ts", import.meta.url));
const projects = folders.flatMap((folder) =>
  readdirSync(new URL(folder, import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({
      extends: true as const,
      root: `./${folder}/${name}`,
      test: {
        name,
        include: ["src/**/*.test.ts", "test/**/*.test.ts", "proof/**/*.test.ts"],
        // A socket that nobody may open fails the test that opened it. Examples are other people's programs.
        setupFiles: folder === "examples" ? [] : [watchSockets],
        benchmark: { include: ["bench/**/*.bench.ts"] },
      },
    })),
);

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ["@clawd/source", "node"] } },
  test: {
    // The tests share no module state, and a process for each file costs more than the tests do.
    isolate: false,
    // Tests that run whole processes share two cores with each other; none of them asserts a time.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects,
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**", "apps/*/src/**"],
      reporter: ["text-summary", "json-summary"],
    },
  },
});
