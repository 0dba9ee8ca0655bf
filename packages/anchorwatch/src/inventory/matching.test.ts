import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FoundName, ownerOf, placesIn, typeOfAddress } from "./matching.ts";
import { canBe, referenceOf } from "./terraformTypes.ts";
import { GLOBAL, named, type Thing, unique } from "./thing.ts";

const ACCOUNT = "111111111111";

function aThing(with_: Partial<Thing>): Thing {
  return {
    ...{ type: "aws_iam_user", id: "ada", region: GLOBAL, unit: "iam", names: [], tags: {}, facts: [] },
    ...{ attributes: {}, telling: [] },
    ...with_,
  };
}

function find(
  thing: Thing,
  found: readonly FoundName[],
  accounts: readonly string[] | undefined,
  regions: readonly string[] = [],
) {
  const placesOf = () => accounts && { accounts: new Set(accounts), regions: new Set(regions) };
  return ownerOf(
    thing,
    Map.groupBy(found, ({ identifier }) => identifier),
    { account: ACCOUNT, placesOf },
  );
}

const own = (identifier: string, address: string): FoundName => ({
  identifier,
  address,
  kind: "own",
  stackId: "s",
});

describe("which stack has a thing", () => {
  const USER = "arn:aws:iam::111111111111:user/ada";

  it("is told by its ARN, at an address of its kind", () => {
    const thing = aThing({ arn: USER, names: [unique(USER)] });
    expect(find(thing, [own(USER, 'module.a["x.y"].aws_iam_user.ada[0]')], undefined)).toEqual({
      ...{ stackId: "s", isGuess: false },
      address: 'module.a["x.y"].aws_iam_user.ada[0]',
    });
  });

  it("is none that only speaks of it, even where nobody else has that name", () => {
    const thing = aThing({ names: [unique(USER)] });
    expect(find(thing, [{ ...own(USER, "aws_iam_user.ada"), kind: "reference" }], [ACCOUNT])).toBeUndefined();
    // The only resource of the state that has the name, as an attachment has that of its policy.
    expect(find(thing, [own(USER, "aws_iam_user_policy.all")], [ACCOUNT])).toBeUndefined();
    const vpc = aThing({ type: "aws_vpc", id: "vpc-1", names: [unique("vpc-1")] });
    expect(find(vpc, [own("vpc-1", "aws_subnet.a")], [ACCOUNT])).toBeUndefined();
    expect(find(vpc, [own("vpc-1", "aws_default_vpc.a")], [ACCOUNT])?.isGuess).toBe(false);
  });

  it("is, by a plain name, only one of the same account and region; one that tells neither is a guess", () => {
    const name = { type: "aws_lambda_permission", id: "f/s", region: "eu-west-1", names: [named("f/s")] };
    const found = [own("f/s", "aws_lambda_permission.a")];
    expect(find(aThing(name), found, [ACCOUNT], ["eu-west-1"])?.isGuess).toBe(false);
    expect(find(aThing(name), found, [ACCOUNT], ["us-east-1"])).toBeUndefined();
    expect(find(aThing(name), found, ["222222222222"], ["eu-west-1"])).toBeUndefined();
    expect(find(aThing(name), found, undefined)?.isGuess).toBe(true);
    expect(find(aThing({ ...name, region: GLOBAL }), found, [ACCOUNT], ["us-east-1"])?.isGuess).toBe(false);
  });

  it("never is one of another account, whatever both are called", () => {
    const accounts = fc.constantFrom("222222222222", "333333333333");
    const name = fc.string({ minLength: 1 });
    fc.assert(
      fc.property(name, fc.array(accounts, { minLength: 1 }), fc.string(), (text, others, address) => {
        const thing = aThing({ id: text, names: [named(text)] });
        expect(find(thing, [own(text, `aws_iam_user.${address}`)], others)).toBeUndefined();
      }),
    );
  });

  it("is found whatever else is called alike, and in whatever order", () => {
    const noise = fc.record({
      identifier: fc.constantFrom(USER, "ada", "x"),
      address: fc.constantFrom("aws_iam_role.ada", "aws_iam_user_policy.p", "aws_iam_group.ada"),
      kind: fc.constantFrom("own" as const, "reference" as const),
      stackId: fc.constant("noise"),
    });
    fc.assert(
      fc.property(fc.array(noise), fc.array(noise), (before, after) => {
        const thing = aThing({ names: [unique(USER)] });
        const found = find(thing, [...before, own(USER, "aws_iam_user.ada"), ...after], undefined);
        expect(found?.stackId).toBe("s");
        expect(find(thing, [...before, ...after], undefined)).toBeUndefined();
      }),
    );
  });
});

