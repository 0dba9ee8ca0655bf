/**
 * Who may do what, where: joins the roles of the operator's file with those that were given here, the policies, and the sets of labels
 * that stacks and accounts have. What was decided is remembered until something that it depends on changes.
 */
import type { InstallationAction, LabelledAction } from "../../auth/action.ts";
import { type Asking, type Authorizer, createAuthorizer } from "../../auth/authorize/authorizer.ts";
import type { Decision, Failure, Question } from "../../auth/authorize/decision.ts";
import { type Explanation, explain } from "../../auth/authorize/explain.ts";
import type { Policy } from "../../auth/authorize/policy.ts";
import { Remembered } from "../../auth/authorize/remembered.ts";
import type { LabelRecords } from "../../auth/records.ts";
import type { Warning } from "../../domain/errors.ts";
import type { LabelSet, LabelSetKey, Labels } from "../../domain/labels.ts";
import type { AccessSettings } from "./accessSettings.ts";
import { assignmentsOf } from "./assignmentsOf.ts";

export interface AccessControlParts {
  /** As they are in force now. */
  readonly settings: () => AccessSettings;
  readonly labels: LabelRecords;
  /** Hears of policies that could not be evaluated: what they were asked about was refused. */
  readonly report: (problem: Warning) => void;
}

export interface AccessControl {
  decide(who: Asking, question: Question): Decision;
  allows(who: Asking, action: InstallationAction): boolean;
  mayWith(who: Asking, action: LabelledAction, labels: Labels): boolean;
  /** Of a set that is not there, nobody may anything. */
  may(who: Asking, action: LabelledAction, labelSet: LabelSetKey): Promise<boolean>;
  /** All sets of labels with which he may do that, as many as there are now; in the order of their keys. */
  visible(who: Asking, action: LabelledAction): Promise<readonly LabelSetKey[]>;
  /** Whether there is no set of labels with which he may not. */
  everywhere(who: Asking, action: LabelledAction): Promise<boolean>;
  explain(who: Asking, question: Question): Explanation;
  /** The highest set of labels that decisions know by now; 0: none. */
  newestLabels(): LabelSetKey | 0;
  /** His reading is logged. */
  isAuditor(who: Asking): boolean;
  /** Those in force. */
  policies(): readonly Policy[];
  close(): void;
}

/** People and pipelines, with each action that they asked for, whose visible sets are kept. */
const MOST_VIEWS = 500;
/** Sets that are decided before others get their turn. */
const AT_ONCE = 500;

/** @throws AnchorwatchError `config_invalid` for policies in which something is wrong; later ones are the configuration's to refuse */
export function createAccessControl({ settings, labels, report }: AccessControlParts): AccessControl {
  const known = new KnownLabels(labels);
  let inForce = start(settings());

  /** What was decided by other settings counts no more. */
  function current(): InForce {
    const now = settings();
    if (inForce.settings === now) return inForce;
    const before = inForce.authorizer;
    inForce = start(now);
    before.close();
    return inForce;
  }

  function decide(who: Asking, question: Question): Decision {
    return decideBy(current(), who, question);
  }

  function decideBy(by: InForce, who: Asking, question: Question): Decision {
    const assignments = assignmentsOf(who, by.settings.assignments);
    const decision = by.authorizer.decide({ ...who, assignments }, question);
    for (const failure of decision.failures) tell(by, question, failure);
    return decision;
  }

  /** Once for each policy and action: it would fail at every request. */
  function tell({ told }: InForce, { action }: Question, { policy, message }: Failure): void {
    const key = JSON.stringify([action, policy?.id]);
    if (told.has(key)) return;
    told.add(key);
    report({
      code: "access_undecided",
      message: `${policy === undefined ? "the policies" : `the policy “${policy.id}”`} could not decide about ${action}: ${message}`,
      hint: "The answer was no. Correct the policy.",
      ...(policy?.source === undefined ? {} : { location: policy.source }),
    });
  }

  async function visible(who: Asking, action: LabelledAction): Promise<readonly LabelSetKey[]> {
    const sets = await known.all();
    for (;;) {
      // Looked up each time: others have had their turn, and may have brought other settings.
      const by = current();
      const view = viewOf(by, who, action);
      if (view.decided >= sets.length) return view.keys;
      decideSome(view, sets, (labels) => decideBy(by, who, { action, labels }).allowed);
      if (view.decided < sets.length) await new Promise((resume) => setImmediate(resume));
    }
  }

  return {
    decide,
    explain: (who, question) => {
      const { authorizer, settings: by } = current();
      return explain(authorizer, { ...who, assignments: assignmentsOf(who, by.assignments) }, question);
    },
    allows: (who, action) => decide(who, { action }).allowed,
    mayWith: (who, action, given) => decide(who, { action, labels: given }).allowed,
    may: async (who, action, labelSet) => {
      const set = await known.byKey(labelSet);
      return set !== undefined && decide(who, { action, labels: set.labels }).allowed;
    },
    visible,
    everywhere: async (who, action) => {
      const sets = await known.all();
      const allowed = new Set(await visible(who, action));
      return sets.every(({ key }) => allowed.has(key));
    },
    newestLabels: () => known.highest,
    isAuditor: (who) => assignmentsOf(who, settings().assignments).some(({ role }) => role === "auditor"),
    policies: () => current().authorizer.policies,
    close: () => inForce.authorizer.close(),
  };
}

