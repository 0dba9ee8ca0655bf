/**
 * Every error code of the product, with what it means and what a person can do. `docs/errors.md` is made from this.
 * A code is never renamed or reused.
 */
export const ERROR_CODES = {
  cli_usage: "A flag or an argument of the command line is wrong. The message says what was expected; --help shows examples.",
  config_invalid: "anchorwatch.yaml holds something that it may not hold. Correct the line that the message names.",
  config_unreadable: "The configuration file cannot be read. Check its path, permissions and encoding (UTF-8).",
  output_unwritable: "The file given with --output cannot be written. Create its folder, or choose another place.",
  stack_folder_missing: "The folder to check does not exist or is no folder. Give the folder of a root module, or a stack's name.",
  stack_not_chosen: "anchorwatch.yaml holds several stacks that could be meant. Name one of them.",
  provider_config_invalid: "A provider block holds something that the provider's schema does not allow. Correct it, or give the value in anchorwatch.yaml.",
  read_credentials_unsupported: "The provider's configuration has no role or profile that could be replaced. Give it credentials through the environment.",
  terraform_command_failed: "The terraform or tofu command could not be started or did not end in time.",
  terraform_plan_failed: "`terraform plan` failed; what it said is in the message.",
  internal: "A defect of Anchorwatch itself. Please report it with the message.",
} as const satisfies Record<string, string>;

export type ErrorCode = keyof typeof ERROR_CODES;
