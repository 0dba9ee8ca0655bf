import type { Location, Warning } from "../../../domain/errors.ts";
import { DEFAULT_ACCESS } from "../../access/accessSettings.ts";
import { readOperatorsGate } from "../gateSection.ts";
import { Problems } from "../problems.ts";
import { type DocumentPath, entriesAt, readYaml } from "../yamlDocument.ts";
import { type ReadAccess, readAccessSection } from "./accessSection.ts";
import { readAlertSections } from "./alertsSection.ts";
import { readEgressSection } from "./egressSection.ts";
import { readExceptionsSection } from "./exceptionsSection.ts";
import { readLedgerSection } from "./ledgerSection.ts";
import { readListen } from "./listenSection.ts";
import { readPlaybooksSection } from "./playbooksSection.ts";
import { readPolicySection } from "./policySection.ts";
import { serverFileSchema } from "./schema.ts";
import type { SectionContext } from "./section.ts";
import type { ServerConfiguration } from "./serverConfiguration.ts";
import { type ConfiguredWatch, readWatchSections } from "./watchSection.ts";

export type ParsedServerConfiguration =
  | { readonly ok: true; readonly configuration: ServerConfiguration }
  | { readonly ok: false; readonly problems: readonly Warning[] };

/**
 * @param file how it is called in messages
 * @param folder absolute: its own, to which its paths are relative
 */
export async function parseServerConfiguration(
  text: string,
  file: string,
  folder: string,
): Promise<ParsedServerConfiguration> {
  const document = readYaml(text, { quotes: false });
  const problems = new Problems(document, file);
  const checked = problems.check(serverFileSchema, isConcealed);
  if (checked === undefined) return { ok: false, problems: problems.found };
  const named: SectionContext["variables"] = [];
  const locationOf = (at: DocumentPath) => ({ file, ...document.locate(at) });
  const context = {
    problems,
    folder,
    file,
    lineOf: (at: DocumentPath) => document.locate(at).line,
    entriesAt: (at: DocumentPath) => entriesAt(document.value, at),
    variables: named,
  };
  const ledger = checked.ledger === undefined ? undefined : await readLedgerSection(checked.ledger, context);
  const watch = readWatchSections(checked, context);
  const listen = readListen(checked.server, context);
  const access =
    checked.access === undefined ? NO_ACCESS : await readAccessSection(checked.access, listen, context);
  const egress = readEgressSection(checked.egress, context);
  const alerts = readAlertSections(checked.channels, checked.alerts, { ...context, egress });
  const playbooks = readPlaybooksSection(checked.playbooks, { ...context, channels: alerts.channels });
  const policy = await readPolicySection(checked.policy, document, context);
  const exceptions = readExceptionsSection(checked.exceptions, context);
  const gate = readOperatorsGate(checked.gate, problems);
  if (problems.found.length > 0) return { ok: false, problems: problems.found };
  const variables = named.map(({ name, at }) => ({ name, location: locationOf(at) }));
  const warnings = [...unreadableRepositories(watch, locationOf), ...access.warnings];
  const sections = {
    ...(ledger === undefined ? {} : { ledger }),
    watch,
    listen,
    access: access.settings,
    egress,
    alerts,
    playbooks,
    policy,
    exceptions,
    gate,
  };
  return { ok: true, configuration: { file, ...sections, variables, warnings } };
}

const NO_ACCESS: ReadAccess = { settings: DEFAULT_ACCESS, warnings: [] };

/** Addresses may hold tokens, and whoever misplaces a secret has it shown in a pipeline's log. */
function isConcealed([section, member]: DocumentPath): boolean {
  return (
    (section === "ledger" && member === "anchors") ||
    (section === "access" && member === "providers") ||
    section === "events" ||
    section === "channels" ||
    (section === "watch" && member === "stacks")
  );
}

/** Nothing of a repository may run, so what its stacks are read with stands in the operator's file or nowhere. */
function unreadableRepositories(
  { stacks, providers }: ConfiguredWatch,
  locationOf: (at: DocumentPath) => Location,
): readonly Warning[] {
  const index = stacks.findIndex(({ kind }) => kind === "repository");
  if (index < 0 || providers !== undefined) return [];
  return [
    {
      code: "provider_not_allowed",
      message: "stacks of repositories cannot be read: no provider is allowed for them",
      hint: "Add providers, with the source and hashes of each, to this file.",
      location: locationOf(["watch", "stacks", index]),
    },
  ];
}
