import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

const integration = "src/**/*.integration.test.ts";

/** On a busy machine a program may take its time; one that is there at once costs none of it. */
const pollMs = 20_000;

// `unit` and `renderer` sit beside the code they test and need nothing but Node;
// `integration` starts programs and servers and runs in `npm test` only, not in `npm run check`;
// `e2e` drives the built app in a real browser, one file at a time.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["{src,scripts}/**/*.test.ts"],
          exclude: ["src/{renderer,companion}/**", integration],
          // No test here keeps state at module level; a fresh worker per file would double the time.
          isolate: false,
          testTimeout: 20_000,
          hookTimeout: 20_000,
        },
      },
      {
        test: {
          name: "integration",
          include: [integration],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: pollMs } },
        },
      },
      {
        plugins: [svelte({ configFile: false })],
        resolve: { conditions: ["browser", "module", "import"] },
        test: {
          name: "renderer",
          include: ["src/{renderer,companion}/**/*.test.ts"],
          environment: "./scripts/vitest-client.ts",
          server: { deps: { inline: [/svelte/] } },
        },
      },
      {
        test: {
          name: "e2e",
          include: ["e2e/**/*.test.ts"],
          testTimeout: 90_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: pollMs } },
          // On two cores a browser, its page and its host leave nothing over for a second file.
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
