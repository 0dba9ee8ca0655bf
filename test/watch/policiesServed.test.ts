/** Rules and exceptions in a real `anchorwatch serve`: the operator changes a file, people decide, time goes by, and people are told. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { startReceiver } from "../../packages/anchorwatch/src/app/alerts/runningAlerts.fixture.ts";
import { leftovers } from "../check/leftovers.ts";
import { editLive, topic, workbench } from "../check/workbench.ts";
import { started } from "./startedProcess.ts";

const ORDERS = "reference_topic.orders";

const rules = (severity: string) => `version: 1
rules:
  - id: team.renamed
    title: A topic has another name
    types: [reference_topic]
    when: changes.exists(c, c.attribute == "display_name")
    class: operational
    severity: ${severity}
    explain: "It is called \${live.display_name} now."
`;

interface Told {
  readonly type: string;
  readonly data: { readonly severity: string; readonly resolution?: string };
}

interface Drift {
  readonly id: string;
  readonly digest: string;
  readonly classification: { readonly severity: string };
  readonly excepted?: { readonly id: string };
}

it("other rules classify anew what is open, an acceptance ends with its time and with what was accepted, and each is told", async () => {
  const bench = workbench();
  const stack = await bench.stack(
    { resources: [topic("orders", { set: { name: "orders", display_name: "Orders" } })] },
    { name: "infra/shop" },
  );
  // The server of the database may be another user's, when this is root.
  chmodSync(bench.folder, 0o755);
  mkdirSync(join(bench.folder, "tmp"), { recursive: true });
  const receiver = await startReceiver();
  onTestFinished(() => receiver.close());
  const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
  writeFileSync(join(bench.folder, "secret"), secret, { mode: 0o600 });
  bench.write("team.yaml", rules("medium"));
  const file = bench.write(
    "anchorwatch.server.yaml",
    `version: 1
database: { folder: db }
ledger: { place: audit }
watch: { folder: work, stacks: [{ folder: infra }] }
policy: { rules: [team.yaml] }
access: { roles: [{ role: operator, users: [admin] }] }
egress: { allow: ["${receiver.origin}"] }
channels: [{ name: told, webhook: { url: "${receiver.origin}/told", secretFile: secret } }]
`,
  );
  const serve = await started(bench, "serve", file);
  const get = async (path: string) => (await (await serve.ask(`/api/v1${path}`)).json()) as never;
  const watched = async () => (await serve.get("/api/v1/stacks")).stacks?.[0]?.id;
  await expect.poll(watched, { timeout: 40_000 }).toBeDefined();
  const rename = async (name: string) => {
    editLive(stack, ORDERS, (live) => ({ ...live, display_name: name }));
    expect((await serve.ask(`/api/v1/stacks/${await watched()}/check`, "POST")).status).toBe(202);
  };
  // Each look is a line of the server's log: twice a second is often enough.
  const soon = { timeout: 40_000, interval: 500 };
  const drift = async () => ((await get("/drifts?sort=severity")) as { drifts: Drift[] }).drifts[0];
  const severity = async () => (await drift())?.classification.severity;
  const accepted = async (seconds: number) => {
    const { id: driftId, digest } = (await drift()) ?? expect.unreachable();
    const until = new Date(Date.now() + seconds * 1000).toISOString();
    const wanted = { kind: "accept", driftId, digest, until, reason: "it is known", evenCritical: true };
    const answer = await serve.ask("/api/v1/exceptions", "POST", wanted);
    expect(answer.status).toBe(201);
    return ((await answer.json()) as { id: string }).id;
  };
  const state = async (id: string) => ((await get(`/exceptions/${id}`)) as { state: string }).state;
  const told = () => receiver.posts.map(({ body }) => JSON.parse(body) as Told);
  const last = () => {
    const one = told().at(-1);
    return [one?.type.replace("anchorwatch.alert.", ""), one?.data.severity];
  };

  await rename("by hand");
  await expect.poll(severity, soon).toBe("medium");
  await expect.poll(last, soon).toEqual(["opened", "medium"]);

  // A file that is wrong changes nothing, and says where it is wrong; the right one counts for what is open.
  bench.write("team.yaml", rules("awful"));
  serve.reload();
  await expect
    .poll(async () => JSON.stringify(await get("/status")), soon)
    .toMatch(/team\.yaml.{0,80}8|refused/);
  expect(await severity()).toBe("medium");
  bench.write("team.yaml", rules("critical"));
  serve.reload();
  await expect.poll(severity, soon).toBe("critical");
  await expect.poll(() => last()[1], soon).toBe("critical");
  const { id } = (await drift()) ?? expect.unreachable();
  expect(await get(`/drifts/${id}`)).toMatchObject({
    history: [
      { kind: "opened", classification: { severity: "medium" } },
      { kind: "classified", classification: { severity: "critical" } },
    ],
  });

  const short = await accepted(3);
  await expect.poll(last, soon).toEqual(["resolved", "critical"]);
  expect(told().at(-1)?.data.resolution).toContain("accepted until");
  await expect.poll(() => state(short), soon).toBe("expired");
  await expect.poll(() => last()[0], soon).not.toBe("resolved");

  const long = await accepted(3600);
  await expect.poll(() => last()[0], soon).toBe("resolved");
  await rename("by another hand");
  await expect.poll(() => state(long), soon).toBe("rearmed");
  await expect.poll(() => last()[0], soon).not.toBe("resolved");
  expect((await drift())?.excepted).toBeUndefined();
  const kept = async () => JSON.stringify(await get("/ledger/entries?limit=100"));
  for (const kind of ["drift.classified", "exception.granted", "exception.expired"])
    await expect.poll(kept, soon).toContain(`"${kind}"`);

  expect(await serve.stop()).toBe(0);
  expect(await leftovers(bench.folder, join(bench.folder, "tmp"))).toEqual([]);
}, 240_000);
