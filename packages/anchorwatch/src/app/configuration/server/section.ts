/** What sections of the operator's file are read with. */
import { AnchorwatchError } from "../../../domain/errors.ts";
import type { Value } from "../../../domain/value.ts";
import { type LogPlace, parseLogPlace } from "../../../ledger/read/logPlace.ts";
import type { AwsSettings } from "../../ledger/ledgerMachine.ts";
import { parseDuration } from "../duration.ts";
import { written } from "../issues.ts";
import type { Problems } from "../problems.ts";
import type { DocumentPath } from "../yamlDocument.ts";
import type { LedgerSection } from "./schema.ts";

/** Where a section stands, and where to say what is wrong with it. */
export interface SectionContext {
  readonly problems: Problems;
  /** Of the file. */
  readonly folder: string;
  /** How the file is called in messages. */
  readonly file: string;
  readonly lineOf: (at: DocumentPath) => number;
  /** Members of what stands there, as it was written: numbers keep their digits, and every key is data. */
  readonly entriesAt: (at: DocumentPath) => readonly (readonly [string, Value])[];
  /** Variables of the environment that are named, to be looked for later. */
  readonly variables: { readonly name: string; readonly at: DocumentPath }[];
}

/** Milliseconds; 0 when a problem was reported. */
export function durationAt(text: string, at: DocumentPath, problems: Problems): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) {
    problems.reportAt(at, `${written(at)}: ${text} is no time to wait`, "More than zero, at most 24 days.");
  }
  return milliseconds ?? 0;
}

/** A folder relative to the file, or a place elsewhere. */
export function placeAt(
  text: string,
  at: DocumentPath,
  folder: string,
  problems: Problems,
): LogPlace | undefined {
  try {
    return parseLogPlace(text, folder);
  } catch (error) {
    if (!(error instanceof AnchorwatchError)) throw error;
    problems.reportAt(at, `${written(at)}: ${error.message}`, error.hint);
    return undefined;
  }
}

export function awsOf(section: LedgerSection["aws"] = {}): AwsSettings {
  const { region, profile, role, externalId, endpoint } = section;
  return {
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    ...(role === undefined ? {} : { role }),
    ...(externalId === undefined ? {} : { externalId }),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
}
