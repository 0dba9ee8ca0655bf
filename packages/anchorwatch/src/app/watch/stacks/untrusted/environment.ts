/** What of the operator's environment programs get that work for a stranger's folder. */
import { isAbsolute, join } from "node:path";
import type { UntrustedFolder } from "../trust.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Without these no cloud is reached where there is a proxy, or a certificate authority of one's own. */
const HARMLESS: readonly string[] = [
  "ALL_PROXY",
  "HTTPS_PROXY",
  "HTTP_PROXY",
  "NO_PROXY",
  "all_proxy",
  "https_proxy",
  "http_proxy",
  "no_proxy",
  "LANG",
  "LC_ALL",
  "SSL_CERT_DIR",
  "SSL_CERT_FILE",
  "TZ",
];

/**
 * The environment of a provider, and what a state is read with: a list of what is allowed, so that neither the address of
 * the database nor a token of ours is in it. There is no PATH: a provider has no program to start.
 * @param operatorHome where the operator keeps his profiles
 */
export function confinedEnvironment(
  { environment, emptyHome, readCredentials }: UntrustedFolder,
  operatorHome: string,
): Environment {
  const names = [...HARMLESS, ...readCredentials.environment];
  const kept = names.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const { profile } = readCredentials;
  return {
    ...(profile === undefined ? {} : profileFiles(environment, operatorHome)),
    ...Object.fromEntries(kept),
    HOME: emptyHome,
  };
}

/** A profile that the operator names is to be found, though the home folder is another one. */
function profileFiles(environment: Environment, operatorHome: string): Environment {
  return {
    AWS_CONFIG_FILE: environment["AWS_CONFIG_FILE"] ?? join(operatorHome, ".aws", "config"),
    AWS_SHARED_CREDENTIALS_FILE:
      environment["AWS_SHARED_CREDENTIALS_FILE"] ?? join(operatorHome, ".aws", "credentials"),
  };
}

/** Paths in these could lead into the stranger's folder where they are relative to the stack's. */
const PATHS: readonly string[] = ["TERRAFORM_CONFIG", "TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR"];

/** The environment in which programs of providers are looked for: the operator's own, but for what is relative to a folder. */
export function searchEnvironment(environment: Environment): Environment {
  const kept = Object.entries(environment).filter(([name, value]) => {
    if (name === "TF_DATA_DIR") return false;
    return !PATHS.includes(name) || (value !== undefined && isAbsolute(value));
  });
  return Object.fromEntries(kept);
}
