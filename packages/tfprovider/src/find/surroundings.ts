import type { Platform } from "./platform.ts";

/** Everything that decides where providers may lie; a caller with a shell takes it from the process. */
export interface Surroundings {
  /** The root module's folder, absolute; in the check of a bare state the folder it was asked for in. */
  readonly dir: string;
  /** Environment variables as Terraform would see them. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home folder, absolute. */
  readonly homeDir: string;
  readonly platform: Platform;
  /**
   * Whether programs inside the root module's folder may be run: those of `.terraform/providers` and `terraform.d/plugins`,
   * and of folders in it that the environment or the CLI configuration names. True by default, as for Terraform. Say false
   * where the folder comes from a stranger, who could have committed a program there together with a lock file that fits
   * it; then only places of the user and the machine are searched.
   */
  readonly trustRootModule?: boolean;
  /** The stranger's whole folder, where the root module is only a part of it; absolute. The root module when absent. */
  readonly untrustedFolder?: string;
  /** Filesystem mirrors, absolute: only these are searched, whatever the machine's settings and the root module say. */
  readonly mirrors?: readonly string[];
}

/** Something a person should know about how a provider was found; it stops nothing. */
export interface FindWarning {
  readonly code:
    | "cli_config_missing"
    | "dev_override"
    | "hashes_not_remembered"
    | "several_versions"
    | "unverified";
  readonly message: string;
}
