/**
 * A call that really happened → the record that CloudTrail would write of it, by its published conventions. Strict: what cannot be told
 * from the call is not made up.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
import { shapeOf } from "../../support/serviceModel.ts";
import { type ApiCall, inputShape } from "./apiCall.ts";
import { S3_NAMES, s3Parameters } from "./s3Request.ts";
import { ec2RequestName, lowerFirst, spellMembers } from "./spelling.ts";

export type Json = Readonly<Record<string, unknown>>;

/** How a call ended: `output` named as in the model. */
export type Outcome =
  | { readonly ok: true; readonly output: Json }
  | { readonly ok: false; readonly code: string; readonly message: string };

export interface RecordSurroundings {
  readonly account: string;
  /** `userIdentity` of an access key. */
  readonly identityOf: (accessKey: string) => Json;
  readonly newId: () => string;
  readonly sourceAddress: string;
}

/** @param outcome undefined where it is not known: then it went well, and nothing is said of the answer */
export function cloudTrailRecord(
  call: ApiCall,
  outcome: Outcome | undefined,
  around: RecordSurroundings,
): Json {
  const isRead = isReading(call);
  const answer = outcome?.ok === true && !isRead ? responseOf(call, outcome.output) : null;
  const resources = resourcesOf(call, around.account);
  const isData = DATA.test(`${call.service} ${call.operation.name}`);
  return {
    eventVersion: "1.11",
    userIdentity: around.identityOf(call.accessKey),
    eventTime: `${call.time.toISOString().slice(0, 19)}Z`,
    eventSource: `${SOURCES[call.service] ?? call.service}.amazonaws.com`,
    eventName: eventNameOf(call),
    awsRegion: call.region,
    sourceIPAddress: around.sourceAddress,
    userAgent: call.userAgent,
    ...(outcome?.ok === false
      ? {
          errorCode: `${call.service === "ec2" ? "Client." : ""}${outcome.code}`,
          errorMessage: outcome.message,
        }
      : {}),
    requestParameters: emptyIsNull(requestOf(call)),
    responseElements: outcome?.ok === false ? null : answer,
    requestID: around.newId(),
    eventID: around.newId(),
    readOnly: isRead,
    ...(resources.length === 0 ? {} : { resources }),
    eventType: "AwsApiCall",
    managementEvent: !isData,
    recipientAccountId: around.account,
    eventCategory: isData ? "Data" : "Management",
  };
}

/** Where the trail calls a service otherwise than its signatures do. */
const SOURCES: Readonly<Record<string, string>> = {};

const DATA =
  /^(s3 (Put|Get|Delete|Head|Copy)Objects?|dynamodb (Put|Get|Update|Delete|BatchGet|BatchWrite)Item|dynamodb (Query|Scan)|lambda Invoke.*|sqs (Send|Receive|Delete)Message.*|sns Publish.*)$/;

const READING =
  /^(Get|List|Describe|Head|Lookup|Query|Scan|BatchGet|AssumeRole|Decrypt|Encrypt|GenerateDataKey)/;

function isReading({ service, operation }: ApiCall): boolean {
  return READING.test(operation.name) || (service === "sqs" && operation.name === "ReceiveMessage");
}

/** Lambda's names carry the version of their address; a few have a second edition. */
const LAMBDA_SECOND =
  /^(AddPermission|RemovePermission|UpdateFunctionConfiguration|UpdateFunctionCode|TagResource|UntagResource|GetFunction|GetFunctionConfiguration)$/;

function eventNameOf({ service, operation }: ApiCall): string {
  if (service === "s3") return S3_NAMES[operation.name] ?? operation.name;
  if (service !== "lambda") return operation.name;
  const [, year, month, day] = /^\/(\d{4})-(\d\d)-(\d\d)\//.exec(operation.http.requestUri) ?? [];
  return `${operation.name}${year}${month}${day}${LAMBDA_SECOND.test(operation.name) ? "v2" : ""}`;
}

function requestOf(call: ApiCall): Json {
  const { model, operation, input, service } = call;
  if (service === "s3") return s3Parameters(call);
  const name = service === "ec2" ? ec2RequestName.bind(undefined, model) : lowerFirst;
  return spellMembers(model, inputShape(model, operation), input, name);
}

function responseOf({ model, operation, service }: ApiCall, output: Json): Json | null {
  if (service === "s3" || operation.output === undefined) return null;
  const shape = shapeOf(model, operation.output.shape);
  if (service !== "ec2") return emptyIsNull(spellMembers(model, shape, output, lowerFirst));
  const spelled = spellMembers(model, shape, output, (own, ref) => lowerFirst(ref.locationName ?? own));
  const { return: _, ...rest } = spelled;
  return { requestId: "59dbff89-35bd-4eac-99ed-be587EXAMPLE", ...rest, _return: true };
}

/** Of the services that fill `resources`, the ones whose parameters say what it is. */
function resourcesOf({ service, input, region }: ApiCall, accountId: string): readonly Json[] {
  const bucket = input["Bucket"];
  if (service === "s3" && typeof bucket === "string") {
    const key = input["Key"];
    const object =
      typeof key === "string" ? [{ type: "AWS::S3::Object", ARN: `arn:aws:s3:::${bucket}/${key}` }] : [];
    return [...object, { accountId, type: "AWS::S3::Bucket", ARN: `arn:aws:s3:::${bucket}` }];
  }
  const key = input["KeyId"];
  if (service !== "kms" || typeof key !== "string") return [];
  const ARN = key.startsWith("arn:") ? key : `arn:aws:kms:${region}:${accountId}:key/${key}`;
  return [{ accountId, type: "AWS::KMS::Key", ARN }];
}

function emptyIsNull(value: Json): Json | null {
  return Object.keys(value).length === 0 ? null : value;
}
