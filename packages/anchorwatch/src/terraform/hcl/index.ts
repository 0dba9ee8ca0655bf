export {
  type BackendConfig,
  Configuration,
  type DeclaredResource,
  type ProviderConfig,
  type ProviderRequest,
} from "./configuration.ts";
export type { EvaluatedBody, UnknownPart } from "./evaluation/body.ts";
export { type LoadOptions, loadModule, type SeeFile } from "./loadModule.ts";
export type { Flavour } from "./modules/configFiles.ts";
export type { VariableInput } from "./modules/inputs.ts";
export type { IgnoreChanges } from "./modules/moduleConfig.ts";
export type { Refactoring } from "./modules/refactorings.ts";
export type { ResourceValues } from "./modules/resourceReference.ts";
export { type FolderSurvey, surveyFolder } from "./surveyFolder.ts";
