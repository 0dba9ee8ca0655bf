import { describe, expect, it } from "vitest";
import { readChangeSet } from "./readChangeSet.ts";
import { inTerraformsWords } from "./terraformWords.ts";

/** The form of DescribeChangeSet's answer, as the AWS CLI prints it. */
function changeSet(changes: readonly object[], more: object = {}): string {
  return JSON.stringify({
    ChangeSetName: "deploy-17",
    StackName: "network",
    Status: "CREATE_COMPLETE",
    ExecutionStatus: "AVAILABLE",
    Changes: changes.map((ResourceChange) => ({ Type: "Resource", ResourceChange })),
    ...more,
  });
}

const context = (properties: object) => JSON.stringify({ Properties: properties });
const database = {
  Action: "Modify",
  LogicalResourceId: "Database",
  PhysicalResourceId: "db-1",
  ResourceType: "AWS::RDS::DBInstance",
  Replacement: "False",
  Scope: ["Properties"],
  BeforeContext: context({ PubliclyAccessible: "false", MasterUserPassword: "hunter2-the-old", Tags: [] }),
  AfterContext: context({
    PubliclyAccessible: "true",
    MasterUserPassword: "hunter2-the-new",
    KmsKeyId: "{{changeSet:KNOWN_AFTER_APPLY}}",
    Tags: [{ Key: "note", Value: "hunter2-the-new" }],
  }),
};
const only = (change: object) => readChangeSet(changeSet([change]), "c.json").changes[0];

describe("what a change set would change", () => {
  it("is told with its values, before and after, and what is known later", () => {
    const found = only(database);
    expect(found).toMatchObject({
      ...{
        address: "Database",
        type: "AWS::RDS::DBInstance",
        id: "db-1",
        action: "update",
        notKnown: ["KmsKeyId"],
      },
      after: { PubliclyAccessible: "true" },
    });
    expect(found?.changes).toContainEqual(
      expect.objectContaining({ path: ["PubliclyAccessible"], recorded: "false", live: "true" }),
    );
  });

  it("shows no secret that a template has in clear text, nor where it stands again", () => {
    const told = JSON.stringify(only(database));
    expect(told).not.toContain("hunter2");
    expect(told).toContain("(sensitive)");
  });

  it("knows every action, and that a retained resource goes on running", () => {
    const acts = (more: object) => only({ ...database, ...more })?.action;
    expect(acts({ Action: "Add" })).toBe("create");
    expect(acts({ Action: "Remove" })).toBe("delete");
    expect(acts({ Action: "Remove", PolicyAction: "Retain" })).toBe("forget");
    expect(acts({ Replacement: "True" })).toBe("replace");
    expect(acts({ Replacement: "Conditional" })).toBe("replace");
    expect(acts({ Action: "Import" })).toBe("adopt");
    expect(acts({ Action: "Dynamic" })).toBe("update");
  });

  it("says of what has no values that nobody knows it", () => {
    const { BeforeContext: _, AfterContext: __, ...bare } = database;
    const Details = [
      { Target: { Attribute: "Properties", Name: "PubliclyAccessible" }, Evaluation: "Static" },
    ];
    const [, found] = readChangeSet(changeSet([database, { ...bare, Details }]), "c.json").changes;
    expect(found?.notKnown).toEqual(["PubliclyAccessible", "Properties"]);
    const nested = { ...database, ResourceType: "AWS::CloudFormation::Stack", ChangeSetId: "arn:aws:…" };
    expect(only(nested)?.notKnown).toContain("Properties");
  });

  it("names what somebody changed and it would put back, where it looked at drift", () => {
    const Details = [
      {
        Target: {
          Attribute: "Properties",
          Name: "MultiAZ",
          Drift: { PreviousValue: "true", ActualValue: "false" },
        },
      },
      { Target: { Attribute: "Properties", Name: "PubliclyAccessible" } },
    ];
    const undoing = (more: object) =>
      readChangeSet(changeSet([{ ...database, Details, ...more }]), "c.json").undoing;
    expect(undoing({ ResourceDriftStatus: "MODIFIED" })).toEqual([
      { address: "Database", attributes: ["MultiAZ"] },
    ]);
    expect(undoing({ ResourceDriftStatus: "DELETED", Action: "Add" })).toEqual([
      { address: "Database", attributes: [] },
    ]);
    expect(undoing({ ResourceDriftStatus: "MODIFIED", Action: "SyncWithActual" })).toEqual([]);
    expect(undoing({ ResourceDriftStatus: "IN_SYNC" })).toEqual([]);
  });

  it("is nothing in one that CloudFormation refused since nothing changes", () => {
    const empty = { Status: "FAILED", StatusReason: "The submitted information didn't contain changes." };
    expect(readChangeSet(changeSet([], empty), "c.json").changes).toEqual([]);
  });
});

