/** The names of hosts, resolved for a connection and checked for it: what was checked is what is connected to. */
import type { LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import { AnchorwatchError } from "../domain/errors.ts";
import { parseAddress } from "./ranges.ts";
import { type EgressRules, refusalOf, type Target } from "./rules.ts";
import { refused } from "./target.ts";

/** All addresses of a name, as the machine knows it: `dns.promises.lookup` with `all`. */
export type Resolve = (name: string) => Promise<readonly LookupAddress[]>;

/**
 * For `net.connect` and whatever takes its options. A name that has one address among others that may not be reached is refused as a
 * whole: which of them is connected to would be chance, or its owner's choice.
 * @throws AnchorwatchError (in its callback) `egress_refused`, `egress_unreachable`
 */
export function checkedLookup(target: Target, rules: EgressRules, resolve: Resolve): LookupFunction {
  return (_hostname, options, callback) => {
    resolveChecked(target, rules, resolve).then(
      (addresses) => {
        const [first] = addresses;
        if (options.all === true) callback(null, [...addresses]);
        else callback(null, first?.address ?? "", first?.family);
      },
      (error: unknown) => callback(error as NodeJS.ErrnoException, ""),
    );
  };
}

async function resolveChecked(
  target: Target,
  rules: EgressRules,
  resolve: Resolve,
): Promise<readonly LookupAddress[]> {
  const found = await resolve(target.name).catch((cause: unknown) => {
    throw unknownHost(target, cause);
  });
  if (found.length === 0) throw unknownHost(target, undefined);
  for (const { address } of found) {
    const parsed = parseAddress(address);
    // With a zone, `fe80::1%eth0`, or no address at all.
    const what = parsed === undefined ? "at no address of the Internet" : refusalOf(parsed, target, rules);
    if (what !== undefined) throw refused(target.name, what);
  }
  return found;
}

function unknownHost({ name }: Target, cause: unknown): AnchorwatchError {
  return new AnchorwatchError("egress_unreachable", `The host ${name} is not known`, {
    hint: "Correct its name, or look at this machine's DNS.",
    ...(cause === undefined ? {} : { cause }),
  });
}
