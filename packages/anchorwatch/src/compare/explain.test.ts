import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatPath } from "../domain/path.ts";
import type { DeclaredAttributes, ObjectShape } from "../domain/shape.ts";
import type { Value } from "../domain/value.ts";
import { declaredByRecord } from "./declaredByRecord.ts";
import {
  BUCKET,
  candidate,
  computed,
  declared,
  either,
  listOf,
  mapOf,
  NUMBER,
  objectShape,
  ROLE,
  SECURITY_GROUP,
  STRING,
  setOf,
  value,
} from "./exampleShapes.fixture.ts";
import { explain, type Finding } from "./explain.ts";
import { findDifferences } from "./findDifferences.ts";
import type { Candidate } from "./references.ts";

interface Case {
  readonly type: string;
  readonly shape: ObjectShape;
  readonly recorded: Value;
  readonly live: Value;
  readonly declared?: DeclaredAttributes;
  readonly declaredByRecord?: boolean;
  readonly candidates: readonly Candidate[];
}

function findings({ declared: tree = new Map(), ...rest }: Case): readonly Finding[] {
  return explain(findDifferences({ ...rest, declared: tree }), rest);
}

/** The places that nobody explains. */
function drift(it: Case): string[] {
  return findings(it)
    .filter(({ explanation }) => explanation === undefined)
    .map(({ difference }) => `${difference.op} ${formatPath(difference.path)}`);
}

function by(it: Case): string[] {
  return findings(it).flatMap(({ explanation }): string[] =>
    explanation?.kind === "declaredElsewhere" ? [...explanation.by] : [explanation?.kind ?? "nobody"],
  );
}

describe("policies of a role", () => {
  const NAME = "deploy";
  const role = (more: Parameters<typeof value>[0] & object) =>
    value({ id: NAME, name: NAME, arn: `arn:aws:iam::1:role/${NAME}`, assume_role_policy: "{}", ...more });
  const policy =
    '{"Version":"2012-10-17","Statement":[{"Action":["s3:Get*","s3:List*"],"Effect":"Allow","Resource":"*"}]}';
  const respelled =
    '{ "Statement": {"Resource": ["*"], "Effect":"Allow", "Action": ["s3:List*", "s3:Get*"]},\n "Version":"2012-10-17" }';
  const inline = candidate("aws_iam_role_policy.read", {
    recorded: { id: `${NAME}:read`, name: "read", name_prefix: "", policy, role: NAME },
  });
  const base = {
    type: "aws_iam_role",
    shape: ROLE,
    recorded: role({ inline_policy: [] }),
    candidates: [inline],
  };

  test("an inline policy that a resource declares is explained by it, also in another spelling", () => {
    const live = role({ inline_policy: [{ name: "read", policy: respelled }] });
    expect(by({ ...base, live })).toEqual(["aws_iam_role_policy.read"]);
  });

  test("an undeclared policy beside a declared one is drift, and only that", () => {
    const backdoor = { name: "backdoor", policy: policy.replace("s3:Get*", "iam:*") };
    const live = role({ inline_policy: [{ name: "read", policy }, backdoor] });
    const found = findings({ ...base, live });
    expect(found.map((f) => [f.explanation?.kind, f.difference.element])).toEqual([
      ["declaredElsewhere", value({ name: "read", policy })],
      [undefined, value(backdoor)],
    ]);
  });

  test("a declared policy with other contents is drift while its resource reads as it was", () => {
    const live = role({ inline_policy: [{ name: "read", policy: policy.replace("s3:Get*", "iam:*") }] });
    expect(drift({ ...base, live })).toEqual(["add inline_policy"]);
  });

  test("a policy that was changed at its own resource is shown there", () => {
    const changed = policy.replace("s3:Get*", "iam:*");
    const candidates = [
      candidate("aws_iam_role_policy.read", {
        recorded: { name: "read", policy, role: NAME },
        live: { name: "read", policy: changed, role: NAME },
      }),
    ];
    const recorded = role({ inline_policy: [{ name: "read", policy }] });
    const live = role({ inline_policy: [{ name: "read", policy: changed }] });
    expect(drift({ ...base, recorded, live, candidates })).toEqual([]);
  });

  test("a policy that is gone is shown at its resource only when that one lost it", () => {
    const recorded = role({ inline_policy: [{ name: "read", policy }] });
    const live = role({ inline_policy: [] });
    const own = { name: "read", policy, role: NAME };
    const deleted = candidate("aws_iam_role_policy.read", { recorded: own, live: null });
    const intact = candidate("aws_iam_role_policy.read", { recorded: own, live: own });
    expect(drift({ ...base, recorded, live, candidates: [deleted] })).toEqual([]);
    expect(drift({ ...base, recorded, live, candidates: [intact] })).toEqual(["remove inline_policy"]);
    const unread = candidate("aws_iam_role_policy.read", { recorded: own });
    expect(drift({ ...base, recorded, live, candidates: [unread] })).toEqual(["remove inline_policy"]);
  });

  test("an attachment explains its own policy, and no other", () => {
    const read = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    const admin = "arn:aws:iam::aws:policy/AdministratorAccess";
    const attachment = candidate("aws_iam_role_policy_attachment.read", {
      recorded: { id: "deploy-2024", policy_arn: read, role: NAME },
    });
    const recorded = role({ managed_policy_arns: [] });
    const candidates = [attachment];
    expect(by({ ...base, candidates, recorded, live: role({ managed_policy_arns: [read] }) })).toEqual([
      "aws_iam_role_policy_attachment.read",
    ]);
    const found = findings({
      ...base,
      candidates,
      recorded,
      live: role({ managed_policy_arns: [admin, read] }),
    });
    expect(found.filter((f) => f.explanation === undefined).map((f) => f.difference.element)).toEqual([
      admin,
    ]);
  });

  test("a resource that refers to the name which the role was given behind our back explains nothing", () => {
    const admin = "arn:aws:iam::aws:policy/AdministratorAccess";
    const candidates = [
      candidate("aws_iam_role_policy_attachment.x", { recorded: { role: "admin", policy_arn: admin } }),
    ];
    const live = role({ name: "admin", managed_policy_arns: [admin] });
    expect(drift({ ...base, candidates, live })).toContain("add managed_policy_arns");
  });

  test("a policy of a user with the role's name explains nothing", () => {
    const admin = "arn:aws:iam::aws:policy/AdministratorAccess";
    const candidates = [
      candidate("aws_iam_user_policy_attachment.x", { recorded: { id: "x", user: NAME, policy_arn: admin } }),
    ];
    const live = role({ managed_policy_arns: [admin] });
    expect(drift({ ...base, candidates, live })).toEqual(["add managed_policy_arns"]);
  });
});

