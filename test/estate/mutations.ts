import { COMPUTE_MUTATIONS } from "./mutations/compute.ts";
import { DATA_MUTATIONS } from "./mutations/data.ts";
import { GROUP_MUTATIONS } from "./mutations/groups.ts";
import { MESSAGE_MUTATIONS } from "./mutations/messages.ts";
import type { Mutation } from "./mutations/mutation.ts";
import { NETWORK_MUTATIONS } from "./mutations/network.ts";
import { PEOPLE_MUTATIONS } from "./mutations/people.ts";
import { ROLE_MUTATIONS } from "./mutations/roles.ts";
import { STORAGE_MUTATIONS } from "./mutations/storage.ts";
import { DNS_MUTATIONS, WATCH_MUTATIONS } from "./mutations/watch.ts";

/**
 * Everything that is done to the estate. No two of them touch the same resource, unless one of them is not to be
 * reported: all can be made at once, and each report has one author.
 */
export const MUTATIONS: readonly Mutation[] = [
  ...NETWORK_MUTATIONS,
  ...GROUP_MUTATIONS,
  ...STORAGE_MUTATIONS,
  ...ROLE_MUTATIONS,
  ...PEOPLE_MUTATIONS,
  ...MESSAGE_MUTATIONS,
  ...COMPUTE_MUTATIONS,
  ...DATA_MUTATIONS,
  ...WATCH_MUTATIONS,
  ...DNS_MUTATIONS,
];
