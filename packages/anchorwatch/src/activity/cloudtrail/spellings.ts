/**
 * The other ways to write an identifier. An event names a resource by its ARN, a state by its name, or the other way around.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
import { looksLikeIdentifier } from "./plain.ts";

interface Where {
  readonly region: string | undefined;
}

/** Without the text itself. May repeat. */
export function spellings(text: string, where: Where): readonly string[] {
  const other = text.startsWith("arn:") ? ofArn(text) : [...ofQueueUrl(text, where), ...ofPath(text)];
  return other.filter((spelling) => looksLikeIdentifier(spelling, ""));
}

const MOST_SHORTENED = 4;

/** `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE` */
function ofArn(arn: string): readonly string[] {
  const whole = arn.replace(/[:/]\*$/, "");
  const parts = whole.split(":");
  const [, partition = "", service = "", region = "", account = ""] = parts;
  if (parts.length < 6) return [];
  const head = `${parts.slice(0, 5).join(":")}:`;
  const resource = whole.slice(head.length);
  if (service === "s3") return [whole, ...ofObject(head, resource)];
  const named = [whole, ...namesIn(resource), ...shortened(head, resource)];
  if (service === "logs") return [...named, `${whole}:*`];
  return service === "sqs" ? [...named, queueUrl(partition, region, account, resource)] : named;
}

/** `BUCKET` or `BUCKET/KEY` */
function ofObject(head: string, resource: string): readonly string[] {
  const slash = resource.indexOf("/");
  if (slash < 0) return [resource];
  const bucket = resource.slice(0, slash);
  return [resource, bucket, head + bucket, resource.slice(slash + 1)];
}

/** `TYPE/NAME`, `TYPE:NAME:QUALIFIER`, `TYPE/PATH/NAME`: all of it, what comes after the type, its first and its last part. */
function namesIn(resource: string): readonly string[] {
  const parts = resource.split(/[:/]/);
  const [first = ""] = parts;
  if (parts.length === 1) return [first];
  const rest = resource.slice(first.length + 1);
  // The names of parameters and log groups begin with the slash that their ARN has only once.
  const withSlash = resource[first.length] === "/" && rest.includes("/") ? [`/${rest}`] : [];
  return [resource, rest, ...withSlash, parts[1] ?? "", parts.at(-1) ?? ""];
}

/** A subscription's topic, a version's function, an index's table: the ARN without its last parts. */
function shortened(head: string, resource: string): readonly string[] {
  const shorter: string[] = [];
  let left = resource;
  for (let count = 0; count < MOST_SHORTENED; count++) {
    left = left.slice(0, Math.max(left.lastIndexOf(":"), left.lastIndexOf("/"), 0));
    if (!/[:/]/.test(left) && !(count === 0 && left !== "" && resource.includes(":"))) break;
    shorter.push(head + left);
  }
  return shorter;
}

/** States name queues by their URL. */
function queueUrl(partition: string, region: string, account: string, name: string): string {
  return `https://sqs.${region}.amazonaws.com${partition === "aws-cn" ? ".cn" : ""}/${account}/${name}`;
}

function ofQueueUrl(text: string, where: Where): readonly string[] {
  const [, host = "", account = "", name = ""] =
    /^https?:\/\/([^/]+)\/(\d{12})\/([\w-]+(?:\.fifo)?)$/.exec(text) ?? [];
  if (name === "") return [];
  const [, told] = /^(?:sqs\.([a-z0-9-]+)|([a-z0-9-]+)\.queue)\.amazonaws\.com/.exec(host) ?? [];
  const region = told ?? where.region;
  const partition = host.endsWith(".cn")
    ? "aws-cn"
    : region?.startsWith("us-gov-") === true
      ? "aws-us-gov"
      : "aws";
  return region === undefined ? [name] : [name, `arn:${partition}:sqs:${region}:${account}:${name}`];
}

/** `/hostedzone/Z123`, `/change/C123`: Route 53 puts the type before its ids. */
function ofPath(text: string): readonly string[] {
  const [, id] = /^\/(?:hostedzone|healthcheck|delegationset|change)\/([A-Z0-9-]+)$/i.exec(text) ?? [];
  if (id !== undefined) return [id];
  return text.endsWith(":*") ? [text.slice(0, -2)] : [];
}
