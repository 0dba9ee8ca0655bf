/**
 * The environment that git runs in. A repository can bring attributes and links, and its server answers; none of that may run
 * a program, ask a person, or be sent what was meant for another host. What the user has configured for his own work does not
 * count either: it would be different on every machine.
 */
import { delimiter, isAbsolute } from "node:path";
import type { RepositoryAddress } from "./address.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface GitSurroundings {
  /** The operator's environment. */
  readonly environment: Environment;
  /** An empty folder. */
  readonly home: string;
  readonly address: RepositoryAddress;
  /** For https: sent to the host of the address and to no other. */
  readonly token?: string | undefined;
}

const KEPT = [
  "ALL_PROXY",
  "HTTPS_PROXY",
  "HTTP_PROXY",
  "NO_PROXY",
  "all_proxy",
  "https_proxy",
  "http_proxy",
  "no_proxy",
  "SSL_CERT_DIR",
  "SSL_CERT_FILE",
  "GIT_SSL_CAINFO",
  "TMPDIR",
];

const SSH = "ssh -o BatchMode=yes -o StrictHostKeyChecking=yes";
/** Any name will do for those who look at the token alone; GitHub wants one. */
const TOKEN_USER = "x-access-token";

export function gitEnvironment(surroundings: GitSurroundings): Environment {
  const { environment, home, address } = surroundings;
  const kept = address.transport === "ssh" ? [...KEPT, "SSH_AUTH_SOCK"] : KEPT;
  return {
    ...Object.fromEntries(kept.map((name) => [name, environment[name]])),
    // A relative folder could be one of the repository's.
    PATH: (environment["PATH"] ?? "").split(delimiter).filter(isAbsolute).join(delimiter),
    HOME: home,
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_ATTR_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "",
    SSH_ASKPASS: "",
    GIT_SSH_COMMAND: SSH,
    GIT_ALLOW_PROTOCOL: address.transport,
    GIT_OPTIONAL_LOCKS: "0",
    GIT_LFS_SKIP_SMUDGE: "1",
    ...configured(settingsOf(surroundings)),
  };
}

/** What else is secret beside the token itself. */
export function authorisationOf({
  token,
  address,
}: Pick<GitSurroundings, "token" | "address">): string | undefined {
  if (token === undefined || address.origin === undefined) return undefined;
  return Buffer.from(`${address.user ?? TOKEN_USER}:${token}`).toString("base64");
}

function settingsOf(surroundings: GitSurroundings): readonly (readonly [string, string])[] {
  const { address } = surroundings;
  const authorisation = authorisationOf(surroundings);
  return [
    ["core.hooksPath", "/dev/null"],
    ["core.attributesFile", "/dev/null"],
    ["core.fsmonitor", "false"],
    ["core.bare", "false"],
    ["credential.helper", ""],
    ["fetch.recurseSubmodules", "false"],
    ["submodule.recurse", "false"],
    ["gc.auto", "0"],
    ["maintenance.auto", "false"],
    ["advice.detachedHead", "false"],
    // The header below would go with a redirect to wherever it leads.
    ["http.followRedirects", "false"],
    ["protocol.allow", "never"],
    [`protocol.${address.transport}.allow`, "always"],
    ["remote.origin.url", address.url],
    ...(authorisation === undefined
      ? []
      : [[`http.${address.origin}/.extraHeader`, `Authorization: Basic ${authorisation}`] as const]),
  ];
}

/** By the environment, and not on the command line, which every user of the machine can read. */
function configured(settings: readonly (readonly [string, string])[]): Environment {
  const entries = settings.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(settings.length), ...Object.fromEntries(entries) };
}
