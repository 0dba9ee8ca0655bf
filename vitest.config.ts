import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/support/longestFirst.ts";

// Vitest leaves one processor to itself. Its own part is small, and many tests wait for Terraform, a cloud, or a database.
const maxWorkers = availableParallelism() + 1;
const ALL = {
  exclude: ["**/node_modules/**", "**/dist/**"],
  maxWorkers,
  testTimeout: 60_000,
  hookTimeout: 120_000,
};

/** Another module in the place of one, which files beside it would get as well. */
const MOCKED = ["packages/tlog/src/conformance.web.test.ts"];

export default defineConfig({
  test: {
    globalSetup: ["packages/anchorwatch/src/store/sharedServers.fixture.ts"],
    maxWorkers,
    sequence: { sequencer: LongestFirst },
    // One process for many files: what they import is loaded once. So no file may leave anything behind in it.
    projects: [
      { test: { ...ALL, name: "whole", include: ["test/**/*.test.ts"], isolate: false } },
      {
        test: {
          ...ALL,
          name: "parts",
          include: ["packages/*/src/**/*.test.ts"],
          exclude: [...ALL.exclude, ...MOCKED],
          isolate: false,
          ...{ unstubEnvs: true, unstubGlobals: true },
        },
      },
      { test: { ...ALL, name: "mocked", include: MOCKED } },
    ],
  },
});
