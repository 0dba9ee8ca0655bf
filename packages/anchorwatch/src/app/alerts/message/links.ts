/** Where people look: the cloud's console, the line of code in its forge. */
import type { StackOrigin } from "../../../watch/stack.ts";

/** In the console of AWS; undefined where it has no page that is known by the id alone. @param id as Terraform calls it; it is another's text */
export function consoleUrl(type: string, id: string, regions: readonly string[]): string | undefined {
  const arn = /^arn:(aws(?:-cn|-us-gov)?):[a-z0-9-]+:([a-z0-9-]*):[0-9]*:/.exec(id);
  const [, partition = "aws", ofArn = ""] = arn ?? [];
  const host = HOSTS[partition];
  if (host === undefined) return undefined;
  const [region = ofArn === "" && regions.length === 1 ? regions[0] : ofArn] =
    /^[a-z]{2}(?:-[a-z]+)+-[0-9]/.exec(regionInUrl(id)) ?? [];
  const page = PAGES[type];
  const name = encodeURIComponent(id.toWellFormed());
  if (page !== undefined && arn === null) {
    if (!page.includes("{region}")) return `https://${host}/${page.replace("{id}", name)}`;
    if (region === undefined || region === "") return undefined;
    return `https://${region}.${host}/${page.replaceAll("{region}", region).replace("{id}", name)}`;
  }
  return arn === null ? undefined : `https://${host}/go/view?arn=${name}`;
}

const HOSTS: Readonly<Record<string, string>> = {
  aws: "console.aws.amazon.com",
  "aws-cn": "console.amazonaws.cn",
  "aws-us-gov": "console.amazonaws-us-gov.com",
};

/** Of a queue, whose id is its address. */
function regionInUrl(id: string): string {
  return /^https:\/\/sqs\.([a-z0-9-]+)\.amazonaws\.com/.exec(id)?.[1] ?? "";
}

/** By type, for ids that are no ARN. */
const PAGES: Readonly<Record<string, string>> = {
  aws_db_instance: "rds/home?region={region}#database:id={id};is-cluster=false",
  aws_dynamodb_table: "dynamodbv2/home?region={region}#table?name={id}",
  aws_iam_group: "iam/home#/groups/details/{id}",
  aws_iam_role: "iam/home#/roles/details/{id}",
  aws_iam_user: "iam/home#/users/details/{id}",
  aws_instance: "ec2/home?region={region}#InstanceDetails:instanceId={id}",
  aws_lambda_function: "lambda/home?region={region}#/functions/{id}",
  aws_s3_bucket: "s3/buckets/{id}",
  aws_security_group: "ec2/home?region={region}#SecurityGroup:groupId={id}",
  aws_sqs_queue: "sqs/v3/home?region={region}#/queues/{id}",
  aws_subnet: "vpcconsole/home?region={region}#SubnetDetails:subnetId={id}",
  aws_vpc: "vpcconsole/home?region={region}#VpcDetails:VpcId={id}",
};

/** In the web page of the forge. @param file relative to the stack's folder */
export function sourceUrl(
  origin: StackOrigin,
  revision: string | undefined,
  { file, line }: { readonly file: string; readonly line: number },
): string | undefined {
  if (origin.kind !== "repository") return undefined;
  const page = forgePage(origin.url);
  if (page === undefined) return undefined;
  const steps = `${origin.path}/${file}`.split("/").filter((step) => step !== "" && step !== ".");
  // What leaves the repository is in none of its pages.
  if (steps.includes("..")) return undefined;
  const at = encodeURIComponent(revision ?? origin.ref);
  const path = steps.map(encodeURIComponent).join("/");
  const isGitLab = /(^|\.)gitlab\./.test(page.host);
  return `${page.origin}${page.path}/${isGitLab ? "-/" : ""}blob/${at}/${path}#L${line}`;
}

/** `https://host/group/project` of an address that is cloned. */
function forgePage(
  address: string,
): { readonly origin: string; readonly host: string; readonly path: string } | undefined {
  const [, scpHost, scpPath] = /^(?:[\w.-]+@)([\w.-]+):(?!\/\/)(.+)$/.exec(address) ?? [];
  const url = URL.parse(scpHost === undefined ? address : `ssh://${scpHost}/${scpPath}`);
  if (url === null || !/^(?:https?|ssh):$/.test(url.protocol)) return undefined;
  const path = url.pathname.replace(/\/+$/, "").replace(/\.git$/, "");
  const origin = url.protocol === "ssh:" ? `https://${url.hostname}` : `${url.protocol}//${url.host}`;
  return path === "" ? undefined : { origin, host: url.hostname, path };
}