describe("rules of a security group", () => {
  const ID = "sg-0123456789abcdef0";
  const rule = (more: object) =>
    value({
      cidr_blocks: [],
      description: "",
      from_port: 22,
      ipv6_cidr_blocks: [],
      prefix_list_ids: [],
      protocol: "tcp",
      security_groups: [],
      self: false,
      to_port: 22,
      ...more,
    });
  const anything = { from_port: 0, to_port: 0, protocol: "-1", cidr_blocks: ["0.0.0.0/0"] };
  const group = (more: object) => value({ id: ID, name: "web", ingress: [], egress: [], ...more });
  const modern = (kind: "ingress" | "egress", name: string, more: object) =>
    candidate(`aws_vpc_security_group_${kind}_rule.${name}`, {
      recorded: {
        id: `sgr-${name}`,
        security_group_id: ID,
        ip_protocol: "tcp",
        from_port: 22,
        to_port: 22,
        description: null,
        ...more,
      },
    });
  const classic = (type: "ingress" | "egress", name: string, more: object) =>
    candidate(`aws_security_group_rule.${name}`, {
      recorded: {
        id: "sgrule-1",
        security_group_id: ID,
        type,
        protocol: "tcp",
        from_port: 22,
        to_port: 22,
        self: false,
        ...more,
      },
    });
  const base = { type: "aws_security_group", shape: SECURITY_GROUP, recorded: group({}) };

  test("a rule resource of either kind explains its rule", () => {
    const live = group({ ingress: [rule({ cidr_blocks: ["10.0.0.0/8"] })] });
    const candidates = [modern("ingress", "a", { cidr_ipv4: "10.0.0.0/8" })];
    expect(by({ ...base, live, candidates })).toEqual(["aws_vpc_security_group_ingress_rule.a"]);
    const old = [classic("ingress", "a", { cidr_blocks: ["10.0.0.0/8"] })];
    expect(by({ ...base, live, candidates: old })).toEqual(["aws_security_group_rule.a"]);
  });

  test("a rule that the cloud merged is explained by all that declare a part of it", () => {
    const live = group({ ingress: [rule({ cidr_blocks: ["10.0.0.0/8", "192.168.0.0/16"] })] });
    const candidates = [
      modern("ingress", "a", { cidr_ipv4: "10.0.0.0/8" }),
      modern("ingress", "b", { cidr_ipv4: "192.168.0.0/16" }),
    ];
    expect(by({ ...base, live, candidates })).toEqual([
      "aws_vpc_security_group_ingress_rule.a",
      "aws_vpc_security_group_ingress_rule.b",
    ]);
    expect(drift({ ...base, live, candidates: candidates.slice(0, 1) })).toEqual(["add ingress"]);
  });

  test("when one of two merged rules is deleted, only its resource shows it", () => {
    const recorded = group({ ingress: [rule({ cidr_blocks: ["10.0.0.0/8", "192.168.0.0/16"] })] });
    const live = group({ ingress: [rule({ cidr_blocks: ["10.0.0.0/8"] })] });
    const kept = modern("ingress", "a", { cidr_ipv4: "10.0.0.0/8" });
    const lost = modern("ingress", "b", { cidr_ipv4: "192.168.0.0/16" });
    const candidates = [
      { ...kept, live: kept.recorded ?? null },
      { ...lost, live: null },
    ];
    expect(drift({ ...base, recorded, live, candidates })).toEqual([]);
  });

  test("sources of different kinds, declared by a rule each, are explained together", () => {
    const other = "sg-0ffffffffffffffff";
    const merged = rule({ cidr_blocks: ["10.0.0.0/8"], security_groups: [other] });
    const candidates = [
      modern("ingress", "a", { cidr_ipv4: "10.0.0.0/8", security_group_rule_id: "sgr-a" }),
      modern("ingress", "b", { referenced_security_group_id: other, security_group_rule_id: "sgr-b" }),
    ];
    expect(drift({ ...base, live: group({ ingress: [merged] }), candidates })).toEqual([]);
    const [kept, lost] = candidates.map((c) => ({ ...c, live: c.recorded ?? null }));
    const it = {
      ...base,
      recorded: group({ ingress: [merged] }),
      live: group({ ingress: [rule({ cidr_blocks: ["10.0.0.0/8"] })] }),
    };
    expect(drift({ ...it, candidates: [kept, { ...lost, live: null }] as Candidate[] })).toEqual([]);
    expect(drift({ ...it, candidates: [kept, lost] as Candidate[] })).toEqual(["remove ingress"]);
  });

  test("a port opened to the world is drift, beside rules that each hold a part of it", () => {
    const live = group({ ingress: [rule({ cidr_blocks: ["0.0.0.0/0"] })] });
    const candidates = [
      modern("ingress", "ssh", { cidr_ipv4: "10.0.0.0/8" }),
      modern("ingress", "web", { from_port: 443, to_port: 443, cidr_ipv4: "0.0.0.0/0" }),
      classic("ingress", "classic", { from_port: 0, to_port: 22, cidr_blocks: ["0.0.0.0/0"] }),
    ];
    expect(drift({ ...base, live, candidates })).toEqual(["add ingress"]);
  });

  test("all traffic in is never explained by a rule for all traffic out", () => {
    const out = { ip_protocol: "-1", from_port: null, to_port: null, cidr_ipv4: "0.0.0.0/0" };
    const live = group({ ingress: [rule(anything)], egress: [rule(anything)] });
    expect(drift({ ...base, live, candidates: [modern("egress", "all", out)] })).toEqual(["add ingress"]);
    const old = classic("egress", "all", anything);
    expect(drift({ ...base, live, candidates: [old] })).toEqual(["add ingress"]);
  });

  test("a rule that does not say which way it goes explains neither while both look the same", () => {
    const candidates = [
      candidate("cloud_firewall_rule.any", {
        recorded: { group_id: ID, protocol: "tcp", from_port: 22, to_port: 22, cidr: "0.0.0.0/0" },
      }),
    ];
    const open = rule({ cidr_blocks: ["0.0.0.0/0"] });
    expect(drift({ ...base, live: group({ ingress: [open] }), candidates })).toEqual([]);
    const both = group({ ingress: [open], egress: [open] });
    expect(drift({ ...base, live: both, candidates })).toEqual(["add egress", "add ingress"]);
    const tagged = candidates.map((c) => ({
      ...c,
      recorded: value({ ...(c.recorded as object), tags: { way: "ingress" } }),
    }));
    expect(drift({ ...base, live: both, candidates: tagged })).toEqual(["add egress", "add ingress"]);
  });

  test("the same stranger in two attributes is no mirror", () => {
    const recorded = group({ egress: [rule({ cidr_blocks: ["10.0.0.0/8"] })] });
    const stranger = rule(anything);
    const live = group({ ingress: [stranger], egress: [rule({ cidr_blocks: ["10.0.0.0/8"] }), stranger] });
    const tree = declared({ egress: { cidr_blocks: true, from_port: true, to_port: true, protocol: true } });
    expect(drift({ ...base, recorded, live, declared: tree, candidates: [] })).toEqual([
      "add egress",
      "add ingress",
    ]);
  });

  test("a rule from the group to itself is explained by one that names it twice", () => {
    const live = group({ ingress: [rule({ self: true })] });
    const own = modern("ingress", "self", { referenced_security_group_id: ID });
    expect(drift({ ...base, live, candidates: [own] })).toEqual([]);
    expect(drift({ ...base, live, candidates: [classic("ingress", "self", { self: true })] })).toEqual([]);
    const other = modern("ingress", "other", { referenced_security_group_id: "sg-0ffffffffffffffff" });
    expect(drift({ ...base, live, candidates: [other] })).toEqual(["add ingress"]);
  });

  test("tags and descriptions, which anybody may write, declare nothing", () => {
    const live = group({ ingress: [rule({ cidr_blocks: ["0.0.0.0/0"] })] });
    const candidates = [
      candidate("aws_instance.web", {
        recorded: { vpc_security_group_ids: [ID] },
        live: {
          vpc_security_group_ids: [ID],
          description: "0.0.0.0/0",
          tags: { from_port: "22", to_port: "22", protocol: "tcp", cidr_blocks: "0.0.0.0/0" },
        },
      }),
    ];
    expect(drift({ ...base, live, candidates })).toEqual(["add ingress"]);
    const tags = { from_port: "22", to_port: "22" };
    const other = [modern("ingress", "web", { from_port: 443, to_port: 443, cidr_ipv4: "0.0.0.0/0", tags })];
    expect(drift({ ...base, live, candidates: other })).toEqual(["add ingress"]);
  });

  test("the same values under names that mean something else declare nothing", () => {
    const live = group({ ingress: [rule({ cidr_blocks: ["0.0.0.0/0"] })] });
    const recorded = { vpc_security_group_ids: [ID], cores: 22, kind: "tcp", home: "0.0.0.0/0" };
    expect(drift({ ...base, live, candidates: [candidate("aws_instance.web", { recorded })] })).toEqual([
      "add ingress",
    ]);
  });

  test("a change of a tag is shown once, at the tags that the code sets", () => {
    const recorded = group({ tags: { Owner: "platform" }, tags_all: { Owner: "platform", Env: "prod" } });
    const live = group({ tags: { Owner: "tmp" }, tags_all: { Owner: "tmp", Env: "dev" } });
    const it = { ...base, recorded, live, declared: declared({ tags: true }), candidates: [] };
    expect(drift(it)).toEqual(["replace tags.Owner", "replace tags_all.Env"]);
    expect(by(it)).toContain("mirror");
  });

  test("an element with a value that nobody holds is never explained", () => {
    const port = fc.integer({ min: 1, max: 4 });
    const cidr = fc.constantFrom("10.0.0.0/8", "192.168.0.0/16", "0.0.0.0/0");
    const declaredRule = fc.record({ port, cidr });
    const liveRule = fc.record({ port, cidrs: fc.uniqueArray(cidr, { minLength: 1 }) });
    fc.assert(
      fc.property(fc.array(declaredRule, { maxLength: 4 }), liveRule, (rules, { port: open, cidrs }) => {
        const candidates = rules.map((r, i) =>
          modern("ingress", `r${i}`, { from_port: r.port, to_port: r.port, cidr_ipv4: r.cidr }),
        );
        const live = group({ ingress: [rule({ from_port: open, to_port: open, cidr_blocks: cidrs })] });
        const isDeclared = cidrs.every((c) => rules.some((r) => r.port === open && r.cidr === c));
        expect(drift({ ...base, live, candidates })).toEqual(isDeclared ? [] : ["add ingress"]);
      }),
    );
  });
});

