/** Stacks for tests, made without Terraform: code, state, cloud and installed provider that agree with each other. */
export { editStore, setFaults } from "./fixtures/edit.ts";
export { type LoadStack, writeLoadStack } from "./fixtures/load.ts";
export type { ResourceFixture, StackFixture, WrittenStack } from "./fixtures/stack.ts";
export { type WriteOptions, writeStack } from "./fixtures/write.ts";
export type { StoreContent } from "./store/content.ts";
export type { Fault } from "./store/fault.ts";
