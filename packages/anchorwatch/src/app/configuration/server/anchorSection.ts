/** One of `ledger.anchors`. */
import { resolve } from "node:path";
import { parseVerifierKey, TlogError, type VerifierKey } from "tlog";
import type { AnchorSettings, WritablePlace } from "../../ledger/ledgerSettings.ts";
import { isInside } from "../inside.ts";
import { written } from "../issues.ts";
import type { DocumentPath } from "../yamlDocument.ts";
import { kindOf } from "./kindOf.ts";
import { ANCHOR_KINDS, ANCHOR_MEMBERS, type AnchorSection } from "./schema.ts";
import { awsOf, placeAt, type SectionContext } from "./section.ts";

interface AnchorContext extends SectionContext {
  /** Of the ledger; undefined when it could not be read. */
  readonly place: WritablePlace | undefined;
}

/** Undefined when problems were reported. */
export async function readAnchor(
  section: AnchorSection,
  at: DocumentPath,
  context: AnchorContext,
): Promise<AnchorSettings | undefined> {
  const { problems } = context;
  const kind = kindOf(section, at, problems, {
    what: "anchor",
    kinds: ANCHOR_KINDS,
    members: ANCHOR_MEMBERS,
    common: [],
  });
  switch (kind) {
    case undefined:
      return undefined;
    case "folder":
      return readFolder(section.folder ?? "", [...at, "folder"], context);
    case "s3":
      return readS3(section, [...at, "s3"], context);
    case "witness":
      return await readWitness(section, at, context);
    case "webhook":
      return readWebhook(section, at, context);
  }
}

function readFolder(text: string, at: DocumentPath, { problems, folder, place }: AnchorContext) {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    problems.reportAt(
      at,
      `${written(at)} is an address, not a folder`,
      "Use s3, witness or webhook for an address.",
    );
    return undefined;
  }
  const path = resolve(folder, text);
  if (place?.kind === "folder" && (isInside(path, place.path) || isInside(place.path, path))) {
    problems.reportAt(
      at,
      `${written(at)} and the ledger lie in one another`,
      "An anchor is a place that whoever has the ledger's disk cannot write, such as a share of another machine.",
    );
  }
  return { kind: "folder", path } as const;
}

function readS3(
  { s3 = "", aws }: AnchorSection,
  at: DocumentPath,
  { problems, folder, place }: AnchorContext,
) {
  const found = placeAt(s3, at, folder, problems);
  if (found === undefined) return undefined;
  if (found.kind !== "s3") {
    problems.reportAt(at, `${written(at)} is no place in S3`, "Give s3://BUCKET/PREFIX.");
    return undefined;
  }
  const { bucket, prefix } = found;
  if (place?.kind === "s3" && place.bucket === bucket) {
    problems.reportAt(
      at,
      `${written(at)} is the ledger's own bucket`,
      "Whoever may write the ledger could write there, too. Use another bucket, best of another account.",
    );
  }
  return { kind: "s3", bucket, prefix, aws: awsOf(aws) } as const;
}

async function readWitness(
  { witness = "", keys }: AnchorSection,
  at: DocumentPath,
  { problems }: AnchorContext,
) {
  checkAddress(witness, [...at, "witness"], problems);
  if (keys === undefined) {
    problems.reportAt(
      at,
      `${written(at)} has no “keys”`,
      "Add the witness's verifier key, as its operator names it.",
    );
    return undefined;
  }
  const parsed = await Promise.all(keys.map((key, index) => readKey(key, [...at, "keys", index], problems)));
  return { kind: "witness", url: witness, keys: parsed.filter((key) => key !== undefined) } as const;
}

async function readKey(
  text: string,
  at: DocumentPath,
  problems: AnchorContext["problems"],
): Promise<VerifierKey | undefined> {
  try {
    const key = await parseVerifierKey(text);
    if (key.type === "cosignature-ed25519") return key;
    problems.reportAt(
      at,
      `${written(at)} is a key of a log, not of a witness`,
      "A witness's key has the type 04, cosignature.",
    );
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
    problems.reportAt(at, `${written(at)} is no verifier key`, "Expected name+id+base64 on one line.");
  }
  return undefined;
}

function readWebhook(
  { webhook = "", secretFile }: AnchorSection,
  at: DocumentPath,
  { problems, folder }: AnchorContext,
) {
  checkAddress(webhook, [...at, "webhook"], problems);
  if (secretFile?.startsWith("whsec_") === true) {
    problems.reportAt(
      [...at, "secretFile"],
      `${written([...at, "secretFile"])} is the secret itself`,
      "Put it into a file that only this user may read, and name that.",
    );
  }
  const secret = secretFile === undefined ? {} : { secretFile: resolve(folder, secretFile) };
  return { kind: "webhook", url: webhook, ...secret } as const;
}

/** The address itself is not repeated: it may hold a token, wherever in it. */
function checkAddress(text: string, at: DocumentPath, problems: AnchorContext["problems"]): void {
  const url = URL.parse(text);
  const isAddress =
    url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
  if (isAddress) return;
  const hint = "Expected https://host/path, without user name and password.";
  problems.reportAt(at, `${written(at)} is no address that can be posted to`, hint);
}
