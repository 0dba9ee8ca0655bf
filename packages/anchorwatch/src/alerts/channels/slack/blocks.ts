/**
 * A message as blocks of Block Kit. Whatever is not ours stands in elements of rich text, which Slack never reads for mentions, links or
 * markup; only the text of notifications is markup, and there it is escaped.
 * @see https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
 */
import type { ChatPostMessageArguments } from "@slack/web-api";
import { plural } from "../../../domain/plural.ts";
import { cut } from "../../message/fitting.ts";
import type { AlertAction, AlertMessage } from "../../message/message.ts";
import { type DriftOutline, type Fact, type Link, type Outline, outlineOf } from "../../message/outline.ts";

type AnyBlock = Extract<ChatPostMessageArguments, { readonly blocks: unknown }>["blocks"][number];
type RichText = Extract<AnyBlock, { readonly type: "rich_text" }>;
type Actions = Extract<AnyBlock, { readonly type: "actions" }>;
type Context = Extract<AnyBlock, { readonly type: "context" }>;
export type MessageBlock = RichText | Actions | Context;
type RichElement = RichText["elements"][number];
type Section = Extract<RichElement, { readonly type: "rich_text_section" }>;
type Run = Section["elements"][number];
type Button = Extract<Actions["elements"][number], { readonly type: "button" }>;
type Menu = Extract<Actions["elements"][number], { readonly type: "static_select" }>;

/** Of one text; Slack's own limit for texts. */
const TEXT = 3000;
/** Of all texts of one message. Slack refuses messages whose blocks are too long, and does not say where that begins; it was seen at 13,000. */
const MOST = 10_000;
/** Left for drifts that are shown in a line. */
const FOOT = 200;
const BUTTON_TEXT = 75;
const MENU_TEXT = 75;

export const ACKNOWLEDGE = "anchorwatch.acknowledge";
export const SNOOZE = "anchorwatch.snooze";
export const ACCEPT = "anchorwatch.accept";
/** For so many days a drift can be accepted. */
export const ACCEPT_DAYS = [1, 7, 30, 90] as const;
/** Opens something, and does nothing here. */
const OPEN = "anchorwatch.open";

/** What a notification shows, and programs that read aloud: markup of Slack's. */
export function notificationText(message: AlertMessage): string {
  const { headline, status } = outlineOf(message);
  return escapeMarkup(cut(`${headline} · ${status}`, 500));
}

