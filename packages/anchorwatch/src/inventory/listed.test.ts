import { describe, expect, it } from "vitest";
import { type ListedObject, type ListingSource, listedThings, providerOfUnit } from "./listed.ts";
import { type FoundName, ownerOf } from "./matching.ts";

const HERE = "111111111111";
const AWS: ListingSource = {
  ...{
    provider: "registry.terraform.io/hashicorp/aws",
    configuration: "hmac-sha256:0123456789abcdef01234567",
  },
  ...{ region: "eu-west-1", account: HERE, readBy: new Set(["reader"]), isOfAccount: true },
};
const GITHUB: ListingSource = { ...AWS, provider: "registry.terraform.io/integrations/github" };

const anObject = (with_: Partial<ListedObject>): ListedObject => ({
  ...{ type: "aws_vpc", name: "", identity: {}, tags: {} },
  ...with_,
});
const only = (object: Partial<ListedObject>, source: ListingSource = AWS) =>
  listedThings([anObject(object)], source)[0];

function ownerAt(
  object: Partial<ListedObject>,
  source: ListingSource,
  at: Pick<FoundName, "identifier" | "address" | "stackId">,
) {
  const [thing] = listedThings([anObject(object)], source);
  if (thing === undefined) return undefined;
  const placesOf = () => ({ accounts: new Set(["222222222222"]), regions: new Set<string>() });
  return ownerOf(thing, new Map([[at.identifier, [{ ...at, kind: "own" }]]]), { account: HERE, placesOf });
}

describe("what a provider lists", () => {
  it("is of the account that its ARN says, and without one of that of the stack", () => {
    const arn = (account: string) => `arn:aws:sns:eu-west-1:${account}:alarms`;
    expect(only({ arn: arn(HERE), id: "a" })).toBeDefined();
    expect(only({ arn: arn("222222222222"), id: "a" })).toBeUndefined();
    expect(only({ id: "vpc-1" }, { ...AWS, isOfAccount: false })).toBeUndefined();
    expect(only({ id: "vpc-1" })).toMatchObject({ id: "vpc-1", region: "eu-west-1" });
    expect(only({ id: "repo" }, { ...GITHUB, isOfAccount: false })).toMatchObject({ region: "global" });
  });

  it("is called by its id, else by its identity without the place", () => {
    expect(only({ identity: { account_id: HERE, region: "eu-west-1", bucket: "logs" } })?.id).toBe("logs");
    expect(only({ identity: { role: "r", name: "p", account_id: HERE } })).toMatchObject({
      id: `role=r,name=p,account_id=${HERE}`,
      names: expect.arrayContaining([{ text: "r:p", isUnique: false }]) as unknown,
    });
    expect(only({ id: "x", identity: { role: "r", name: "p" } })?.id).toBe("x");
  });

  it("is a stack's at an address of its very type, surely where the stack reads with the same configuration", () => {
    const repository = { type: "github_repository", id: "site" };
    const at = (address: string, stackId: string) => ({ identifier: "site", address, stackId });
    expect(ownerAt(repository, GITHUB, at("github_repository.site", "reader"))?.isGuess).toBe(false);
    expect(ownerAt(repository, GITHUB, at("github_repository.site", "other"))?.isGuess).toBe(true);
    expect(ownerAt(repository, GITHUB, at("github_branch.site", "reader"))).toBeUndefined();
    const policy = { type: "aws_iam_role_policy", id: "site" };
    expect(ownerAt(policy, AWS, at("aws_iam_role_policy.site", "other"))).toBeUndefined();
    expect(ownerAt(policy, AWS, at("aws_iam_role_policy.site", "reader"))?.isGuess).toBe(false);
  });

  it("cannot hide behind tags that elsewhere anybody may set", () => {
    const tags = { "aws:cloudformation:stack-id": "x", team: "a" };
    expect(only({ id: "x", tags }, GITHUB)?.tags).toEqual({ team: "a" });
    expect(only({ id: "x", tags })?.tags).toEqual(tags);
  });

  it("keeps of each thing what it is called, and is told apart from services of AWS", () => {
    const thing = only({ id: "site", name: "Site", type: "github_repository" }, GITHUB);
    expect(thing?.attributes).toEqual({ id: "site", name: "Site" });
    expect(providerOfUnit(thing?.unit ?? "")).toBe(GITHUB.provider);
    expect(providerOfUnit("ec2 eu-west-1")).toBeUndefined();
  });
});
