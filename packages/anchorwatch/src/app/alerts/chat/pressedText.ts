/** What somebody who pressed a button is told; he alone sees it. */
import { timeText } from "../../../alerts/message/outline.ts";
import { escapeText } from "../../../domain/escape.ts";
import type { Pressed } from "./pressing.ts";

/** Without any markup; names are another's words. @param origin of the server, without a slash at its end */
export function pressedText(pressed: Pressed, origin: string): string {
  switch (pressed.kind) {
    case "done":
      return doneText(pressed);
    case "already": {
      const until = pressed.until === undefined ? "" : ` until ${timeText(pressed.until)}`;
      const verb = pressed.press === "acknowledge" ? "acknowledged" : "snoozed";
      return `Nothing to do: ${escapeText(pressed.byName)} has ${verb} it already${until}.`;
    }
    case "over":
      return `Nothing to do: it is over${pressed.resolution === undefined ? "" : ` (${escapeText(pressed.resolution)})`}.`;
    case "not_acceptable":
      return `Nothing was done: ${escapeText(pressed.because)}`;
    case "unlinked":
      return `Anchorwatch does not know yet who you are there. Open ${origin}/account#chat=${pressed.code} within ten minutes, sign in, and confirm that this account is yours; then press again. Give the code to nobody: whoever confirms it lets you act in his name.`;
    case "barred":
      return "Nothing was done: your user of Anchorwatch may not come in at the moment. An administrator knows why.";
    case "denied":
      return "Nothing was done: your roles do not let you do that for all that this alert speaks of. An administrator can change that.";
    case "unknown":
      return "Nothing was done: there is no such alert any more, or none that you may see.";
    case "too_often":
      return "Nothing was done: that was tried too often. Wait some minutes.";
  }
}

function doneText({ press, until }: Extract<Pressed, { kind: "done" }>): string {
  if (until === undefined) return "Acknowledged. It goes no further up; what gets worse is told again.";
  return press === "accept"
    ? `Accepted until ${timeText(until)}, as it is now: what it becomes is told again. anchorwatch exceptions takes it back.`
    : `Snoozed until ${timeText(until)}, unless it gets worse.`;
}
