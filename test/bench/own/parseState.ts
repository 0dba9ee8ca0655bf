/** What the machine takes for the very least that anybody does with a state: `parseState FILE`. Prints a coverage, as a check does. */
import { readFileSync } from "node:fs";
import process from "node:process";

interface State {
  readonly resources: readonly { readonly instances: readonly unknown[] }[];
}

const [path = ""] = process.argv.slice(2);
const { resources: blocks } = JSON.parse(readFileSync(path, "utf8")) as State;
const resources = blocks.reduce((sum, { instances }) => sum + instances.length, 0);
process.stdout.write(JSON.stringify({ coverage: { resources, inSync: resources } }));
