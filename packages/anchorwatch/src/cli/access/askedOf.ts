/** Labels of what an argument names. */
import type { Asked } from "../../app/access/question.ts";
import { nearest } from "../../app/configuration/nearest.ts";
import type { ServerConfiguration } from "../../app/configuration/server/serverConfiguration.ts";
import type { RepositorySource } from "../../app/watch/watchSettings.ts";
import { holds } from "../../auth/authorize/scope.ts";
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
    case "repository":
      return { kind: "stack", labels: repositoryLabels(named.name, configuration) };
  }
}

async function labelsOfStack(name: string, { file, watch }: ServerConfiguration): Promise<Labels> {
  const { stackLabels } = await import("../../app/access/stackLabels.ts");
  const labels = await stackLabels(watch.stacks, name);
  if (labels !== undefined) return labels;
  const message = `no folder that ${file} names has a stack “${name}”`;
  const [repository] = repositoriesOf(watch);
  throw repository === undefined
    ? unknown(message, "Correct the name, or name the labels themselves: labels:team=payments,env=prod.")
    : unknown(
        `${message}; those of repositories only a server knows`,
        `Ask a server (--server URL), or name the repository, whose stacks all have its labels: repository:${repository.url}.`,
      );
}

/** All stacks of a repository have the labels that the file gives to it; nothing in it can choose others. */
function repositoryLabels(url: string, { file, watch }: ServerConfiguration): Labels {
  const repositories = repositoriesOf(watch);
  const found = repositories.filter((repository) => repository.url === url);
  const [first, ...others] = found.map(({ labels = {} }) => labels);
  if (first === undefined) {
    const urls = repositories.map((repository) => repository.url);
    const meant = nearest(url, urls);
    throw unknown(
      `${file} names no repository “${url}”`,
      meant === undefined ? "Write it as it stands there." : `Did you mean “${meant}”?`,
    );
  }
  if (others.some((labels) => !holds(labels, first) || !holds(first, labels))) {
    throw unknown(
      `${file} names ${url} more than once, with other labels`,
      "Name the labels themselves: labels:team=payments,env=prod.",
    );
  }
  return first;
}

function repositoriesOf({ stacks }: ServerConfiguration["watch"]): readonly RepositorySource[] {
  return stacks.filter((source) => source.kind === "repository");
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
