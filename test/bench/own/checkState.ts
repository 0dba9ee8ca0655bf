/**
 * A check of a state alone by the compiled modules. The reference provider cannot be told by flags where its cloud lies,
 * so the request is made here: `checkState LIB DIR STATE STORE`. Prints the coverage as JSON.
 */
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import type { CheckRequest } from "../../../packages/anchorwatch/src/app/checkRequest.ts";

const [lib = "", dir = "", stateFile = "", store = ""] = process.argv.slice(2);
const module = (path: string) => import(pathToFileURL(join(lib, path)).href);
const { createCheckStack } = (await module(
  "app/checkStack.js",
)) as typeof import("../../../packages/anchorwatch/src/app/checkStack.ts");
const { thisMachine } = (await module(
  "cli/thisMachine.js",
)) as typeof import("../../../packages/anchorwatch/src/cli/thisMachine.ts");
const { keepHeapSmall } = (await module(
  "cli/heap.js",
)) as typeof import("../../../packages/anchorwatch/src/cli/heap.ts");
keepHeapSmall();

const request: CheckRequest = {
  dir,
  withCode: false,
  workingDirectory: dir,
  stateFile,
  targets: [],
  variables: [],
  ignore: [],
  ignoreFiles: [],
  sensitive: [],
  providerValues: new Map([["reference", { values: new Map([["path", store]]), origin: "the benchmark" }]]),
  pending: "literal",
  deadlines: new Map(),
  trigger: "manual",
  environment: process.env,
};
const signal = new AbortController().signal;
const result = await createCheckStack(thisMachine())(request, {
  progress: () => {},
  result: () => {},
  signal,
});
process.stdout.write(JSON.stringify({ coverage: result.coverage }));
process.exit(0);