/** Three characters begin all of Slack's markup that reaches anybody. @see https://docs.slack.dev/messaging/formatting-message-text#escaping */
export function escapeMarkup(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** @param hasButtons that somebody answers here: presses can be proven */
export function messageBlocks(message: AlertMessage, hasButtons: boolean): readonly MessageBlock[] {
  const outline = outlineOf(message);
  const head = headOf(outline);
  const drifts = fitted(outline.drifts, MOST - FOOT - lengthOf(head));
  const left = outline.others + outline.drifts.length - drifts.length;
  return [
    head,
    ...drifts,
    ...(left === 0 ? [] : [contextOf(`… and ${left} more ${left === 1 ? "drift" : "drifts"}`)]),
    ...actionsOf(message, outline, hasButtons),
  ];
}

/** Whole drifts first; what does not fit is a line; then nothing. */
function fitted(drifts: readonly DriftOutline[], most: number): readonly RichText[] {
  const shown: RichText[] = [];
  let length = 0;
  for (const drift of drifts) {
    const whole = driftOf(drift);
    const short = richText([section([bold(drift.title)])]);
    const block = [whole, short].find((one) => length + lengthOf(one) <= most);
    if (block === undefined) break;
    shown.push(block);
    length += lengthOf(block);
  }
  return shown;
}

function headOf({ headline, status, facts }: Outline): RichText {
  return richText([section([bold(headline), text(`\n${status}\n`), ...factRuns(facts)])]);
}

function driftOf({ title, facts, diff, why, controls, remedy, links }: DriftOutline): RichText {
  const reasons: readonly Fact[] = [
    ...why.map((value) => ({ label: "Why", value })),
    ...(controls.length === 0 ? [] : [{ label: "Controls", value: controls.join("; ") }]),
    ...(remedy === undefined ? [] : [{ label: "What helps", value: remedy }]),
  ];
  return richText([
    section([bold(title), text("\n"), ...factRuns(facts)]),
    ...(diff.length === 0
      ? []
      : [{ type: "rich_text_preformatted" as const, elements: [text(diff.join("\n"))] }]),
    ...(reasons.length === 0 ? [] : [section(factRuns(reasons))]),
    ...(links.length === 0 ? [] : [section(linkRuns(links))]),
  ]);
}

function actionsOf(message: AlertMessage, { actions }: Outline, hasButtons: boolean): readonly Actions[] {
  const pressed = hasButtons
    ? message.actions
        .filter(({ isCallback }) => isCallback)
        .flatMap((action) => answerElement(action, message.id))
    : [];
  const opening = actions.map(({ label, url }, index) => ({
    ...button(`${OPEN}.${index}`, label),
    url,
  }));
  const elements = [...pressed, ...opening].slice(0, 25);
  return elements.length === 0 ? [] : [{ type: "actions", elements }];
}

function answerElement({ kind, label, digest }: AlertAction, alert: string): readonly (Button | Menu)[] {
  if (kind === "acknowledge") return [{ ...button(ACKNOWLEDGE, label), value: alert, style: "primary" }];
  if (kind === "snooze") return [{ ...button(SNOOZE, "Snooze 1 h"), value: alert }];
  return kind === "accept" && digest !== undefined ? [acceptMenu(label, alert, digest)] : [];
}

/** Slack asks again before it is sent: nobody is told of it for so long. */
function acceptMenu(label: string, alert: string, digest: string): Menu {
  return {
    type: "static_select",
    action_id: ACCEPT,
    placeholder: plain(label, MENU_TEXT),
    options: ACCEPT_DAYS.map((days) => ({
      text: plain(`Accept for ${plural(days, "day")}`, MENU_TEXT),
      value: `${alert} ${days} ${digest}`,
    })),
    confirm: {
      title: plain("Accept this drift?", 100),
      text: plain("Nobody is told of it until then, unless it changes. It stands in the ledger.", 300),
      confirm: plain("Accept", 30),
      deny: plain("Leave it", 30),
    },
  };
}

function button(id: string, label: string): Button {
  return {
    type: "button",
    action_id: id,
    text: plain(label, BUTTON_TEXT),
  };
}

function plain(value: string, most: number) {
  return { type: "plain_text" as const, text: cut(value, most), emoji: false };
}

function factRuns(facts: readonly Fact[]): readonly Run[] {
  return facts.flatMap(({ label, value }) => [bold(`${label}: `), text(`${value}\n`)]);
}

function linkRuns(links: readonly Link[]): readonly Run[] {
  return links.flatMap(({ label, url }, index) => [
    ...(index === 0 ? [] : [text(" · ")]),
    { type: "link" as const, url, text: label },
  ]);
}

function richText(elements: readonly RichElement[]): RichText {
  return { type: "rich_text", elements: [...elements] };
}

function section(elements: readonly Run[]): Section {
  return { type: "rich_text_section", elements: [...elements] };
}

const bold = (value: string) => ({ ...text(value), style: { bold: true } });
const text = (value: string) => ({ type: "text" as const, text: cut(value, TEXT) });

function contextOf(value: string): Context {
  return { type: "context", elements: [{ type: "plain_text", text: value, emoji: false }] };
}

/** Of what is read and of addresses, not of braces. */
function lengthOf(block: RichText): number {
  return JSON.stringify(block, (name, value: unknown) =>
    name === "type" || name === "style" ? undefined : value,
  ).length;
}
