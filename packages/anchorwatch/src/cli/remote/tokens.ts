/** `anchorwatch tokens …`: one's own, or with --all everybody's. */
import { answerOf } from "../../client/connect.ts";
import type { LedgerPaint } from "../ledger/paint.ts";
import type { Surroundings } from "../surroundings.ts";
import { roleText } from "./logout.ts";
import { connectedServer } from "./namedServer.ts";
import { listed, type Shapes } from "./records.ts";
import { type RemoteFlags, runRemote } from "./run.ts";
import { ageText, type Cell, table } from "./table.ts";

export interface TokenFlags extends RemoteFlags {
  /** Of everybody. */
  readonly all: boolean;
}

export function runTokenList(flags: TokenFlags, surroundings: Surroundings): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson, note, paint, now }) => {
    const { server, api } = await connectedServer(flags.server, surroundings);
    const { items } = await listed(
      (part) =>
        flags.all
          ? answerOf(api.GET("/api/v1/access/tokens", { params: { query: part } }))
          : answerOf(api.GET("/api/v1/tokens", { params: { query: part } })),
      ({ tokens }) => tokens,
    );
    if (flags.format === "json") await sayJson({ schema: "anchorwatch.tokens/v1", tokens: items });
    else if (items.length === 0) await note(`There is no token. One is made at ${server}/account.\n`);
    else await say(tokensText(items, flags.all, paint, now));
    return 0;
  });
}

function tokensText(tokens: readonly Shapes["Token"][], all: boolean, paint: LedgerPaint, now: Date): string {
  const rows = tokens.map((token): readonly Cell[] => [
    { text: token.name, tone: "strong" },
    ...(all ? [`${token.owner.kind} ${token.owner.id}`] : []),
    token.limit === undefined
      ? "all of its owner's"
      : roleText(token.limit.roles.join(", "), token.limit.scope),
    token.lastUsedAt === undefined
      ? "never"
      : `${ageText(token.lastUsedAt, now)} from ${token.lastUsedFrom ?? "?"}`,
    endCell(token, now),
    { text: token.id, tone: "quiet" },
  ]);
  return table(["TOKEN", ...(all ? ["OWNER"] : []), "RIGHTS", "USED", "ENDS", "ID"], rows, paint);
}

function endCell({ revokedAt, expiresAt }: Shapes["Token"], now: Date): Cell {
  if (revokedAt !== undefined) return { text: `revoked ${ageText(revokedAt, now)}`, tone: "quiet" };
  const isOver = Date.parse(expiresAt) <= now.getTime();
  return isOver ? { text: `over since ${ageText(expiresAt, now)}`, tone: "quiet" } : ageText(expiresAt, now);
}

export function runTokenRevoke(id: string, flags: TokenFlags, surroundings: Surroundings): Promise<number> {
  return runRemote(surroundings, flags, async ({ say, sayJson }) => {
    const { api } = await connectedServer(flags.server, surroundings);
    const params = { params: { path: { id } } };
    await (flags.all
      ? api.DELETE("/api/v1/access/tokens/{id}", params)
      : api.DELETE("/api/v1/tokens/{id}", params));
    await (flags.format === "json" ? sayJson({ id, revoked: true }) : say("It opens nothing any more.\n"));
    return 0;
  });
}
