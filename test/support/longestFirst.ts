import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Those that take longest, the longest first; without them at the beginning, one processor would wait for the other at the end. */
const LONGEST = [
  "test/estate/estate.test.ts",
  "test/package/package.test.ts",
  "test/connect/connecting.test.ts",
  "test/demo/console.test.ts",
  "test/watch/cloud.test.ts",
  "test/torture/tortureWatch.test.ts",
];

/** Vitest knows how long files took when they ran here before. On a fresh clone, as in CI, nobody does. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId, project }: TestSpecification) => {
      const found = LONGEST.indexOf(relative(project.config.root, moduleId).replaceAll("\\", "/"));
      return found === -1 ? LONGEST.length : found;
    };
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}