describe("settings of a bucket", () => {
  const bucket = (more: object) => value({ id: "logs", bucket: "logs", arn: "arn:aws:s3:::logs", ...more });
  const base = { type: "aws_s3_bucket", shape: BUCKET, recorded: bucket({}) };
  const versioning = (recorded: string, live = recorded) => {
    const of = (status: string) => ({
      bucket: "logs",
      id: "logs",
      versioning_configuration: [{ mfa_delete: "", status }],
    });
    return candidate("aws_s3_bucket_versioning.logs", { recorded: of(recorded), live: of(live) });
  };
  const versions = (enabled: boolean) => bucket({ versioning: [{ enabled, mfa_delete: false }] });

  test.each([
    ["switched on by its resource", false, true, versioning("Enabled"), []],
    ["suspended behind the back of its resource", true, false, versioning("Enabled", "Suspended"), []],
    [
      "suspended, and its resource does not see it",
      true,
      false,
      versioning("Enabled"),
      ["replace versioning[0].enabled"],
    ],
    ["suspended without any resource", true, false, undefined, ["replace versioning[0].enabled"]],
    [
      "switched on while its resource says suspended",
      false,
      true,
      versioning("Suspended"),
      ["replace versioning[0].enabled"],
    ],
  ])("versioning %s", (_, was, is, resource, expected) => {
    const candidates = resource === undefined ? [] : [resource];
    expect(drift({ ...base, recorded: versions(was), live: versions(is), candidates })).toEqual(expected);
  });

  test("without code, what another resource declares is explained although the record holds something", () => {
    const recorded = versions(false);
    const it = {
      ...base,
      recorded,
      live: versions(true),
      declared: declaredByRecord({ shape: BUCKET, recorded }),
    };
    expect(drift({ ...it, declaredByRecord: true, candidates: [versioning("Enabled")] })).toEqual([]);
    expect(drift({ ...it, declaredByRecord: true, candidates: [] })).toEqual([
      "replace versioning[0].enabled",
    ]);
    expect(drift({ ...it, candidates: [versioning("Enabled")] })).toEqual(["replace versioning[0].enabled"]);
    const tagged = { ...it, recorded: bucket({ tags: { a: "1" } }), live: bucket({ tags: { a: "2" } }) };
    expect(drift({ ...tagged, declaredByRecord: true, candidates: [] })).toEqual(["replace tags.a"]);
  });

  test("something that says nothing needs no words, and has no excuse either", () => {
    const off = bucket({ versioning: [{ enabled: false, mfa_delete: false }] });
    expect(
      drift({
        ...base,
        recorded: bucket({ versioning: [] }),
        live: off,
        candidates: [versioning("Suspended")],
      }),
    ).toEqual(["add versioning[0]"]);
  });

  test("a bucket policy is explained by the resource that declares it, and only that document", () => {
    const policy = '{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*"}]}';
    const open = policy.replace("Deny", "Allow");
    const candidates = [
      candidate("aws_s3_bucket_policy.logs", { recorded: { id: "logs", bucket: "logs", policy } }),
    ];
    const recorded = bucket({ policy: "" });
    expect(drift({ ...base, recorded, live: bucket({ policy: ` ${policy}` }), candidates })).toEqual([]);
    expect(drift({ ...base, recorded, live: bucket({ policy: open }), candidates })).toEqual([
      "replace policy",
    ]);
    const was = bucket({ policy });
    expect(drift({ ...base, recorded: was, live: bucket({ policy: open }), candidates })).toEqual([
      "replace policy → Statement[0].Effect",
    ]);
  });

  test("an encryption that replaced the cloud's own is explained by what was deployed", () => {
    const encryption = (algorithm: string, key: string) => [
      {
        rule: [
          {
            apply_server_side_encryption_by_default: [{ kms_master_key_id: key, sse_algorithm: algorithm }],
            bucket_key_enabled: key !== "",
          },
        ],
      },
    ];
    const key = "arn:aws:kms:eu-west-1:1:key/k";
    const recorded = bucket({ server_side_encryption_configuration: encryption("AES256", "") });
    const live = bucket({ server_side_encryption_configuration: encryption("aws:kms", key) });
    const declaring = (at: string) =>
      candidate("aws_s3_bucket_server_side_encryption_configuration.logs", {
        recorded: { bucket: "logs", id: "logs", rule: encryption("aws:kms", at)[0]?.rule ?? [] },
      });
    expect(drift({ ...base, recorded, live, candidates: [declaring(key)] })).toEqual([]);
    expect(drift({ ...base, recorded, live, candidates: [declaring(`${key}2`)] })).not.toEqual([]);
  });

  test("a rule of several is explained by one rule of the resource, never by parts of two", () => {
    const rules = (days: readonly number[]) =>
      days.map((d, i) => ({
        id: `r${i}`,
        enabled: true,
        prefix: "",
        expiration: [{ date: "", days: d }],
        transition: [],
      }));
    const configuration = candidate("aws_s3_bucket_lifecycle_configuration.logs", {
      recorded: {
        bucket: "logs",
        id: "logs",
        rule: [30, 1].map((d, i) => ({
          id: `r${i}`,
          status: "Enabled",
          expiration: [{ days: d }],
          filter: [],
        })),
      },
    });
    const candidates = [configuration];
    const live = (days: readonly number[]) => bucket({ lifecycle_rule: rules(days) });
    const recorded = bucket({ lifecycle_rule: [] });
    expect(drift({ ...base, recorded, live: live([30, 1]), candidates })).toEqual([]);
    expect(drift({ ...base, recorded: live([30, 1]), live: live([1, 1]), candidates })).toEqual([
      "replace lifecycle_rule[0].expiration[0].days",
    ]);
    const aborting = bucket({
      lifecycle_rule: rules([30]).map((r) => ({ ...r, abort_incomplete_multipart_upload_days: 7 })),
    });
    expect(drift({ ...base, recorded, live: aborting, candidates })).toEqual(["add lifecycle_rule[0]"]);
    const abort = { abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }] };
    const expiring = { id: "r0", status: "Enabled", expiration: [{ days: 30 }], filter: [], ...abort };
    const both = candidate("aws_s3_bucket_lifecycle_configuration.logs", {
      recorded: { bucket: "logs", rule: [expiring] },
    });
    expect(drift({ ...base, recorded, live: aborting, candidates: [both] })).toEqual([]);
    const off = bucket({ lifecycle_rule: rules([30]).map((r) => ({ ...r, enabled: false })) });
    expect(drift({ ...base, recorded, live: off, candidates })).toEqual(["add lifecycle_rule[0]"]);
  });
});

