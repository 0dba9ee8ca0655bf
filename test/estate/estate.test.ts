import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cloudMachine, inspectMachine } from "../support/machine.ts";
import type { TerraformDrift } from "../support/terraform.ts";
import { checkWithAnchorwatch } from "./checkWithAnchorwatch.ts";
import { type DeployedEstate, deployEstate, PARALLELISM } from "./deployEstate.ts";
import { FLAWLESS, judge, PLANNED_FOR_EVER } from "./judgement.ts";
import type { Mutation } from "./mutations/mutation.ts";
import { MUTATIONS } from "./mutations.ts";

const found = cloudMachine(inspectMachine(process.env));
const title = found.ok ? "the estate, with real Terraform on a simulated cloud" : found.skipped.join("; ");
const DEPLOYING_MS = 400_000;
const PLANNING_MS = 120_000;

describe.skipIf(!found.ok)(title, { timeout: PLANNING_MS }, () => {
  let estate: DeployedEstate;

  beforeAll(async () => {
    if (found.ok) estate = await deployEstate(found.machine, process.env);
  }, DEPLOYING_MS);
  afterAll(() => estate?.close());

  describe("before anybody touched it", () => {
    it("has a record, right after the apply, that Terraform reports as drift", () => {
      expect(estate.driftOfNobody.length).toBeGreaterThan(20);
    });

    it("is in sync with its settled record, and has pending changes where Terraform, too, plans some for ever", async () => {
      const checked = await check(estate);
      expect(judge(checked, [])).toEqual(FLAWLESS);
      expect(checked.pending.map(({ address }) => address)).toEqual([...PLANNED_FOR_EVER]);
      expect([...estate.planned]).toEqual([...PLANNED_FOR_EVER]);
    });

    it("is in sync with its record right after the apply", async () => {
      expect(judge(await check(estate, estate.justApplied), [])).toEqual(FLAWLESS);
    });
  });

  describe("after people were at the console", () => {
    let drift: readonly TerraformDrift[];
    let planned: ReadonlySet<string>;
    const effects = new Map<Mutation, { readonly before: unknown; readonly after: unknown }>();

    beforeAll(async () => {
      for (const mutation of MUTATIONS) {
        const before = await mutation.observe(estate);
        await mutation.apply(estate);
        effects.set(mutation, { before, after: await mutation.observe(estate) });
      }
      ({ drift, planned } = await estate.terraform.plan({ parallelism: PARALLELISM }));
    }, 2 * PLANNING_MS);

    it.each(MUTATIONS.map((mutation) => [mutation.name, mutation] as const))("%s", (_, mutation) => {
      const { before, after } = effects.get(mutation) ?? {};
      if (mutation.changesTheCloud) expect(after).not.toEqual(before);
      else expect(after).toEqual(before);
    });

    it("is reported by Terraform where the table says so, and nowhere else", () => {
      const expected = MUTATIONS.flatMap((mutation) => [...mutation.drift, ...mutation.terraformAlso]);
      const addresses = new Set(expected.map((entry) => entry.address));
      expect(drift.map((entry) => entry.address)).toEqual([...addresses].sort());
    });

    it("is reported by Terraform with the attributes and deletions of the table", () => {
      const reported = new Map(drift.map((entry) => [entry.address, entry]));
      const wrong = MUTATIONS.flatMap((mutation) => [
        ...mutation.drift.filter((expected) =>
          expected.verdict === "deleted"
            ? reported.get(expected.address)?.action !== "delete"
            : !differs(reported.get(expected.address), expected.attribute ?? ""),
        ),
        ...mutation.terraformAlso.filter((extra) => !differs(reported.get(extra.address), extra.attribute)),
      ]);
      expect(wrong).toEqual([]);
    });

    it("goes unnoticed by an ordinary plan where the table says so", () => {
      const expected = MUTATIONS.flatMap((mutation) => mutation.drift);
      expect(expected.filter((entry) => planned.has(entry.address) !== entry.planned)).toEqual([]);
    });

    it("is checked rightly against the settled record, without telling a password, old or new", async () => {
      const checked = await check(estate);
      expect(judge(checked, MUTATIONS)).toEqual(FLAWLESS);
      const said = JSON.stringify(checked, (_, value: unknown) =>
        typeof value === "bigint" ? String(value) : value,
      );
      expect(said).toContain("aws_ssm_parameter.database_password");
      expect(said).not.toMatch(/correct-horse-battery|letmein-/);
    });

    it("is checked rightly against the record right after the apply", async () => {
      expect(judge(await check(estate, estate.justApplied), MUTATIONS)).toEqual(FLAWLESS);
    });
  });
});

function check(estate: DeployedEstate, stateFile?: string) {
  return checkWithAnchorwatch({
    folder: estate.folder,
    env: estate.terraform.env,
    ...(stateFile !== undefined && { stateFile }),
  });
}

function differs(drift: TerraformDrift | undefined, attribute: string): boolean {
  const before = (drift?.before ?? {}) as Readonly<Record<string, unknown>>;
  const after = (drift?.after ?? {}) as Readonly<Record<string, unknown>>;
  return JSON.stringify(before[attribute]) !== JSON.stringify(after[attribute]);
}
