/** What playbooks wait for: a drift is new, matters more than before, or is over. */
export const PLAYBOOK_EVENTS = ["opened", "escalated", "resolved"] as const;
export type PlaybookEvent = (typeof PLAYBOOK_EVENTS)[number];