describe("lists that belong together", () => {
  const cors = objectShape({ methods: either(setOf(STRING)), origins: either(setOf(STRING)) });
  const shape = objectShape({ id: either(STRING), cors_rule: either(setOf(cors)) });
  const site = (rules: readonly Readonly<Record<string, readonly string[]>>[]) =>
    value({ id: "site-0123456789abcdef0", cors_rule: rules });
  const narrow = [
    { methods: ["GET"], origins: ["*"] },
    { methods: ["PUT"], origins: ["internal"] },
  ];
  const wide = [{ methods: ["GET", "PUT"], origins: ["*", "internal"] }];
  const declaring = candidate("cloud_site_cors.web", {
    recorded: { site_id: "site-0123456789abcdef0", cors_rule: narrow },
  });
  const base = { type: "cloud_site", shape, recorded: site([]), candidates: [declaring] };

  test("are explained as they stand together", () => {
    expect(drift({ ...base, live: site(narrow) })).toEqual([]);
  });

  test("are not explained when mixed, although each value is declared", () => {
    expect(drift({ ...base, live: site(wide) })).toEqual(["add cors_rule"]);
    expect(drift({ ...base, recorded: site(narrow), live: site(wide) })).toContain("add cors_rule");
  });
});

describe("rules in a map", () => {
  const rule = objectShape({ port: either(NUMBER), protocol: either(STRING) });
  const rules = either(mapOf(rule));
  const shape = objectShape({ id: either(STRING), rules });
  const ID = "fw-0123456789abcdef0";
  const tcp = (ports: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(ports).map(([key, port]) => [key, { port, protocol: "tcp" }]));
  const firewall = (ports: Readonly<Record<string, number>>) => value({ id: ID, rules: tcp(ports) });
  const base = {
    type: "cloud_firewall",
    shape,
    recorded: firewall({ a: 1, b: 1 }),
    live: firewall({ a: 22, b: 3389 }),
  };
  const recorded = { firewall_id: ID, rules: tcp({ a: 22 }) };

  test("are explained one by one: what is declared of one says nothing of another", () => {
    const declaring = candidate("cloud_firewall_rules.a", {
      recorded,
      shape: objectShape({ firewall_id: either(STRING), rules }),
    });
    expect(drift({ ...base, candidates: [declaring] })).toEqual(["replace rules.b.port"]);
    const ofUnknownShape = candidate("cloud_firewall_rules.a", { recorded });
    expect(drift({ ...base, candidates: [ofUnknownShape] })).toContain("replace rules.b.port");
  });
});

