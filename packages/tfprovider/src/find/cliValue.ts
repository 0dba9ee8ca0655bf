import { ProviderError } from "../errors.ts";

/** What a CLI configuration file says, in either of its two languages. */
export type CliValue = string | number | boolean | readonly CliValue[] | CliBody;

export interface CliBody {
  readonly items: readonly CliItem[];
}

/** `key = value` or `key "label" { … }`. */
export interface CliItem {
  readonly key: string;
  readonly labels: readonly string[];
  readonly value: CliValue;
  /** From 1; 0 in JSON, which does not tell. */
  readonly line: number;
}

export function isBody(value: CliValue | undefined): value is CliBody {
  return typeof value === "object" && !Array.isArray(value);
}

export function invalidCliConfig(file: string, line: number, problem: string): ProviderError {
  const where = line > 0 ? `${file}:${line}` : file;
  return new ProviderError("find_cli_config_invalid", `${where}: ${problem}`, {
    hint: "Correct this CLI configuration file, or name another one in TF_CLI_CONFIG_FILE.",
  });
}
