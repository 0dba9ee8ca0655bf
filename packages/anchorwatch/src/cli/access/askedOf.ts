/** Labels of what an argument names. */
import type { Asked } from "../../app/access/question.ts";
import { nearest } from "../../app/configuration/nearest.ts";
import type { ServerConfiguration } from "../../app/configuration/server/serverConfiguration.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { Labels } from "../../domain/labels.ts";
import type { NamedResource } from "./namedAsking.ts";

/** @throws AnchorwatchError `access_question_invalid` for what the file does not know */
export async function askedOf(named: NamedResource, configuration: ServerConfiguration): Promise<Asked> {
  switch (named.kind) {
    case "asked":
      return named.asked;
    case "account":
      return { kind: "account", labels: accountLabels(named.name, configuration) };
    case "stack":
      return { kind: "stack", labels: await labelsOfStack(named.name, configuration) };
  }
}

async function labelsOfStack(name: string, { file, watch }: ServerConfiguration): Promise<Labels> {
  const { stackLabels } = await import("../../app/access/stackLabels.ts");
  const labels = await stackLabels(watch.stacks, name);
  if (labels !== undefined) return labels;
  const elsewhere = watch.stacks.some(({ kind }) => kind === "repository")
    ? "; those of repositories only a server knows"
    : "";
  throw unknown(
    `no folder that ${file} names has a stack “${name}”${elsewhere}`,
    "Correct the name, or name the labels themselves: labels:team=payments,env=prod.",
  );
}

function accountLabels(name: string, { file, watch }: ServerConfiguration): Labels {
  const accounts = watch.unmanaged?.accounts ?? [];
  const found = accounts.find((account) => account.name === name);
  if (found !== undefined) return found.labels;
  const meant = nearest(
    name,
    accounts.map((account) => account.name),
  );
  throw unknown(
    `${file} names no account “${name}”`,
    meant === undefined ? "Name the labels themselves: labels:env=prod." : `Did you mean “${meant}”?`,
  );
}

function unknown(message: string, hint: string): AnchorwatchError {
  return new AnchorwatchError("access_question_invalid", message, { hint });
}
