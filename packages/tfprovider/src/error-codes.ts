/** Every error code of this package, with what it means and what to do. A code is never renamed or reused. */
export const ERROR_CODES = {
  cty_type_invalid: "A provider's schema holds a type that is no cty type. Report it to the provider.",
  cty_decode_failed: "Bytes from a provider do not fit its own schema.",
  cty_encode_failed: "A value does not fit the provider's schema.",
  find_cache_unsafe:
    "Others can write to the folder that remembers file hashes, so nothing in it can be believed. Take their write permission away, or name another folder.",
  find_cli_config_invalid:
    "The Terraform or OpenTofu CLI configuration file could not be read or understood. Correct the line that the message names.",
  find_constraint_invalid:
    "A version constraint is none that Terraform knows, such as `~> 5.0, != 5.3.1`. Correct it.",
  find_executable_missing:
    "A provider's package folder holds no program that can be run. Install the provider again with `terraform init`.",
  find_hash_not_allowed:
    "The installed provider is none of those that the operator allows by hash. Install an allowed one, or extend the list after checking.",
  find_not_installed:
    "No installed package of the provider was found. Run `terraform init` or `tofu init` in the root module.",
  find_package_changed:
    "The provider's files changed between being verified and being used. Try again when the installation is finished; if it happens again, find out who writes there.",
  find_package_packed:
    "The provider is there only as a zip archive of a mirror. Run `terraform init`, which unpacks it.",
  find_package_unreadable:
    "A provider's package could not be read. Check the permissions, or install the provider again.",
  find_platform_unsupported:
    "Terraform has no name for this operating system or processor, so no provider can be built for it.",
  find_provider_builtin: "The provider is part of Terraform itself and has no program that could be started.",
  find_source_invalid:
    "Text that should name a provider is no source address such as `registry.terraform.io/hashicorp/aws`.",
  find_version_invalid: "Text that should be a provider's version is none, such as `5.100.0`.",
  lock_file_invalid:
    "`.terraform.lock.hcl` could not be read or understood. Restore it from version control, or run `terraform init`.",
  lock_hash_mismatch:
    "The installed provider matches none of the checksums in `.terraform.lock.hcl`. Find out why before you record new ones with `terraform providers lock`.",
  lock_provider_missing:
    "`.terraform.lock.hcl` selects no version of a provider that is needed. Run `terraform init`.",
  lock_unverifiable:
    "`.terraform.lock.hcl` has only checksums of zip archives (`zh:`), which an unpacked provider cannot be compared with. Run `terraform providers lock`.",
  lock_version_mismatch:
    "The version that was asked for is not the one that `.terraform.lock.hcl` selects. Run `terraform init -upgrade`, or ask for the locked one.",
  hcl_grammar_unusable:
    "The HCL grammar that belongs to this package could not be loaded: install the package again.",
  hcl_syntax: "A place in a configuration file is not HCL. The rest of the file was read.",
  provider_spawn_failed: "The provider's program could not be started.",
  provider_handshake_failed: "The program did not announce itself as a Terraform provider.",
  provider_protocol_unsupported: "The provider speaks a plugin protocol other than 5 and 6.",
  provider_crashed: "The provider's process ended while it was needed.",
  provider_call_refused: "A call that writes was asked of a provider that was opened for reading.",
  provider_closed: "The provider was used after it had been closed.",
  provider_deadline: "The provider did not answer within the deadline.",
  provider_cancelled: "The call was cancelled.",
  provider_rpc_failed: "A call failed inside the provider or on the way to it.",
  provider_rpc_unknown: "The provider does not know this call.",
  provider_diagnostics: "The provider answered with error diagnostics.",
  schema_invalid: "The provider's schema could not be decoded.",
  type_unknown: "The provider has no resource type of that name.",
} as const satisfies Record<string, string>;

export type ProviderErrorCode = keyof typeof ERROR_CODES;
