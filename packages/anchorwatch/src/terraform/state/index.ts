/** Reading Terraform and OpenTofu states: where they lie, how they are fetched, and what is in them. */
export {
  type Backend,
  type BackendOptions,
  type BackendSettings,
  backendOf,
  declaredSource,
} from "./backend/backendOf.ts";
export type { Members, StateInstance } from "./instance.ts";
export type { ProviderReference } from "./providerReference.ts";
export { type KnownResource, resourceValue } from "./resourceValues.ts";
export { scanState } from "./scanState.ts";
export type { CommandCall, CommandOutcome, CommandRunner } from "./source/command.ts";
export { loadState } from "./source/loadState.ts";
export { objectKey } from "./source/objectKey.ts";
export { type LoadedState, type OpenedState, openState } from "./source/openState.ts";
export type {
  FileSource,
  HttpSource,
  PullSource,
  S3Source,
  StateSource,
  StateSurroundings,
} from "./source/source.ts";
export type { SensitiveOutput, StateFile } from "./stateFile.ts";