describe("networks", () => {
  test("a route is explained by the resource of that route", () => {
    const route = objectShape({
      cidr_block: either(STRING),
      gateway_id: either(STRING),
      nat_gateway_id: either(STRING),
    });
    const shape = objectShape({ id: either(STRING), route: either(setOf(route)) });
    const table = (routes: readonly object[]) =>
      value({
        id: "rtb-0123456789abcdef0",
        route: routes.map((r) => ({ cidr_block: "", gateway_id: "", nat_gateway_id: "", ...r })),
      });
    const own = { cidr_block: "0.0.0.0/0", gateway_id: "igw-1" };
    const candidates = [
      candidate("aws_route.out", {
        recorded: {
          route_table_id: "rtb-0123456789abcdef0",
          destination_cidr_block: "0.0.0.0/0",
          gateway_id: "igw-1",
        },
      }),
    ];
    const base = { type: "aws_route_table", shape, recorded: table([]), candidates };
    expect(drift({ ...base, live: table([own]) })).toEqual([]);
    expect(drift({ ...base, live: table([{ ...own, gateway_id: "igw-2" }]) })).toEqual(["add route"]);
  });

  test("hundreds of entries are explained by a resource each", () => {
    const entry = objectShape({ cidr: either(STRING), description: either(STRING) });
    const shape = objectShape({ id: either(STRING), entry: either(setOf(entry)) });
    const ID = "pl-0123456789abcdef0";
    const cidrs = Array.from({ length: 500 }, (_, i) => `10.${i >> 8}.${i & 255}.0/24`);
    const list = (of: readonly string[]) =>
      value({ id: ID, entry: of.map((cidr) => ({ cidr, description: "" })) });
    const candidates = cidrs.map((cidr, i) =>
      candidate(`aws_ec2_managed_prefix_list_entry.e${i}`, { recorded: { prefix_list_id: ID, cidr } }),
    );
    const base = { type: "aws_ec2_managed_prefix_list", shape, recorded: list([]), candidates };
    expect(drift({ ...base, live: list(cidrs) })).toEqual([]);
    expect(drift({ ...base, live: list([...cidrs, "0.0.0.0/0"]) })).toEqual(["add entry"]);
  });

  test("a rule of a network ACL says by a switch which way it goes", () => {
    const rule = objectShape({
      action: either(STRING),
      cidr_block: either(STRING),
      from_port: either(NUMBER),
      protocol: either(STRING),
      rule_no: either(NUMBER),
      to_port: either(NUMBER),
    });
    const shape = objectShape({
      id: either(STRING),
      egress: either(setOf(rule)),
      ingress: either(setOf(rule)),
    });
    const own = {
      action: "allow",
      cidr_block: "0.0.0.0/0",
      from_port: 443,
      protocol: "6",
      rule_no: 100,
      to_port: 443,
    };
    const acl = (more: object) => value({ id: "acl-0123456789abcdef0", egress: [], ingress: [], ...more });
    const declaring = (egress: boolean) =>
      candidate("aws_network_acl_rule.web", {
        recorded: {
          network_acl_id: "acl-0123456789abcdef0",
          egress,
          rule_action: "allow",
          rule_number: 100,
          cidr_block: "0.0.0.0/0",
          from_port: 443,
          to_port: 443,
          protocol: "tcp",
        },
      });
    const base = { type: "aws_network_acl", shape, recorded: acl({}), live: acl({ ingress: [own] }) };
    expect(drift({ ...base, candidates: [declaring(false)] })).toEqual([]);
    expect(drift({ ...base, candidates: [declaring(true)] })).toEqual(["add ingress"]);
  });

  test("of two equal elements of a list, one resource explains one", () => {
    const shape = objectShape({ id: either(STRING), instances: either(listOf(STRING)) });
    const lb = (instances: readonly string[]) => value({ id: "web", name: "web", instances });
    const candidates = [candidate("aws_elb_attachment.a", { recorded: { elb: "web", instance: "i-1" } })];
    const base = { type: "aws_elb", shape, recorded: lb([]), candidates };
    expect(drift({ ...base, live: lb(["i-1"]) })).toEqual([]);
    expect(drift({ ...base, live: lb(["i-1", "i-1"]) })).toEqual(["add instances[1]"]);
  });
});

