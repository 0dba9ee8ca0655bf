/** The section `ledger:` of the operator's file. */
import { resolve } from "node:path";
import { AnchorwatchError } from "../../../domain/errors.ts";
import { privateFolderOf } from "../../../ledger/storage/directory/directoryStorage.ts";
import { checkRetention, type Retention } from "../../../ledger/storage/s3/retention.ts";
import type { LedgerSettings, WritablePlace } from "../../ledger/ledgerSettings.ts";
import { parseDays } from "../duration.ts";
import { isInside } from "../inside.ts";
import { written } from "../issues.ts";
import type { Problems } from "../problems.ts";
import type { DocumentPath } from "../yamlDocument.ts";
import { readAnchor } from "./anchorSection.ts";
import type { LedgerSection } from "./schema.ts";
import { awsOf, placeAt, type SectionContext } from "./section.ts";

const AT: DocumentPath = ["ledger"];

/** Undefined when problems were reported. */
export async function readLedgerSection(
  section: LedgerSection,
  context: SectionContext,
): Promise<LedgerSettings | undefined> {
  const { problems, folder } = context;
  const place = readPlace(section, context);
  const anchors = await Promise.all(
    (section.anchors ?? []).map((anchor, index) =>
      readAnchor(anchor, [...AT, "anchors", index], { ...context, place }),
    ),
  );
  if (place === undefined) return undefined;
  const privateFolder =
    section.private === undefined ? defaultPrivate(place) : resolve(folder, section.private);
  if (privateFolder === undefined) {
    problems.reportAt(
      AT,
      "ledger has no “private”",
      "A ledger in S3 needs a folder here for its keys and its index. Add it.",
    );
    return undefined;
  }
  if (place.kind === "folder" && isInside(privateFolder, place.path)) {
    const at = [...AT, "private"];
    problems.reportAt(
      at,
      `${written(at)} lies in the ledger's own folder, which is served`,
      "Give a folder beside it.",
    );
  }
  const settings = { place, privateFolder, aws: awsOf(section.aws) };
  const kms = section.key === undefined ? {} : { kms: section.key.kms };
  return { ...settings, ...kms, anchors: anchors.filter((anchor) => anchor !== undefined) };
}

/** A place that is there to be written; `undefined`: a problem was reported. */
function readPlace(section: LedgerSection, { problems, folder }: SectionContext): WritablePlace | undefined {
  const at = [...AT, "place"];
  const place = placeAt(section.place, at, folder, problems);
  if (place === undefined) return undefined;
  switch (place.kind) {
    case "http":
      problems.reportAt(
        at,
        `${written(at)}: nothing can be written to ${place.name}`,
        "Give a folder, or s3://BUCKET/PREFIX.",
      );
      return undefined;
    case "folder":
      for (const name of ["retention", "renewBefore"] as const) {
        if (section[name] === undefined) continue;
        const hint =
          "A folder has no Object Lock: anchors are what shows that its ledger was cut. Remove it.";
        problems.reportAt([...AT, name], `ledger.${name} is for a ledger in S3`, hint, "key");
      }
      // The file lies elsewhere than who reads the messages.
      return { ...place, name: place.path };
    case "s3": {
      const retention = readRetention(section, problems);
      return retention === undefined ? undefined : { ...place, retention };
    }
  }
}

function readRetention({ retention, renewBefore }: LedgerSection, problems: Problems): Retention | undefined {
  if (retention === undefined) {
    const hint = "Nothing can be deleted before it ends, by nobody: choose it with care, such as 400d.";
    problems.reportAt(AT, "ledger has no “retention”, which a ledger in S3 needs", hint);
    return undefined;
  }
  const days = parseDays(retention) ?? 0;
  const renewBeforeDays =
    renewBefore === undefined ? Math.max(1, Math.floor(days / 4)) : (parseDays(renewBefore) ?? 0);
  try {
    checkRetention({ days, renewBeforeDays });
    return { days, renewBeforeDays };
  } catch (error) {
    if (!(error instanceof AnchorwatchError)) throw error;
    const isTooEarly = renewBefore !== undefined && renewBeforeDays >= days;
    const at = [...AT, isTooEarly ? "renewBefore" : "retention"];
    problems.reportAt(at, `${written(at)}: ${error.message}`, error.hint);
    return undefined;
  }
}

function defaultPrivate(place: WritablePlace): string | undefined {
  return place.kind === "folder" ? privateFolderOf(place.path) : undefined;
}
