/** What git says of a failure, as something that a person can act on. */
import type { ErrorCode } from "../../../domain/error-codes.ts";
import { AnchorwatchError } from "../../../domain/errors.ts";
import type { GitOutcome } from "./git.ts";

const MAX_SAID = 600;

interface Kind {
  readonly says: RegExp;
  readonly code: ErrorCode;
  readonly hint: string;
}

const KINDS: readonly Kind[] = [
  {
    says: /authentication failed|could not read username|permission denied|access denied|returned error: 40[13]|terminal prompts disabled|host key verification failed|invalid credentials/i,
    code: "repository_refused",
    hint: "Check the token in the environment variable that `tokenVariable` names, or the key of ssh and its known_hosts.",
  },
  {
    says: /repository .*not found|does not appear to be a git repository|returned error: 404|does not exist/i,
    code: "repository_missing",
    hint: "Check the address. Hosts say this, too, of a private repository when the token may not see it.",
  },
  {
    says: /returned error: 3\d\d|unable to update url base from redirection|redirect/i,
    code: "repository_redirected",
    hint: "Give the address that the host redirects to; often it ends in .git. Redirects are not followed, since a token would go along.",
  },
  {
    says: /could not resolve host|connection (?:refused|reset|timed out)|network is unreachable|failed to connect|couldn't connect|no route to host|ssl|certificate|unable to access|early eof|hung up|returned error: 5\d\d/i,
    code: "repository_unreachable",
    hint: "Check the network, the proxy settings and the certificates of that host.",
  },
];

/**
 * @param what git was to do, `fetching main`
 * @param mask removes the token
 */
export function gitProblem(
  shown: string,
  what: string,
  outcome: GitOutcome,
  mask: (text: string) => string,
): AnchorwatchError {
  if (outcome.kind === "failed") {
    return new AnchorwatchError("repository_unreachable", `${shown}: ${what}: git ${mask(outcome.why)}`, {
      hint: "Check the network and the host; a large repository needs `folders`, so that only these are fetched.",
    });
  }
  const said = shortened(mask(plain(outcome.stderr)));
  const kind = KINDS.find(({ says }) => says.test(outcome.stderr));
  return new AnchorwatchError(
    kind?.code ?? "repository_git_failed",
    `${shown}: ${what}: git ended with status ${outcome.status}: ${said}`,
    { hint: kind?.hint ?? "Try the same by hand with git." },
  );
}

/** On one line, without what a server could put in to change a terminal. */
function plain(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ").trim() || "it said nothing";
}

/** To be used after secrets were removed: the part of one that is left by cutting would not be known. */
function shortened(text: string): string {
  return text.length > MAX_SAID ? `${text.slice(0, MAX_SAID)} …` : text;
}