describe("what only the cloud fills", () => {
  const member = objectShape({ name: either(STRING), state: computed(STRING) });
  const shape = objectShape({ id: either(STRING), member: either(setOf(member)) });
  const TEAM = "team-0123456789abcdef0";
  const base = {
    type: "cloud_team",
    shape,
    recorded: value({ id: TEAM, member: [] }),
    live: value({ id: TEAM, member: [{ name: "eve", state: "active" }] }),
  };

  test("needs nobody to declare it", () => {
    const recorded = { team_id: TEAM, name: "eve" };
    expect(drift({ ...base, candidates: [candidate("cloud_member.eve", { recorded })] })).toEqual([]);
  });

  test("declares nothing", () => {
    const candidates = [
      candidate("cloud_audit.a", {
        recorded: { team_id: TEAM, name: "eve" },
        shape: objectShape({ team_id: either(STRING), name: computed(STRING) }),
      }),
    ];
    expect(drift({ ...base, candidates })).toEqual(["add member"]);
  });
});

test("a resource that only has the same id does not refer to this one", () => {
  const shape = objectShape({ id: either(STRING), port: either(setOf(NUMBER)) });
  const of = (ports: readonly number[]) => value({ id: "default/app", port: ports });
  const candidates = [candidate("kubernetes_service.app", { recorded: { id: "default/app", port: 80 } })];
  const base = { type: "kubernetes_deployment", shape, recorded: of([]), live: of([80]) };
  expect(drift({ ...base, candidates })).toEqual(["add port"]);
});

