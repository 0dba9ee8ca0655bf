/** What Slack posts when somebody presses a button. */
import type { FastifyBaseLogger } from "fastify";
import { z } from "zod";
import type { Press } from "../../alerts/channels/slack/interaction.ts";
import type { Requester } from "../../app/access/requester.ts";
import { pressedText } from "../../app/alerts/chat/pressedText.ts";
import { type ChatContext, pressed } from "../../app/alerts/chat/pressing.ts";
import { answerInSlack } from "../../app/alerts/chat/slackAnswer.ts";
import { readSlackRequest } from "../../app/alerts/chat/slackRequest.ts";
import type { Api } from "../api.ts";
import type { ServerDependencies } from "../dependencies.ts";
import { problemAnswers } from "./problemAnswers.ts";

type Dependencies = Pick<ServerDependencies, "watch" | "accounts" | "access" | "place" | "every">;

/** Slack waits for 3 s; what takes longer goes on, and is told to who pressed. */
const PATIENCE_MS = 2_000;
const MOST_BYTES = 256 * 1024;

export function addSlackRoutes(api: Api, dependencies: Dependencies): void {
  const underway = new Set<Promise<unknown>>();
  // Whoever pressed is told also when the server stops.
  api.addHook("onClose", async () => {
    await Promise.all(underway);
  });
  void api.register(async (raw) => {
    raw.removeAllContentTypeParsers();
    raw.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: MOST_BYTES }, (_, body, done) =>
      done(null, body),
    );
    addInteractionRoute(raw as Api, dependencies, underway);
  });
}

function addInteractionRoute(api: Api, dependencies: Dependencies, underway: Set<Promise<unknown>>): void {
  const { watch, accounts, every } = dependencies;
  api.post(
    "/channels/slack/:name/interactions",
    {
      // Its signature is what lets it in; what may be done, the linked user's roles say.
      config: { access: "public" },
      schema: {
        summary: "Takes presses of buttons from Slack",
        description:
          "Signed as Slack signs (docs/alerts/channels.md). The account that presses has to be linked to a user; whoever pressed is told in Slack what became of it.",
        tags: ["alerts"],
        params: z.object({ name: z.string().min(1).max(200) }),
        body: z.unknown().meta({ description: "A form whose member `payload` is JSON." }),
        response: { 200: z.string().meta({ description: "It was taken. Empty." }), ...problemAnswers },
      },
    },
    async ({ params: { name }, headers, body, requester, log }, reply) => {
      const request = {
        timestamp: oneOf(headers["x-slack-request-timestamp"]),
        signature: oneOf(headers["x-slack-signature"]),
        body: body instanceof Uint8Array ? body : new Uint8Array(),
      };
      const press = await readSlackRequest(watch.alerts, accounts, name, request);
      if (press !== "nothing") {
        const handling = { name, press, requester, log };
        const done = handle(dependencies, handling);
        const told = done.then((text) => tell(dependencies, handling, text));
        underway.add(told);
        void told.finally(() => underway.delete(told));
        await noLongerThan(PATIENCE_MS, done, every);
      }
      return reply.code(200).send("");
    },
  );
}

interface Handling {
  readonly name: string;
  readonly press: Press;
  readonly requester: Requester;
  readonly log: FastifyBaseLogger;
}

/** Never rejects. @returns what he is told of it */
async function handle(
  { watch, accounts, access, place }: Dependencies,
  { name, press, requester, log }: Handling,
): Promise<string> {
  const told = toldOf(name, press);
  try {
    const context: ChatContext = {
      accounts,
      alerts: watch.alerts,
      visible: (principal, action) => access.visible(principal, action),
    };
    const outcome = await pressed(context, name, press, requester);
    log.info({ ...told, outcome: outcome.kind }, "a button was pressed in Slack");
    return pressedText(outcome, place.url);
  } catch (error) {
    log.error({ ...told, err: error }, "a button was pressed in Slack, and it did not work");
    return "That did not work, and nothing was done. Try again in a minute.";
  }
}

/** Never rejects. */
async function tell({ watch }: Dependencies, { name, press, log }: Handling, text: string): Promise<void> {
  const parts = watch.alerts.partsOf(name)?.parts;
  if (press.answerTo === undefined || parts === undefined) return;
  const problem = await answerInSlack(parts.outbound, press.answerTo, text);
  if (problem !== undefined)
    log.warn({ ...toldOf(name, press), problem }, "who pressed a button in Slack could not be told");
}

function toldOf(channel: string, { alert, kind, by }: Press) {
  return { channel, alert, press: kind, account: by.account };
}

async function noLongerThan(
  milliseconds: number,
  work: Promise<unknown>,
  every: ServerDependencies["every"],
): Promise<void> {
  let stop = () => {};
  const passed = new Promise<void>((resolve) => {
    stop = every(milliseconds, resolve);
  });
  await Promise.race([work, passed]);
  stop();
}

function oneOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === "string" ? header : undefined;
}