it.each([
  ["one page of several", changeSet([], { NextToken: "x" }), "one page of several"],
  ["one that is not made yet", changeSet([], { Status: "CREATE_IN_PROGRESS" }), "CREATE_IN_PROGRESS"],
  ["one that failed", changeSet([], { Status: "FAILED", StatusReason: "AccessDenied" }), "FAILED"],
  [
    "one without property values",
    changeSet([{ Action: "Add", LogicalResourceId: "Topic", ResourceType: "AWS::SNS::Topic" }]),
    "without property values",
  ],
  ["something else", "{}", "no list of Changes"],
  ["a change of nothing", changeSet([{ Action: "Modify" }]), "no LogicalResourceId"],
])("refuses %s", (_, text, why) => {
  expect(() => readChangeSet(text, "c.json")).toThrow(why);
});

describe("the words of Terraform", () => {
  const told = (change: object) => {
    const found = only(change);
    return found === undefined ? [] : inTerraformsWords(found);
  };
  const made = (ResourceType: string, properties: object) =>
    told({ Action: "Add", LogicalResourceId: "A", ResourceType, AfterContext: context(properties) });

  it("have rules of groups as blocks, truths and numbers as such, and policies as texts", () => {
    const SecurityGroupIngress = [{ CidrIp: "0.0.0.0/0", FromPort: "22", ToPort: "22", IpProtocol: "tcp" }];
    const [group] = made("AWS::EC2::SecurityGroup", { SecurityGroupIngress });
    expect(group).toMatchObject({ type: "aws_security_group", address: "A" });
    expect(group?.changes).toContainEqual(
      expect.objectContaining({
        op: "add",
        element: expect.objectContaining({ protocol: "tcp", from_port: 22, cidr_blocks: ["0.0.0.0/0"] }),
      }),
    );
    const [instance] = made("AWS::RDS::DBInstance", { MultiAZ: "true", BackupRetentionPeriod: "0" });
    expect(instance?.after).toEqual({ multi_az: true, backup_retention_period: 0 });
    const [policy] = made("AWS::IAM::ManagedPolicy", { PolicyDocument: { Statement: [] } });
    expect(policy?.after).toEqual({ policy: '{"Statement":[]}' });
  });

  it("have a part of a resource as one of its own, which may go while the rest stays", () => {
    const bucket = {
      Action: "Modify",
      LogicalResourceId: "B",
      ResourceType: "AWS::S3::Bucket",
      Replacement: "False",
    };
    const BeforeContext = context({ PublicAccessBlockConfiguration: { BlockPublicAcls: "true" } });
    const gone = told({ ...bucket, BeforeContext, AfterContext: context({}) });
    expect(gone.map(({ type, action }) => `${type} ${action}`)).toEqual([
      "aws_s3_bucket update",
      "aws_s3_bucket_public_access_block delete",
    ]);
    expect(told({ ...bucket, Action: "Remove", BeforeContext }).map(({ type }) => type)).toEqual([
      "aws_s3_bucket",
    ]);
  });

  it("are not there for what nobody knows other words for", () => {
    expect(made("AWS::IoT::Thing", {})).toEqual([]);
  });
});
