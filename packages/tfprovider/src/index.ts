/** Run any Terraform or OpenTofu provider from Node. The README has a tour. */

export {
  type EncodedPlan,
  type EncodedState,
  type ImportedResource,
  NULL_VALUE,
  type PlanInput,
  type RecordedAttributes,
} from "./client/calls.ts";
export type { CallLimits } from "./client/connection.ts";
export type { ListedResource, Listing, ListOptions } from "./client/listing.ts";
export {
  openReader,
  type ProviderReader,
  type ReaderOptions,
  type SupervisedReader,
} from "./client/reader.ts";
export { createSlots, type Slots } from "./client/slots.ts";
export { openWriter, type ProviderWriter } from "./client/writer.ts";
export { decodeCty } from "./cty/decode.ts";
export { encodeCty } from "./cty/encode.ts";
export { type CtyType, type ObjectType, parseType, typeToJson } from "./cty/type.ts";
export {
  CtyDecimal,
  CtyDynamic,
  type CtyObject,
  CtyUnknown,
  type CtyValue,
  isCtyObject,
} from "./cty/value.ts";
export { ERROR_CODES, type ProviderErrorCode } from "./error-codes.ts";
export { ProviderError } from "./errors.ts";
export { type FindRequest, type FoundProvider, findProvider } from "./find/findProvider.ts";
export { type LockFile, readLockFile } from "./find/lockFile.ts";
export { type Platform, platformOf } from "./find/platform.ts";
export type { FindWarning, Surroundings } from "./find/surroundings.ts";
export { listSearched } from "./find/survey.ts";
export {
  ensureUnchanged,
  type VerifiedProvider,
  type VerifyOptions,
  verifyProvider,
} from "./find/verifyProvider.ts";
export { encodeRecorded } from "./schema/encodeRecorded.ts";
export type { SchemaIndex } from "./schema/index.ts";
export type { Attribute, Block, NestedAttributes, NestedBlock, Schema } from "./schema/schema.ts";
export type { Diagnostic } from "./wire/diagnostic.ts";
