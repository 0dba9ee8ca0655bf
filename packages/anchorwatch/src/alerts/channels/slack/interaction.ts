/**
 * What Slack posts when somebody presses a button: a form with one member, `payload`, of JSON.
 * @see https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
 */
import { z } from "zod";
import { safeUrl } from "../../message/outline.ts";
import { ACCEPT, ACCEPT_DAYS, ACKNOWLEDGE, SNOOZE } from "./blocks.ts";

/** Who pressed: an account of a workspace. Names are whatever somebody calls himself. */
export interface ChatAccount {
  readonly team: string;
  readonly account: string;
  readonly name: string;
}

export type Press = Wish & {
  readonly alert: string;
  readonly by: ChatAccount;
  /** Where an answer goes that he alone sees. */
  readonly answerTo: string | undefined;
};

type Wish =
  | { readonly kind: "acknowledge" | "snooze" }
  /** The drift as the message showed it, by its digest. */
  | { readonly kind: "accept"; readonly days: number; readonly digest: string };

const id = z.string().regex(/^[A-Z0-9]{1,40}$/);

const form = z.looseObject({
  type: z.literal("block_actions"),
  user: z.looseObject({
    id,
    team_id: id.optional(),
    username: z.string().max(500).optional(),
    name: z.string().max(500).optional(),
  }),
  team: z.looseObject({ id }).nullish(),
  response_url: z.string().max(2000).optional(),
  actions: z
    .array(
      z.looseObject({
        action_id: z.string().max(255),
        value: z.string().max(2000).optional(),
        selected_option: z.looseObject({ value: z.string().max(2000) }).nullish(),
      }),
    )
    .min(1)
    .max(25),
});

/** `nothing`: a link was opened, or it is of another kind than ours. Undefined: it is nothing that Slack posts. */
export function pressOf(body: Uint8Array): Press | "nothing" | undefined {
  const text = new URLSearchParams(Buffer.from(body).toString("utf8")).get("payload");
  const payload = text === null ? undefined : parsed(text);
  if (typeof payload !== "object" || payload === null) return undefined;
  const read = form.safeParse(payload).data;
  if (read === undefined) return "nothing";
  const [action] = read.actions;
  const wanted =
    action && wantedBy(action.action_id, action.value ?? action.selected_option?.value ?? undefined);
  const team = read.user.team_id ?? read.team?.id;
  if (wanted === undefined || team === undefined) return "nothing";
  const { user, response_url } = read;
  const by = { team, account: user.id, name: user.username ?? user.name ?? user.id };
  return { ...wanted, by, answerTo: safeUrl(response_url) };
}

/** What the element says that was used, and of which alert. */
function wantedBy(element: string, value: string | undefined): (Wish & Pick<Press, "alert">) | undefined {
  if (value === undefined) return undefined;
  if (element === ACKNOWLEDGE) return { kind: "acknowledge", alert: value };
  if (element === SNOOZE) return { kind: "snooze", alert: value };
  const [, alert, given, digest] = /^(\S+) (\d+) (\S+)$/.exec(value) ?? [];
  const days = ACCEPT_DAYS.find((one) => String(one) === given);
  if (element !== ACCEPT || alert === undefined || days === undefined || digest === undefined)
    return undefined;
  return { kind: "accept", alert, days, digest };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
