/** Every error code of this package, with what it means and what to do. A code is never renamed or reused. */
export const ERROR_CODES = {
  cty_type_invalid: "A provider's schema holds a type that is no cty type. Report it to the provider.",
  cty_decode_failed: "Bytes from a provider do not fit its own schema.",
  cty_encode_failed: "A value does not fit the provider's schema.",
  provider_spawn_failed: "The provider's program could not be started.",
  provider_handshake_failed: "The program did not announce itself as a Terraform provider.",
  provider_protocol_unsupported: "The provider speaks a plugin protocol other than 5 and 6.",
  provider_crashed: "The provider's process ended while it was needed.",
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
