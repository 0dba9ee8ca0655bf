/** What can be asked for, and of what. Policies speak of these names; they are never changed in meaning, only added to. */

export const ACTIONS = {
  "stack.view": { on: "stack", means: "see a stack, its checks, drifts, resources and events" },
  "stack.check": { on: "stack", means: "have a stack checked now" },
  "exception.manage": {
    on: "stack",
    means: "accept, ignore or escalate drift of a stack, or take that back",
  },
  "stack.remove": { on: "stack", means: "stop watching a stack" },
  "remediation.request": { on: "stack", means: "ask for a drift to be put right" },
  "remediation.review": { on: "stack", means: "answer such a request" },
  "drift.acknowledge": { on: "stack", means: "acknowledge and snooze alerts of a stack's drift" },
  "deploy.freeze": { on: "stack", means: "freeze deployments of a stack, and thaw them" },
  "account.view": { on: "account", means: "see what exists in an account that no stack knows" },
  "account.baseline": { on: "account", means: "accept what exists there, or take that back" },
  "stack.add": { on: "stack", means: "have a stack watched that has these labels" },
  "watch.view": { on: "installation", means: "see sources, detectors and events that touched nothing" },
  "watch.manage": {
    on: "installation",
    means: "have any folder of the server's machine watched; its code is trusted",
  },
  "channels.manage": { on: "installation", means: "send dead letters again, and test channels" },
  "metrics.view": { on: "installation", means: "read the metrics" },
  "configuration.view": { on: "installation", means: "see the configuration that is in force" },
  "ledger.view": { on: "installation", means: "read the whole ledger" },
  "access.view": { on: "installation", means: "see users, tokens, roles and policies" },
  "access.manage": { on: "installation", means: "change users, roles and the tokens of others" },
} as const satisfies Readonly<Record<string, { readonly on: ResourceKind; readonly means: string }>>;

export type Action = keyof typeof ACTIONS;
export type ResourceKind = "stack" | "account" | "installation";
/** Those that are asked of something with labels. */
export type LabelledAction = {
  [name in Action]: (typeof ACTIONS)[name]["on"] extends "installation" ? never : name;
}[Action];
export type InstallationAction = Exclude<Action, LabelledAction>;
