/** One of `providers`. */
import { resolve } from "node:path";
import type { AllowedProvider } from "../../watch/watchSettings.ts";
import type { DocumentPath } from "../yamlDocument.ts";
import type { ProviderSection } from "./schema.ts";
import type { SectionContext } from "./section.ts";

const TERRAFORM_REGISTRY = "registry.terraform.io";

export function readAllowedProviders(
  sections: readonly ProviderSection[],
  at: DocumentPath,
  { problems, folder, lineOf }: SectionContext,
): readonly AllowedProvider[] {
  const seen = new Map<string, number>();
  return sections.map(({ source: given, hashes, mirror }, index) => {
    const source = wholeSource(given);
    const before = seen.get(source);
    if (before === undefined) seen.set(source, index);
    else {
      const line = lineOf([...at, before]);
      problems.reportAt(
        [...at, index, "source"],
        `${source} stands in line ${line} already`,
        "Put its hashes there.",
      );
    }
    return { source, hashes, ...(mirror === undefined ? {} : { mirror: resolve(folder, mirror) }) };
  });
}

/** @param source `hashicorp/aws`, or with its registry */
export function wholeSource(source: string): string {
  return source.split("/").length === 2 ? `${TERRAFORM_REGISTRY}/${source}` : source;
}
