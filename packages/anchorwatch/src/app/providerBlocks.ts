/** Provider blocks as a check uses them: what the code says, filled up by `anchorwatch.yaml`. */
import { holdsUnknown } from "../compare/access.ts";
import { AnchorwatchError } from "../domain/errors.ts";
import { formatPath } from "../domain/path.ts";
import { objectOf, type ValueObject } from "../domain/value.ts";
import type { Configuration, ProviderConfig } from "../terraform/hcl/index.ts";
import type { EvaluatedBlock } from "../terraform/provider/open.ts";
import type { StackCode } from "../terraform/read/stackCode.ts";
import type { ProviderReference } from "../terraform/state/index.ts";
import type { CheckRequest, ProviderValues } from "./checkRequest.ts";
import type { StackAccess } from "./stackAccess.ts";

/** Without code: what `anchorwatch.yaml` says of a provider; the rest comes from the environment. */
export function providerBlocksOf(
  { providerValues }: Pick<CheckRequest, "providerValues">,
  access: StackAccess,
): Pick<StackCode, "providerBlock"> {
  return {
    providerBlock(reference) {
      const given = givenValues(reference, providerValues);
      const values = objectOf(given?.values ?? []);
      const location = given === undefined ? {} : { file: given.origin };
      return access.providerBlock(reference, { values, sensitive: [], location });
    },
  };
}

/**
 * @throws AnchorwatchError `provider_config_unknown` when an argument cannot be told and is not given either; and what the
 * access refuses
 */
export function providerBlock(
  configuration: Configuration,
  reference: ProviderReference,
  values: CheckRequest["providerValues"],
  access: Pick<StackAccess, "providerBlock">,
): EvaluatedBlock {
  const { source, alias, module } = reference;
  const found = configuration.providerConfigFor({
    source,
    module,
    ...(alias === undefined ? {} : { alias }),
  });
  const given = givenValues(reference, values);
  if (found === undefined && given === undefined) throw blockMissing(reference);
  const evaluated: ValueObject = found?.value ?? objectOf([]);
  const merged = objectOf([...Object.entries(evaluated), ...(given?.values ?? [])]);
  const location = found?.location ?? (given === undefined ? {} : { file: given.origin });
  const block = access.providerBlock(reference, {
    values: merged,
    sensitive: found?.sensitive ?? [],
    location,
  });
  // What has no part in the block any more need not be known.
  const unknown =
    found?.problems.filter(({ path }) => holdsUnknown(block.values[String(path[0])] ?? null)) ?? [];
  if (holdsUnknown(block.values) && found !== undefined) throw notKnown(reference, found, unknown);
  return block;
}

function givenValues(
  reference: ProviderReference,
  values: CheckRequest["providerValues"],
): ProviderValues | undefined {
  return values.get(nameOf(reference));
}

/** As `anchorwatch.yaml` calls it: `aws`, `aws.west`. */
function nameOf({ source, alias }: ProviderReference): string {
  const name = source.slice(source.lastIndexOf("/") + 1);
  return alias === undefined ? name : `${name}.${alias}`;
}

function notKnown(
  reference: ProviderReference,
  found: ProviderConfig,
  problems: ProviderConfig["problems"],
): AnchorwatchError {
  const name = nameOf(reference);
  const said = problems.map(
    ({ path, reason, file, line }) => `${file}:${line}: ${formatPath(path)}: ${reason}`,
  );
  return new AnchorwatchError(
    "provider_config_unknown",
    `the configuration of provider ${name} cannot be told from the code: ${said.join("; ")}`,
    {
      hint: `Give the values with --var or --var-file, or under \`providers: ${name}:\` of the stack in anchorwatch.yaml.`,
      ...(found.location === undefined ? {} : { location: found.location }),
    },
  );
}

function blockMissing(reference: ProviderReference): AnchorwatchError {
  const name = nameOf(reference);
  const where = reference.module === "" ? "" : ` in ${reference.module}`;
  return new AnchorwatchError(
    "provider_config_unknown",
    `the code has no provider block ${name}${where} any more`,
    {
      hint: `Restore the block, or give its arguments under \`providers: ${name}:\` of the stack in anchorwatch.yaml.`,
    },
  );
}
