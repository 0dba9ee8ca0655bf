/**
 * Whatever in a record could name a resource, its actor apart: without a table for each service, so that services nobody thought of
 * work by themselves. What is collected is looked up in the identifiers of the states; what is in none of them costs a lookup.
 */
import { type Members, member, membersOf, textOf } from "./members.ts";
import { spellings } from "./spellings.ts";
import { type Collected, collectTexts } from "./texts.ts";

/** Of one event: more than anything real has, and little enough for a hostile one. */
const MOST_IDENTIFIERS = 500;
const MOST_CHARACTERS = 64 * 1024;

/** Never `userIdentity`: who acted is no resource that was touched. */
const PLACES = [
  "requestParameters",
  "responseElements",
  "serviceEventDetails",
  "additionalEventData",
] as const;

/** The same record always gives the same. */
export function eventIdentifiers(record: Members): readonly string[] {
  // Signing in touches nothing.
  if (member(record, "eventType") === "AwsConsoleSignIn") return [];
  const collected: Collected = { texts: new Set(), budget: 20_000 };
  for (const arn of arnsOf(member(record, "resources"))) collectTexts(arn, collected);
  for (const place of PLACES) collectTexts(member(record, place), collected);
  return withSpellings([...collected.texts, ...objectNames(record)], textOf(record, "awsRegion", 64));
}

/** Together with the other ways to write each. Bounded, without repetition, and in the order that `AuditEvent` has them in. */
export function withSpellings(texts: Iterable<string>, region: string | undefined): readonly string[] {
  return chosen([...texts, ...spelled(texts, { region })]);
}

function arnsOf(resources: unknown): readonly string[] {
  if (!Array.isArray(resources)) return [];
  return resources.slice(0, MOST_IDENTIFIERS).flatMap((resource) => textOf(membersOf(resource), "ARN") ?? []);
}

function* spelled(texts: Iterable<string>, where: { readonly region: string | undefined }): Iterable<string> {
  for (const text of texts) yield* spellings(text, where);
}

/** An object of S3 is named by two members together. */
function objectNames(record: Members): readonly string[] {
  const request = membersOf(member(record, "requestParameters"));
  const bucket = textOf(request, "bucketName", 255);
  const key = textOf(request, "key", 1024);
  return bucket === undefined || key === undefined
    ? []
    : [`${bucket}/${key}`, `arn:aws:s3:::${bucket}/${key}`];
}

/** Longest first, then by code units. What the record itself says goes before what is made of it, should there be too much. */
function chosen(texts: Iterable<string>): readonly string[] {
  const identifiers = new Set<string>();
  let characters = 0;
  for (const text of texts) {
    if (identifiers.size === MOST_IDENTIFIERS) break;
    if (identifiers.has(text) || characters + text.length > MOST_CHARACTERS) continue;
    identifiers.add(text);
    characters += text.length;
  }
  return [...identifiers].sort((one, other) => other.length - one.length || (one < other ? -1 : 1));
}
