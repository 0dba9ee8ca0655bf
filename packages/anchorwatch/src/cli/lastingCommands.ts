/** The commands that stay up until they are stopped. What they need is loaded when one of them is asked for. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { parseDuration } from "../app/configuration/duration.ts";
import type { RemoteFlags } from "./remote/run.ts";
import type { ServeFlags } from "./service/serve.ts";
import type { WorkerFlags } from "./service/worker.ts";
import type { Surroundings } from "./surroundings.ts";
import type { WatchFlags } from "./watch/watch.ts";

export function addWatchCommand(
  program: Command,
  surroundings: Surroundings,
  finish: (status: number) => void,
): void {
  program
    .command("watch")
    .summary("show the drift of a folder's stacks, live")
    .description(
      "Looks at the stacks of a folder again and again, and shows what has drifted and what changes. It needs neither server nor database, and keeps nothing.",
    )
    .argument(
      "[DIR]",
      "folder with anchorwatch.yaml, or of a root module, or name of a stack (default: here)",
    )
    .option("--every <DURATION>", "from one look to the next, such as 5m (default: 30s)", parseEvery)
    .option("--read-role <ARN>", "read with this role instead of the one in the code")
    .option("--external-id <ID>", "what the trust policy of --read-role asks for")
    .option("--profile <NAME>", "read with this profile instead of the one in the code")
    .option("--config <FILE>", "use this configuration instead of the nearest anchorwatch.yaml")
    .option("--no-color", "without colours")
    .option(
      "--server <URL>",
      "show what this server sees instead; [DIR] is the name of one of its stacks, or absent",
    )
    .addOption(new Option("--format <FORMAT>", "with --server: form of the lines").choices(["text", "json"]))
    .showHelpAfterError("See “anchorwatch watch --help” for examples.")
    .addHelpText("after", WATCH_EXAMPLES)
    .action(async (wanted: string | undefined, flags: WatchFlags & Partial<RemoteFlags>) => {
      if (flags.server !== undefined) {
        const { server, format = "text", color } = flags;
        const { runLive } = await import("./remote/live.ts");
        const stack = wanted === undefined ? {} : { stack: wanted };
        return finish(await runLive({ server, format, color, ...stack }, surroundings));
      }
      const { runWatch } = await import("./watch/watch.ts");
      finish(await runWatch(wanted, flags, surroundings));
    });
}

export function addServiceCommands(
  program: Command,
  surroundings: Surroundings,
  finish: (status: number) => void,
): void {
  serviceCommand(program, "serve")
    .summary("watch all stacks of the operator's file, with an HTTP API")
    .description(
      "Watches stacks day and night: sweeps them, hears of changes, keeps every drift with its author, and answers over HTTP: on this machine alone, or with TLS to others.",
    )
    .option("--port <N>", "port; 0: any that is free (default: the operator's file, or 7478)", parsePort)
    .option("--host <ADDRESS>", "address to listen on; other than loopback only with TLS (default: loopback)")
    .option("--public-url <URL>", "where people reach it, such as https://anchorwatch.example.com")
    .option("--tls-cert <FILE>", "certificate with its chain, PEM; read again when it is renewed")
    .option("--tls-key <FILE>", "its private key, PEM")
    .addHelpText("after", SERVE_EXAMPLES)
    .action(async (flags: ServeFlags) => {
      const { runServe } = await import("./service/serve.ts");
      finish(await runServe(flags, surroundings));
    });
  serviceCommand(program, "worker")
    .summary("do the work of serve on one more machine")
    .description(
      "Takes its share of the checks, beside the server and other workers on the same database. It has no HTTP API; with --port it can be probed and scraped.",
    )
    .option(
      "--port <N>",
      "serve /healthz, /readyz and /metrics at this port on loopback; 0: any that is free (default: nowhere)",
      parsePort,
    )
    .addHelpText("after", WORKER_EXAMPLES)
    .action(async (flags: WorkerFlags) => {
      const { runWorker } = await import("./service/worker.ts");
      finish(await runWorker(flags, surroundings));
    });
}

function serviceCommand(program: Command, name: string): Command {
  const levels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"];
  return program
    .command(name)
    .option("--server <FILE>", "the operator's file (default: the one that ANCHORWATCH_SERVER names)")
    .addOption(
      new Option("--log-level <LEVEL>", "least level of the log on stderr").choices(levels).default("info"),
    )
    .showHelpAfterError(`See “anchorwatch ${name} --help” for examples.`);
}

/** Clouds count requests, and so do their owners. */
const SHORTEST_MS = 1000;

function parseEvery(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds !== undefined && milliseconds >= SHORTEST_MS) return milliseconds;
  throw new InvalidArgumentError("Give a duration of at least 1s, such as 30s or 5m.");
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^[0-9]{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError("Give a number from 0 to 65535.");
}

const WATCH_EXAMPLES = `
Examples:
  anchorwatch watch                            the stacks of this folder
  anchorwatch watch infra --every 10s
  anchorwatch watch infra/network --profile audit
  anchorwatch watch infra | tee drift.log      one line for each change
  anchorwatch watch --server https://anchorwatch.example.com   what a server sees

q or Ctrl-C ends it.`;

const SERVE_EXAMPLES = `
Examples:
  anchorwatch serve --server /etc/anchorwatch.server.yaml
  anchorwatch serve --server ./anchorwatch.server.yaml --port 0
  DATABASE_URL=postgres://anchorwatch@db/anchorwatch anchorwatch serve
  anchorwatch serve --host 0.0.0.0 --public-url https://anchorwatch.example.com \\
    --tls-cert cert.pem --tls-key key.pem

At its first start it prints a link for the first administrator.
The operator's file is read again when it changes, and at SIGHUP.
docs/api.md shows how to ask the server.`;

const WORKER_EXAMPLES = `
Examples:
  DATABASE_URL=postgres://anchorwatch@db/anchorwatch anchorwatch worker --server /etc/anchorwatch.server.yaml
  anchorwatch worker --server /etc/anchorwatch.server.yaml --port 7479     with /readyz and /metrics`;