interface InForce {
  readonly settings: AccessSettings;
  readonly authorizer: Authorizer;
  readonly views: Remembered<View>;
  /** Failures that were reported. */
  readonly told: Set<string>;
}

function start(settings: AccessSettings): InForce {
  const authorizer = createAuthorizer(settings.policies);
  return { settings, authorizer, views: new Remembered(MOST_VIEWS), told: new Set() };
}

/** What somebody may see of the first sets; new ones come behind. */
interface View {
  decided: number;
  keys: readonly LabelSetKey[];
}

function viewOf({ settings, views }: InForce, who: Asking, action: LabelledAction): View {
  const roles = assignmentsOf(who, settings.assignments).map(({ role, scope }) => [role, scope]);
  const key = JSON.stringify([action, identityOf(who), roles]);
  const known = views.get(key);
  if (known !== undefined) return known;
  const view: View = { decided: 0, keys: [] };
  views.set(key, view);
  return view;
}

/** Without waiting, so that two requests at once decide each set once. */
function decideSome(view: View, sets: readonly LabelSet[], allowed: (labels: Labels) => boolean): void {
  const next = sets.slice(view.decided, view.decided + AT_ONCE);
  const keys = next.filter(({ labels }) => allowed(labels)).map(({ key }) => key);
  if (keys.length > 0) view.keys = [...view.keys, ...keys];
  view.decided += next.length;
}

function identityOf({ kind, id, name, groups, channel, strong, limit }: Asking): readonly unknown[] {
  return [kind, id, name, groups, channel, strong, limit];
}

/** All sets of labels, each read once: they are never changed, and those with higher keys are never there before lower ones. */
class KnownLabels {
  readonly #records: LabelRecords;
  #sets: readonly LabelSet[] = [];
  #byKey = new Map<LabelSetKey, LabelSet>();

  constructor(records: LabelRecords) {
    this.#records = records;
  }

  async all(): Promise<readonly LabelSet[]> {
    const read = await this.#records.since(this.highest);
    // Another request may have brought some of them meanwhile.
    const newer = read.filter(({ key }) => key > this.highest);
    if (newer.length > 0) this.#sets = [...this.#sets, ...newer];
    for (const set of newer) this.#byKey.set(set.key, set);
    return this.#sets;
  }

  async byKey(key: LabelSetKey): Promise<LabelSet | undefined> {
    if (!this.#byKey.has(key)) await this.all();
    return this.#byKey.get(key);
  }

  get highest(): LabelSetKey | 0 {
    return this.#sets.at(-1)?.key ?? 0;
  }
}
