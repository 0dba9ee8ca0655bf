/** How long a decision takes, beside Cedar alone with the same question as a whole. */
import { preparsePolicySet, preparseSchema, statefulIsAuthorized } from "@cedar-policy/cedar-wasm/nodejs";
import { createAccessControl } from "../../../packages/anchorwatch/src/app/access/accessControl.ts";
import { DEFAULT_ACCESS } from "../../../packages/anchorwatch/src/app/access/accessSettings.ts";
import {
  type Asking,
  createAuthorizer,
} from "../../../packages/anchorwatch/src/auth/authorize/authorizer.ts";
import { BUILT_IN_POLICIES } from "../../../packages/anchorwatch/src/auth/authorize/builtIn.ts";
import { CEDAR_SCHEMA } from "../../../packages/anchorwatch/src/auth/authorize/cedarSchema.ts";
import { ROLES } from "../../../packages/anchorwatch/src/auth/role.ts";
import type { LabelSetKey, Labels } from "../../../packages/anchorwatch/src/domain/labels.ts";
import { BenchError } from "../error.ts";
import { count, median, milliseconds, percentile } from "../numbers.ts";
import { atMost, type Section } from "../report.ts";
import type { Workplace } from "../workplace.ts";

const WANTED_MS = 0.2;
const OWN_POLICIES = 20;
const LABELS = 50;
/** Distinct sets of labels of a large installation. */
const SETS = 10_000;

/** As operators write them: about the environment, the team, the zone; some about groups. Of zones they see the whole name, so each is a new question. */
const OWN = Array.from({ length: OWN_POLICIES }, (_, index) => {
  const label = ["env", "team", "zone", "tier"][index % 4] ?? "env";
  const is = label === "zone" ? `like "closed-${index}*"` : `== "closed-${index}"`;
  return `@id("own-${index}")
forbid (principal, action in Anchorwatch::Action::"change", resource is Anchorwatch::Stack)
when { resource.hasTag("${label}") && resource.getTag("${label}") ${is} }
unless { context.strong || principal in Anchorwatch::Group::"okta:group-${index}" };`;
}).join("\n");

const WHO: Asking = {
  kind: "user",
  id: "user-1",
  name: "maria@example.com",
  groups: ["okta:group-3", "okta:everybody"],
  channel: "session",
  strong: false,
  assignments: ROLES.map((role, index) => ({
    id: `role-${index}`,
    role,
    subject: { kind: "login", login: "maria@example.com" },
    scope: { env: "test" },
    origin: "config",
  })),
};

export async function measureAuthorization(place: Workplace): Promise<Section> {
  const runs = place.quick ? 1000 : 10_000;
  const cedar = cedarAlone(runs);
  place.say(`Cedar alone: ${milliseconds(median(cedar))}`);
  const { fresh, known } = ours(runs);
  place.say(`a new question: ${milliseconds(median(fresh))}, a known one: ${milliseconds(median(known))}`);
  const views = await visibleSets();
  const row = (what: string, times: readonly number[]) => [
    what,
    micro(median(times)),
    micro(percentile(times, 99)),
  ];
  return {
    title: "Access: decisions",
    about:
      `May somebody with ${ROLES.length} roles do something to a stack with ${LABELS} labels, by the built-in policies and ${OWN_POLICIES} of the operator's own. ` +
      "A new question is one whose answer no policy's view of it has had before; Cedar alone gets the same question with parsed policies, whole.",
    table: [
      ["what", "median", "p99"],
      row("Cedar alone", cedar),
      row("a new question", fresh),
      row("a question like one before", known),
      [`all of ${count(SETS)} sets of labels, first time`, milliseconds(views.first), ""],
      [`all of ${count(SETS)} sets of labels, again`, milliseconds(views.again), ""],
    ],
    goals: [
      atMost(`a decision in under ${WANTED_MS} ms`, median(known), WANTED_MS, micro),
      atMost(`a decision about a new question in under ${WANTED_MS} ms`, median(fresh), WANTED_MS, micro),
    ],
  };
}

function micro(value: number): string {
  return `${(value * 1000).toFixed(1)} µs`;
}

function labelsOf(zone: string): Labels {
  const more = Array.from({ length: LABELS - 4 }, (_, index) => [`label-${index}`, `value ${index}`]);
  return { env: "test", team: "payments", zone, tier: "1", ...Object.fromEntries(more) };
}

/** Milliseconds of each. */
function timed(runs: number, decide: (run: number) => boolean): readonly number[] {
  const times: number[] = [];
  for (let run = -runs / 10; run < runs; run++) {
    const started = performance.now();
    const allowed = decide(run);
    const took = performance.now() - started;
    if (!allowed) throw new BenchError("reports_differ", "the decision was no");
    if (run >= 0) times.push(took);
  }
  return times;
}

function ours(runs: number): { readonly fresh: readonly number[]; readonly known: readonly number[] } {
  const authorizer = createAuthorizer([{ name: "own.cedar", text: OWN }]);
  const decide = (zone: string) =>
    authorizer.decide(WHO, { action: "stack.check", labels: labels.get(zone) ?? {} }).allowed;
  const zones = Array.from({ length: runs * 1.1 }, (_, index) => `zone-${index - runs / 10}`);
  const labels = new Map(zones.map((zone) => [zone, labelsOf(zone)]));
  const fresh = timed(runs, (run) => decide(`zone-${run}`));
  const known = timed(runs, () => decide("zone-0"));
  authorizer.close();
  return { fresh, known };
}

function cedarAlone(runs: number): readonly number[] {
  const of = (type: string, id: string) => ({ type: `Anchorwatch::${type}`, id });
  preparseSchema("bench", CEDAR_SCHEMA);
  preparsePolicySet("bench", { staticPolicies: `${BUILT_IN_POLICIES}\n${OWN}` });
  const [principal, resource] = [of("User", WHO.name), of("Stack", "network")];
  const parents = [
    ...ROLES.map((role) => of("Role", role)),
    ...WHO.groups.map((group) => of("Group", group)),
  ];
  return timed(runs, (run) => {
    const answer = statefulIsAuthorized({
      principal,
      action: of("Action", "stack.check"),
      resource,
      context: { channel: { __entity: of("Channel", WHO.channel) }, strong: WHO.strong },
      preparsedPolicySetId: "bench",
      preparsedSchemaName: "bench",
      entities: [
        { uid: principal, attrs: {}, parents },
        { uid: resource, attrs: {}, parents: [], tags: { ...labelsOf(`zone-${run}`) } },
      ],
    });
    return answer.type === "success" && answer.response.decision === "allow";
  });
}

/** Milliseconds for all of what somebody may see, as the first list asks for it and as every later one does. */
async function visibleSets(): Promise<{ readonly first: number; readonly again: number }> {
  const sets = Array.from({ length: SETS }, (_, index) => ({
    key: (index + 1) as LabelSetKey,
    labels: labelsOf(`zone-${index % 50}`),
  }));
  const settings = { ...DEFAULT_ACCESS, policies: [{ name: "own.cedar", text: OWN }] };
  const control = createAccessControl({
    settings: () => settings,
    labels: { since: async (after) => sets.filter(({ key }) => key > after) },
    report: ({ message }) => {
      throw new BenchError("reports_differ", message);
    },
  });
  const time = async () => {
    const started = performance.now();
    const visible = await control.visible(WHO, "stack.view");
    if (visible.length !== SETS) throw new BenchError("reports_differ", `${visible.length} sets are visible`);
    return performance.now() - started;
  };
  const [first, again] = [await time(), await time()];
  control.close();
  return { first, again };
}