describe("where a stack has resources", () => {
  it("is what the ARNs of its own say, and not those that it speaks of", () => {
    const { accounts, regions } = placesIn([
      own("arn:aws:sns:eu-west-1:111111111111:alarms", "aws_sns_topic.alarms"),
      own("arn:aws:iam::222222222222:policy/theirs", "aws_iam_role_policy_attachment.a"),
      { ...own("arn:aws:sns:us-east-1:333333333333:x", "aws_sns_topic.x"), kind: "reference" },
      own("deploy", "aws_iam_role.deploy"),
    ]);
    expect([[...accounts], [...regions]]).toEqual([["111111111111"], ["eu-west-1"]]);
  });
});

describe("an ARN", () => {
  it.each([
    ["arn:aws:iam::111111111111:role/team/deploy", "aws_iam_role", "deploy"],
    ["arn:aws:s3:::logs", "aws_s3_bucket", "logs"],
    ["arn:aws:ec2:eu-west-1:111111111111:instance/i-1", "aws_instance", "i-1"],
    [
      "arn:aws:sqs:eu-west-1:111111111111:jobs",
      "aws_sqs_queue",
      "https://sqs.eu-west-1.amazonaws.com/111111111111/jobs",
    ],
    ["arn:aws:logs:eu-west-1:111111111111:log-group:/aws/x:*", "aws_cloudwatch_log_group", "/aws/x"],
    ["arn:aws:lambda:eu-west-1:111111111111:function:f", "aws_lambda_function", "f"],
    ["arn:aws:cloudformation:eu-west-1:111111111111:stack/shop/9f", "aws_cloudformation_stack", "shop"],
    [
      "arn:aws:quantum:eu-west-1:111111111111:entangler/e",
      "quantum:entangler",
      "arn:aws:quantum:eu-west-1:111111111111:entangler/e",
    ],
  ])("%s is %s", (arn, type, id) => {
    expect(referenceOf(arn)).toEqual({ type, id });
  });

  it("is one only in that form", () => {
    for (const text of ["", "arn:", "arn:aws:iam", "deploy", "arn:aws:iam::x:role/a"])
      expect(referenceOf(text)).toBeUndefined();
  });

  it.each([
    ["rds:eu-west-1:111111111111:subgrp:main", "aws_db_subnet_group"],
    ["rds:eu-west-1:111111111111:es:alerts", "aws_db_event_subscription"],
    ["ec2:eu-west-1:111111111111:dhcp-options/dopt-1", "aws_vpc_dhcp_options"],
    ["ec2:eu-west-1:111111111111:transit-gateway-attachment/a", "aws_ec2_transit_gateway_vpc_attachment"],
    ["elasticloadbalancing:eu-west-1:111111111111:listener-rule/app/x/1/2/3", "aws_lb_listener_rule"],
    ["kafka:eu-west-1:111111111111:cluster/x/1", "aws_msk_cluster"],
    ["wafv2:eu-west-1:111111111111:regional/webacl/x/1", "aws_wafv2_web_acl"],
    ["cloudwatch:eu-west-1:111111111111:alarm:x", "aws_cloudwatch_composite_alarm"],
    ["apigateway:eu-west-1::/restapis/a1/stages/prod", "aws_api_gateway_stage"],
  ])("arn:aws:%s is had by a stack whose %s has it as its own", (rest, terraformType) => {
    const arn = `arn:aws:${rest}`;
    const reference = referenceOf(arn) ?? { type: "", id: "" };
    const thing = aThing({ ...reference, arn, names: [unique(arn)] });
    expect(find(thing, [own(arn, `${terraformType}.this`)], undefined)?.isGuess).toBe(false);
  });

  it("of a service without a name here is not had by what joins things, or speaks of them", () => {
    expect(canBe("aws_quantum_entangler", { type: "quantum:entangler" })).toBe(true);
    expect(canBe("aws_quantum_entangler_policy", { type: "quantum:entangler" })).toBe(false);
    expect(canBe("aws_wafv2_web_acl_logging_configuration", { type: "wafv2:regional" })).toBe(false);
  });
});

it("the type of an address is that of the resource, in whatever module", () => {
  expect(typeOfAddress('module.a["x].aws_y.z"].module.b[0].aws_vpc.main["k.e[y]"]')).toBe("aws_vpc");
});
