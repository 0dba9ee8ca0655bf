import { objectOf } from "../domain/value.ts";
import type { StackCode } from "../terraform/read/stackCode.ts";
import type { CheckRequest } from "./checkRequest.ts";

export async function codeOf(
  _request: CheckRequest,
  _workspace: string | undefined,
): Promise<StackCode | undefined> {
  return undefined;
}

/** Without code: what `anchorwatch.yaml` says of a provider; the rest comes from the environment. */
export function providerBlocksOf({ providerValues }: CheckRequest): Pick<StackCode, "providerBlock"> {
  return {
    providerBlock({ source, alias }) {
      const name = source.slice(source.lastIndexOf("/") + 1);
      const given = providerValues.get(alias === undefined ? name : `${name}.${alias}`);
      if (given === undefined) return { values: objectOf([]), location: {} };
      return { values: objectOf(given.values), location: { file: given.origin } };
    },
  };
}
