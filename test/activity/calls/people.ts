import * as iam from "@aws-sdk/client-iam";
import type { Cloud } from "../../support/cloud.ts";
import { type Act, act } from "./act.ts";

const RoleName = "oncall";
const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
});
const everything = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
});

/** IAM. */
export async function* peopleCalls({ iam: client }: Cloud): AsyncGenerator<Act> {
  await client.send(
    new iam.CreateRoleCommand({ RoleName, Path: "/teams/", AssumeRolePolicyDocument: trust }),
  );
  yield act("iam", "CreateRole", RoleName, "arn:aws:iam::123456789012:role/teams/oncall");
  await client.send(
    new iam.PutRolePolicyCommand({ RoleName, PolicyName: "extra", PolicyDocument: everything }),
  );
  yield act("iam", "PutRolePolicy", RoleName, "extra");
  const { Policy } = await client.send(
    new iam.CreatePolicyCommand({ PolicyName: "reports", PolicyDocument: everything }),
  );
  const PolicyArn = Policy?.Arn;
  yield act("iam", "CreatePolicy", PolicyArn);
  await client.send(new iam.AttachRolePolicyCommand({ RoleName, PolicyArn }));
  yield act("iam", "AttachRolePolicy", RoleName, PolicyArn);
  await client.send(new iam.UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: trust }));
  yield act("iam", "UpdateAssumeRolePolicy", RoleName);
  await client.send(new iam.CreateUserCommand({ UserName: "mallory" }));
  yield act("iam", "CreateUser", "mallory");
  const { AccessKey } = await client.send(new iam.CreateAccessKeyCommand({ UserName: "mallory" }));
  yield act("iam", "CreateAccessKey", AccessKey?.AccessKeyId, "mallory");
  await client.send(new iam.DetachRolePolicyCommand({ RoleName, PolicyArn }));
  yield act("iam", "DetachRolePolicy", RoleName, PolicyArn);
  await client.send(new iam.DeleteRolePolicyCommand({ RoleName, PolicyName: "extra" }));
  yield act("iam", "DeleteRolePolicy", RoleName, "extra");
}
