/**
 * Every error code of the product, with what it means and what a person can do. `docs/errors.md` is made from this.
 * A code is never renamed or reused.
 */
export const ERROR_CODES = {
  code_missing:
    "The folder holds no .tf or .tofu file. Give the folder of a root module, or check a state alone with --state.",
  code_module_missing:
    "A module's source is not on this machine. Run `terraform init` in the stack's folder.",
  code_module_refused:
    "A module's source lies outside the repository, and files there are not read. Move it inside, or widen the boundary.",
  code_override_unmatched:
    "An override file changes a block that no other file declares. Correct the block's type and labels.",
  code_syntax:
    "A place in a configuration file is not HCL. Correct it; `terraform validate` shows the same place.",
  code_too_large: "The configuration has more or larger files or modules than Anchorwatch reads.",
  code_unreadable: "A configuration file cannot be read. Check its permissions and encoding (UTF-8).",
  code_variable_invalid:
    "A value given for an input variable cannot be read, or does not fit the variable's type. Correct it where the message says.",
  code_variable_undeclared: "A value is given for an input variable that the root module does not declare.",
  config_invalid:
    "anchorwatch.yaml holds something that it may not hold. Correct the line that the message names.",
  config_unreadable:
    "The configuration file cannot be read. Check its path, permissions and encoding (UTF-8).",
  driftignore_invalid: "A line of a .driftignore file is no rule. Correct the line that the message names.",
  output_unwritable:
    "The file given with --output cannot be written. Create its folder, or choose another place.",
  path_pattern_invalid:
    'A path in a rule is none, such as ingress[*].cidr_blocks or tags["a.b"]. Correct the rule that the message names.',
  stack_folder_missing:
    "The folder to check does not exist or is no folder. Give the folder of a root module, or a stack's name.",
  stack_not_chosen: "anchorwatch.yaml holds several stacks that could be meant. Name one of them.",
  provider_config_invalid:
    "A provider block holds something that the provider's schema does not allow. Correct it, or give the value in anchorwatch.yaml.",
  provider_config_unknown:
    "An argument of a provider block cannot be told from the code. Give it with --var, or under providers in anchorwatch.yaml.",
  provider_warning: "Something about how a provider was found or verified that a person should know.",
  read_credentials_unsupported:
    "The provider's configuration has no role or profile that could be replaced. Give it credentials through the environment.",
  state_absent:
    "The backend answered that there is no state yet: nothing was deployed, or the bucket, key, address or workspace is another one.",
  state_backend_invalid:
    "The settings of the backend lack something or hold something that cannot be. Correct the backend block and run `terraform init`.",
  state_backend_unsupported:
    "The state lies in a backend that only Terraform itself can read. Put terraform or tofu on the PATH, or give a file with --state.",
  state_cancelled: "The check was stopped while its state was being fetched.",
  state_credentials:
    "No credentials for the backend were found, or its role could not be assumed. The message says which.",
  state_deadline:
    "The state did not arrive in time. Check the network and the backend, or raise the time limit.",
  state_duplicate_address:
    "A state holds one address twice, so nobody can say which is meant. Remove the wrong one.",
  state_empty: "The state file is empty. Fetch it again, or restore its backup.",
  state_encoding: "The state is not UTF-8 text: it was converted or damaged. Fetch it again.",
  state_encrypted: "The state is encrypted by OpenTofu. `tofu state pull` prints it decrypted.",
  state_http_failed: "The HTTP backend answered with an error or with something other than a state.",
  state_http_redirected:
    "The HTTP backend points to another host, to which credentials are never sent. Give that address itself.",
  state_http_refused:
    "The HTTP backend refused the user name or password, or the user may not read the state.",
  state_is_folder: "A folder was given where a state file is expected.",
  state_malformed: "A part of the state is not what Terraform or OpenTofu writes. Fetch it again.",
  state_missing:
    "The state file does not exist. Deploy the stack, run `terraform init`, or name another file with --state.",
  state_not_a_state: "The file is JSON, but no Terraform state.",
  state_not_json: "The state is not JSON. The message says where.",
  state_pull_failed: "`terraform state pull` failed; what it said is in the message.",
  state_s3_bucket_missing: "The bucket of the S3 backend does not exist.",
  state_s3_failed: "S3 answered with an error; it is in the message.",
  state_s3_refused:
    "S3 refused to hand out the state: the identity lacks a permission, or its credentials are wrong.",
  state_s3_region: "The bucket of the S3 backend lies in another region than the settings say.",
  state_too_deep: "Values of the state are nested deeper than any provider makes them.",
  state_too_large: "The state is larger than Anchorwatch can read at once.",
  state_truncated: "The state ends in the middle: a copy or download is incomplete. Fetch it again.",
  state_unreachable:
    "The backend cannot be reached. Check its address, the network, proxies and certificates.",
  state_unreadable: "The state file cannot be read. Check its permissions.",
  state_version_new: "The state was written by a Terraform or OpenTofu that is newer than this Anchorwatch.",
  state_version_old: "The state was written by Terraform 0.11 or older. Terraform 0.12 or newer upgrades it.",
  state_workspace_invalid: "The name of the workspace holds characters that Terraform does not allow.",
  target_not_found: "--target names nothing in the state. `terraform state list` shows every address.",
  terraform_command_failed: "The terraform or tofu command could not be started or did not end in time.",
  terraform_plan_failed: "`terraform plan` failed; what it said is in the message.",
  internal: "A defect of Anchorwatch itself. Please report it with the message.",
} as const satisfies Record<string, string>;

export type ErrorCode = keyof typeof ERROR_CODES;
