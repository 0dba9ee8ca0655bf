/** `read` of one of `watch.stacks`: what its stacks are read with. */
import { resolve } from "node:path";
import type { Value } from "../../../domain/value.ts";
import type { ReadCredentialsSettings, StackSource } from "../../watch/watchSettings.ts";
import { written } from "../issues.ts";
import type { DocumentPath } from "../yamlDocument.ts";
import { wholeSource } from "./allowedProvider.ts";
import type { StackSourceSection } from "./schema.ts";
import type { SectionContext } from "./section.ts";

export function readReading(
  read: StackSourceSection["read"] = {},
  kind: StackSource["kind"],
  at: DocumentPath,
  context: SectionContext,
): ReadCredentialsSettings {
  const { problems, variables, folder } = context;
  const { role, externalId, profile, environment = [], stateFolders } = read;
  if (role !== undefined && !/^arn:[^:*]+:iam::[0-9]{12}:role\/[^*]+$/.test(role)) {
    const here = [...at, "role"];
    problems.reportAt(
      here,
      `${written(here)} is no ARN of a role`,
      "Expected arn:aws:iam::ACCOUNT:role/NAME.",
    );
  }
  if (kind === "folder") reportIdle(read, at, context);
  for (const [index, name] of environment.entries()) {
    const here = [...at, "environment", index];
    if (/^(?:DATABASE_URL|PG[A-Z]+|ANCHORWATCH_.*)$/.test(name)) {
      problems.reportAt(
        here,
        `${written(here)}: ${name} is the server's own, and no provider gets it`,
        "Remove it.",
      );
    } else variables.push({ name, at: here });
  }
  return {
    ...(role === undefined ? {} : { role }),
    ...(externalId === undefined ? {} : { externalId }),
    ...(profile === undefined ? {} : { profile }),
    environment,
    ...(read.providers === undefined
      ? {}
      : { providerArguments: readArguments([...at, "providers"], context) }),
    ...(stateFolders === undefined
      ? {}
      : { stateFolders: stateFolders.map((text) => resolve(folder, text)) }),
  };
}

/** A folder of the operator may choose all of this itself. */
function reportIdle(
  read: NonNullable<StackSourceSection["read"]>,
  at: DocumentPath,
  { problems }: SectionContext,
): void {
  for (const name of ["providers", "stateFolders"] as const) {
    if (read[name] === undefined) continue;
    const here = [...at, name];
    const hint = "Code and backend of a folder say it themselves. Remove it.";
    problems.reportAt(here, `${written(here)} is for repositories alone`, hint, "key");
  }
}

function readArguments(
  at: DocumentPath,
  { entriesAt, problems }: SectionContext,
): NonNullable<ReadCredentialsSettings["providerArguments"]> {
  const found = new Map<string, ReadonlyMap<string, Value>>();
  for (const [given] of entriesAt(at)) {
    const source = wholeSource(given);
    const here = [...at, given];
    if (found.has(source))
      problems.reportAt(here, `${written(here)}: ${source} is there already`, "Join the two.", "key");
    found.set(source, new Map(entriesAt(here)));
  }
  return found;
}
