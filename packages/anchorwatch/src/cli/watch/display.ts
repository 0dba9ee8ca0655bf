/** Where the live view appears: drawn over on a terminal, as lines of news elsewhere. */
import { escapeText } from "../../domain/escape.ts";
import { type Paint, painter, wantsColour } from "../formats/palette.ts";
import { writeTo } from "../output.ts";
import type { Surroundings } from "../surroundings.ts";
import type { LiveView, News } from "./model.ts";
import { newsLine, type ScreenOptions, screen, stackSummary } from "./screen.ts";

export interface Display {
  /** What is known has changed. */
  readonly show: (view: LiveView) => void;
  /** When the next round begins; undefined: one is under way. */
  readonly nextAt: (at: Date | undefined) => void;
  /** Gives the terminal back as it was. */
  readonly close: () => Promise<void>;
}

interface DisplayOptions extends Pick<ScreenOptions, "title" | "everyMs"> {
  readonly colour: boolean;
}

/** Often enough for ages to count seconds. */
const REDRAW_MS = 500;
/** Apart from the text that scrolled by, which is there again afterwards; without a cursor. */
const ENTER = "\u001b[?1049h\u001b[?25l";
const LEAVE = "\u001b[?25h\u001b[?1049l";
const HOME = "\u001b[H";
const REST_OF_LINE = "\u001b[K";
const REST_OF_SCREEN = "\u001b[J";

export function openDisplay(options: DisplayOptions, surroundings: Surroundings): Display {
  const { stdout, environment } = surroundings;
  const paint = painter(wantsColour(stdout, environment, options.colour));
  return stdout.isTTY === true && environment["TERM"] !== "dumb"
    ? drawnDisplay(options, surroundings, paint)
    : linesDisplay(surroundings, paint);
}

function drawnDisplay(
  { title, everyMs }: DisplayOptions,
  { stdout, every, lasting }: Surroundings,
  paint: Paint,
): Display {
  let view: LiveView = { stacks: [], news: [] };
  let next: Date | undefined;
  let drawn = "";
  const draw = () => {
    const size = { width: stdout.columns || 80, height: stdout.rows || 24 };
    const now = lasting.clock();
    const lines = screen(view, {
      title,
      everyMs,
      now,
      ...(next === undefined ? {} : { nextAt: next }),
      ...size,
    });
    const text = `${HOME}${lines.map((line) => `${paint(line)}${REST_OF_LINE}`).join("\r\n")}${REST_OF_SCREEN}`;
    if (text !== drawn) stdout.write(text);
    drawn = text;
  };
  stdout.write(ENTER);
  const stopDrawing = every(REDRAW_MS, draw);
  const stopResizing = lasting.onResize(() => {
    drawn = "";
    draw();
  });
  return {
    show: (changed) => {
      view = changed;
    },
    nextAt: (at) => {
      next = at;
      draw();
    },
    close: async () => {
      stopDrawing();
      stopResizing();
      const last = view.stacks.map((stack) => `${paint(stackSummary(stack))}\n`);
      await writeTo(stdout, `${LEAVE}${last.join("")}`);
    },
  };
}

function linesDisplay({ stdout }: Surroundings, paint: Paint): Display {
  let told: readonly News[] = [];
  let last = "";
  let problem: string | undefined;
  let view: LiveView = { stacks: [], news: [] };
  return {
    show: (changed) => {
      view = changed;
      const isTold = new Set(told);
      for (const news of changed.news.filter((one) => !isTold.has(one)).toReversed()) {
        stdout.write(`${paint(newsLine(news))}\n`);
      }
      told = changed.news;
      if (changed.problem !== undefined && changed.problem !== problem)
        stdout.write(`${escapeText(changed.problem)}\n`);
      problem = changed.problem;
    },
    // After each round, and only where it says something new: a log of a night must stay readable.
    nextAt: (at) => {
      if (at === undefined) return;
      const text = view.stacks.map((stack) => `${paint(stackSummary(stack))}\n`).join("");
      if (text !== last) stdout.write(text);
      last = text;
    },
    close: async () => {
      await writeTo(stdout, "");
    },
  };
}
