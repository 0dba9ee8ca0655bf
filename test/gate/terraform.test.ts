/** The gate on plans of the real Terraform with the real AWS provider, and drift between plan and deployment. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AuthorizeSecurityGroupIngressCommand } from "@aws-sdk/client-ec2";
import { CreateUserCommand } from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCheckStack } from "../../packages/anchorwatch/src/app/checkStack.ts";
import { runProgram } from "../../packages/anchorwatch/src/cli/program.ts";
import {
  memoryStream,
  stillSurroundings,
} from "../../packages/anchorwatch/src/cli/testSurroundings.fixture.ts";
import { thisMachine } from "../../packages/anchorwatch/src/cli/thisMachine.ts";
import { type Deployment, prepareDeployment } from "../support/deployment.ts";
import { cloudMachine, inspectMachine } from "../support/machine.ts";

const found = cloudMachine(inspectMachine(process.env));
const title = found.ok ? "the gate, on real plans" : found.skipped.join("; ");

const PROVIDER = `
variable "cloud" { type = string }
variable "password" {
  type      = string
  sensitive = true
  default   = "hunter2-of-a-variable"
}
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "testing"
  secret_key                  = "testing"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  max_retries                 = 2
  endpoints {
    ec2 = var.cloud
    iam = var.cloud
    ssm = var.cloud
    sts = var.cloud
  }
}
`;
const group = (name: string, cidr: string) => `
resource "aws_security_group" "${name}" {
  name   = "web"
  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["${cidr}"]
  }
}
`;
const BEFORE = `
${group("old", "10.0.0.0/8")}
resource "aws_ssm_parameter" "secret" {
  name  = "/db/password"
  type  = "SecureString"
  value = "hunter2-of-the-state"
}
resource "aws_iam_role" "gone" {
  name               = "gone"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}
resource "aws_iam_user" "left" { name = "left" }
resource "aws_ssm_parameter" "replaced" {
  name  = "/first"
  type  = "String"
  value = "x"
}
`;
const AFTER = `
${group("web", "0.0.0.0/0")}
moved {
  from = aws_security_group.old
  to   = aws_security_group.web
}
resource "aws_ssm_parameter" "secret" {
  name  = "/db/password"
  type  = "SecureString"
  value = var.password
}
removed {
  from = aws_iam_user.left
  lifecycle { destroy = false }
}
resource "aws_ssm_parameter" "replaced" {
  name  = "/second"
  type  = "String"
  value = "x"
}
import {
  to = aws_iam_user.imported
  id = "imported"
}
resource "aws_iam_user" "imported" { name = "imported" }
resource "aws_iam_policy" "made" {
  name   = "made"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "ssm:*", Resource = aws_ssm_parameter.replaced.arn }] })
}
`;
const CONFIGURATION = `version: 1
stacks: [{ name: network, path: . }]
rules:
  - id: test.opened
    title: A group lets in everybody
    types: [aws_security_group]
    when: changes.exists(c, c.attribute == "ingress" && c.op == "add" && has(c.element) && c.element.cidr_blocks.exists(b, isPublicCidr(b)))
    class: security
    severity: high
    explain: "\${actor.name} opens \${resource.address}."
  - id: test.forgotten
    title: A user goes on without code
    types: [aws_iam_user]
    "on": [unmanaged]
    when: planned == "forget"
    class: operational
    severity: medium
    explain: "\${recorded.name} goes."
  - id: test.secret
    title: A secret would be another one
    types: [aws_ssm_parameter]
    when: changes.exists(c, c.attribute == "value" && c.sensitive)
    class: security
    severity: medium
    explain: "\${resource.address}: \${recorded.value} becomes \${live.value}, in \${changes}."
`;

describe.skipIf(!found.ok)(title, { timeout: 240_000 }, () => {
  let deployment: Deployment;
  let plan: string;

  beforeAll(async () => {
    if (!found.ok) return;
    deployment = await prepareDeployment({
      ...{ machine: found.machine, env: process.env, region: "eu-west-1" },
      code: { "provider.tf": PROVIDER, "main.tf": BEFORE, "anchorwatch.yaml": CONFIGURATION },
    });
    const { terraform, folder } = deployment;
    await terraform.apply();
    await deployment.cloud.iam.send(new CreateUserCommand({ UserName: "imported" }));
    // An emergency fix, which nobody put into the code.
    await deployment.cloud.ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: deployment.recorded("aws_security_group.old"),
        IpPermissions: [
          { FromPort: 22, ToPort: 22, IpProtocol: "tcp", IpRanges: [{ CidrIp: "192.0.2.7/32" }] },
        ],
      }),
    );
    writeFileSync(join(folder, "main.tf"), AFTER);
    plan = await planned();
  }, 300_000);
  afterAll(() => deployment?.close());

  async function planned(): Promise<string> {
    const { terraform } = deployment;
    const made = await terraform.run(["plan", "-input=false", "-lock=false", "-out=PLAN"]);
    expect(made.status, made.stderr).toBe(0);
    return (await terraform.run(["show", "-json", "PLAN"])).stdout;
  }

  async function gate(...argv: readonly string[]) {
    const [stdout, stderr] = [memoryStream(), memoryStream()];
    const status = await runProgram(["gate", "--plan", "-", "--format", "json", ...argv], {
      ...stillSurroundings(),
      checkStack: createCheckStack(thisMachine()),
      ...{ stdout, stderr, workingDirectory: deployment.folder },
      environment: { ...deployment.terraform.env, ANCHORWATCH_CACHE_DIR: join(deployment.folder, "cache") },
      readInput: async () => plan,
    });
    return {
      status,
      answer: JSON.parse(stdout.text()) as Answer,
      text: stdout.text(),
      stderr: stderr.text(),
    };
  }

  interface Answer {
    readonly outcome: string;
    readonly plan: {
      readonly changes: readonly {
        readonly address: string;
        readonly action: string;
        readonly notKnown: readonly string[];
      }[];
    };
    readonly findings: readonly {
      readonly kind: string;
      readonly title: string;
      readonly address?: string;
      readonly rules?: readonly string[];
      readonly weight: string;
      readonly source?: { readonly file: string; readonly line: number };
    }[];
  }

  it("knows what is made, changed, moved, replaced, forgotten and destroyed, and what is known later", async () => {
    const { answer } = await gate();
    const changes = Object.fromEntries(answer.plan.changes.map(({ address, action }) => [address, action]));
    expect(changes).toEqual({
      "aws_security_group.web": "update",
      "aws_ssm_parameter.secret": "update",
      "aws_iam_role.gone": "delete",
      "aws_iam_user.left": "forget",
      "aws_ssm_parameter.replaced": "replace",
      "aws_iam_user.imported": "adopt",
      "aws_iam_policy.made": "create",
    });
    expect(answer.plan.changes.find(({ address }) => address === "aws_iam_policy.made")?.notKnown).toContain(
      "policy",
    );
  });

  it("blocks by the same rules as drift, at the line that declares it, and tells what is milder", async () => {
    const { status, answer } = await gate();
    expect(status).toBe(2);
    const said = (rule: string) => answer.findings.find(({ rules }) => rules?.includes(rule));
    expect(said("test.opened")).toMatchObject({
      weight: "blocks",
      address: "aws_security_group.web",
      source: { file: "main.tf" },
    });
    expect(said("test.forgotten")).toMatchObject({ weight: "told", address: "aws_iam_user.left" });
    expect(said("aws.iam_role.gone")).toMatchObject({ weight: "told", address: "aws_iam_role.gone" });
    expect(answer.findings).toContainEqual(
      expect.objectContaining({ kind: "not_known", address: "aws_iam_policy.made" }),
    );
  });

  it("shows no secret of the plan, in no form", async () => {
    expect(plan).toContain("hunter2-of-a-variable");
    const forms = ["text", "github", "gitlab", "sarif", "markdown"];
    const { text, stderr } = await gate(...forms.map((form) => `--report=${form}=out.${form}`));
    const said = forms.map((form) => readFileSync(join(deployment.folder, `out.${form}`), "utf8"));
    for (const one of [text, ...said]) expect(one).toContain("aws_ssm_parameter.secret");
    expect([text, stderr, ...said].join("\n")).not.toContain("hunter2");
  });

  it("names first what the deployment would undo: by the plan itself, and once where a check saw it, too", async () => {
    const isUndone = ({ kind }: Answer["findings"][number]) => kind === "undone";
    const bare = await gate();
    expect(bare.answer.findings.filter(isUndone)).toMatchObject([
      { weight: "blocks", title: expect.stringContaining("aws_security_group.web") },
    ]);
    expect(bare.answer.findings[0]?.kind).toBe("undone");
    const checked = await gate("--check", "--state", "terraform.tfstate");
    expect(checked.answer.findings.filter(isUndone), checked.stderr).toMatchObject([
      { weight: "blocks", title: expect.stringContaining("This deploy would undo") },
    ]);
  });
});
