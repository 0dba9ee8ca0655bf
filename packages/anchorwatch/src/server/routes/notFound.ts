import { AnchorwatchError } from "../../domain/errors.ts";

/** @param what `stack`, `drift`; what was asked for is not trusted, and comes quoted */
export function notFound(what: string, name: string): AnchorwatchError {
  const shown = JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name);
  return new AnchorwatchError("request_not_found", `there is no ${what} ${shown}`);
}
