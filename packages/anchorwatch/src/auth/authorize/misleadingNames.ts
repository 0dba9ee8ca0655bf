/** Names that Cedar takes and that can never be: a `forbid` with one would look like a rule and stop nothing. */
import { loginOf } from "../login.ts";
import { entityType } from "./cedarSchema.ts";
import type { NamedEntity, NamedInPolicy } from "./namedInPolicy.ts";

interface Misleading {
  readonly message: string;
  readonly hint: string;
}

export function misleadingNames({ entities }: NamedInPolicy): readonly Misleading[] {
  return entities.flatMap((entity) => {
    const found = misleading(entity);
    return found === undefined ? [] : [found];
  });
}

const NOBODY: Misleading = { message: "expected a name, found none", hint: "Write whom it is about." };

function misleading({ type, id }: NamedEntity): Misleading | undefined {
  switch (type) {
    case entityType("Workload"):
      return id === "" ? NOBODY : undefined;
    case entityType("User"):
      if (id === "") return NOBODY;
      return id === loginOf(id)
        ? undefined
        : { message: `logins are in lower case, found "${id}"`, hint: `Write "${loginOf(id)}".` };
    case entityType("Group"):
      return /^[^:]+:./.test(id)
        ? undefined
        : {
            message: `expected a group as "PROVIDER:GROUP", found "${id}"`,
            hint: "PROVIDER is the name of the identity provider in the operator's file.",
          };
    case entityType("Stack"):
    case entityType("Account"):
      return {
        message: `stacks and accounts have no names here, found "${id}"`,
        hint: 'Ask for their labels: resource.hasTag("env") && resource.getTag("env") == "prod".',
      };
    default:
      return undefined;
  }
}
