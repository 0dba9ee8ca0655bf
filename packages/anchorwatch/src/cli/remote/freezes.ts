/** `anchorwatch freeze` and `thaw`. */
import { answerOf } from "../../client/connect.ts";
import type { Surroundings } from "../surroundings.ts";
import { connectedServer } from "./namedServer.ts";
import { type Api, listed, type Shapes, stackNamed } from "./records.ts";
import { type RemoteFlags, runRemote } from "./run.ts";

export interface FreezeFlags extends RemoteFlags {
  readonly reason: string;
  readonly for?: Date;
}

export interface ThawFlags extends RemoteFlags {
  readonly reason: string;
}

export function runFreeze(name: string, flags: FreezeFlags, surroundings: Surroundings): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const stack = await stackNamed(api, name);
    const until = flags.for === undefined ? {} : { until: flags.for.toISOString() };
    const body = { stackId: stack.id, reason: flags.reason, ...until };
    const added = await answerOf(api.POST("/api/v1/freezes", { body }));
    if (flags.format === "json") await sayJson(added);
    else
      await say(
        `Deployments of ${stack.name} are frozen ${added.until === undefined ? "until somebody thaws them" : `until ${added.until}`}.\n`,
      );
    return 0;
  });
}

export function runThaw(name: string, flags: ThawFlags, surroundings: Surroundings): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const stack = await stackNamed(api, name);
    const thawed: Shapes["Freeze"][] = [];
    for (const freeze of await inForce(api, stack.id))
      thawed.push(
        await answerOf(
          api.DELETE("/api/v1/freezes/{id}", {
            params: {
              path: { id: freeze.id },
              query: { reason: flags.reason },
              header: { "if-match": `"v${freeze.version}"` },
            },
          }),
        ),
      );
    if (flags.format === "json") await sayJson({ schema: "anchorwatch.freezes/v1", freezes: thawed });
    else if (thawed.length === 0) await say(`${stack.name} is not frozen.\n`);
    else await say(`${stack.name} may be deployed again.\n`);
    return 0;
  });
}

async function inForce(api: Api, stack: string): Promise<readonly Shapes["Freeze"][]> {
  const { items } = await listed(
    (part) =>
      answerOf(api.GET("/api/v1/freezes", { params: { query: { stack, state: "active", ...part } } })),
    ({ freezes }) => freezes,
  );
  return items.filter(({ state }) => state === "active");
}
