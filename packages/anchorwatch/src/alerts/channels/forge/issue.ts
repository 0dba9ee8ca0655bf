/** One issue for each alert, in whatever forge: written again in place, with comments only for what people should hear of, closed at its end. */
import type { Delivered, Delivery } from "../../channel.ts";
import { cut } from "../../message/fitting.ts";
import { codeSpan, markdown } from "../../message/markdown.ts";
import { outlineOf } from "../../message/outline.ts";
import { noteOf, saidOf } from "../notes.ts";

/** Issues of one repository or project. Every call may throw ChannelFailure. */
export interface IssueTracker {
  /** Number of the newest issue of ours that begins with this and changed since then, open or closed. */
  find(beginning: string, since: Date): Promise<string | undefined>;
  create(issue: IssueText): Promise<string>;
  /** What of its state is not given stays: somebody may have closed it. False: there is no such issue any more. */
  change(number: string, issue: IssueText & { readonly state?: "open" | "closed" }): Promise<boolean>;
  /** Whether a comment since then begins with this. */
  hasComment(number: string, beginning: string, since: Date): Promise<boolean>;
  comment(number: string, body: string): Promise<void>;
}

export interface IssueText {
  readonly title: string;
  readonly body: string;
}

/** Of an issue's title; GitLab takes 255. */
const TITLE = 250;
/** Of its text; GitHub takes 65,536. */
const BODY = 50_000;
/** Clocks differ. */
const SKEW_MS = 10 * 60_000;

/** @param channel its name: two channels may lead to one repository */
export async function deliverIssue(
  delivery: Delivery,
  tracker: IssueTracker,
  channel: string,
): Promise<Delivered> {
  const { message, step, reference } = delivery;
  const marker = markerOf(channel, message.id);
  const issue = {
    title: titleOf(delivery),
    body: `${marker}\n${markdown(message, BODY - marker.length - 1)}`,
  };
  const state = STATES[step];
  const change = { ...issue, ...(state === undefined ? {} : { state }) };
  const known = reference?.["number"];
  const isThere = known !== undefined && (await tracker.change(known, change));
  const number = isThere ? known : await begin(tracker, marker, change, delivery);
  if (isThere) await comment(tracker, number, delivery);
  return { reference: { number, ...saidOf(delivery) } };
}

const STATES: Partial<Record<Delivery["step"], "open" | "closed">> = { open: "open", resolve: "closed" };

/** It may have been made already, and the answer was lost. */
async function begin(
  tracker: IssueTracker,
  marker: string,
  change: Parameters<IssueTracker["change"]>[1],
  { message }: Delivery,
): Promise<string> {
  const found = await tracker.find(marker, earlier(message.openedAt));
  if (found !== undefined && (await tracker.change(found, change))) return found;
  const number = await tracker.create({ title: change.title, body: change.body });
  if (change.state === "closed") await tracker.change(number, change);
  return number;
}

async function comment(tracker: IssueTracker, number: string, delivery: Delivery): Promise<void> {
  const note = noteOf(delivery);
  if (note === undefined) return;
  const marker = `<!-- anchorwatch ${safe(delivery.key)} -->`;
  if (await tracker.hasComment(number, marker, earlier(delivery.message.updatedAt))) return;
  await tracker.comment(number, `${marker}\n${codeSpan(cut(note.text, 1000))}`);
}

/** Nobody reads it in the page; nothing of a value can be at the beginning of a text. */
function markerOf(channel: string, alert: string): string {
  return `<!-- anchorwatch ${safe(channel)} ${safe(alert)} -->`;
}

function safe(text: string): string {
  return text.replace(/[^A-Za-z0-9_.]+/g, "-");
}

/** Titles are no Markdown, but forges look there for people, issues and addresses, too: each such sign becomes its wide twin. */
function titleOf({ message }: Delivery): string {
  const { headline } = outlineOf(message);
  return cut(
    headline.replace(/[@#!~%&$^<>`\\]|:(?=\/\/)/g, (sign) =>
      String.fromCharCode(sign.charCodeAt(0) + 0xfee0),
    ),
    TITLE,
  );
}

function earlier(time: Date): Date {
  return new Date(time.getTime() - SKEW_MS);
}