describe("a topic and its policy, which has the topic's ARN for its own", () => {
  const arn = "arn:aws:sns:eu-1:1:alerts";
  const shape = objectShape({ id: either(STRING), arn: computed(STRING), policy: either(STRING) });
  const topic = (policy: string) => value({ id: arn, arn, policy });
  const DEFAULT = '{"Id":"default","Statement":[]}';
  const DECLARED = '{"Statement":[{"Sid":"Declared"}]}';
  const EDITED = '{"Statement":[{"Sid":"Open"}]}';
  const policyOf = (recorded: string, live: string) => [
    candidate("aws_sns_topic_policy.alerts", {
      recorded: { id: arn, arn, policy: recorded },
      live: { id: arn, arn, policy: live },
    }),
  ];
  const base = { type: "aws_sns_topic", shape, recorded: topic(DEFAULT) };

  test("the cloud's default gave way to what the policy declares", () => {
    expect(drift({ ...base, live: topic(DECLARED), candidates: policyOf(DECLARED, DECLARED) })).toEqual([]);
  });

  test("an edited policy is shown at the policy, also where the topic's record is older", () => {
    expect(drift({ ...base, live: topic(EDITED), candidates: policyOf(DECLARED, EDITED) })).toEqual([]);
  });

  test("what the policy does not hold is drift of the topic", () => {
    const found = drift({ ...base, live: topic(EDITED), candidates: policyOf(DECLARED, DECLARED) });
    expect(found).not.toEqual([]);
  });
});

test("a grantee without an id is declared by a grant that leaves it empty, though the grant's resource has an id", () => {
  const grant = objectShape({ id: either(STRING), permissions: either(setOf(STRING)), uri: either(STRING) });
  const shape = objectShape({ id: either(STRING), bucket: either(STRING), grant: either(setOf(grant)) });
  const bucket = (grants: readonly { id: string; permissions: string[]; uri: string }[]) =>
    value({ id: "logs", bucket: "logs", grant: grants });
  const acl = {
    id: "logs,delivery",
    bucket: "logs",
    policy: [{ grant: [{ permission: "READ", grantee: [{ id: "", uri: "group" }] }] }],
  };
  const base = { type: "aws_s3_bucket", shape, recorded: bucket([]) };
  const candidates = [candidate("aws_s3_bucket_acl.logs", { recorded: acl, live: acl })];
  const grants = [{ id: "", permissions: ["READ"], uri: "group" }];
  expect(drift({ ...base, live: bucket(grants), candidates })).toEqual([]);
  const stranger = [{ id: "somebody", permissions: ["READ"], uri: "group" }];
  expect(drift({ ...base, live: bucket(stranger), candidates })).not.toEqual([]);
});
