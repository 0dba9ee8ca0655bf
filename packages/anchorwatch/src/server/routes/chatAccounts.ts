/** One's own accounts of chats: who presses a button there is oneself here. */
import { z } from "zod";
import {
  type ChatIdentity,
  chatAccountsOf,
  linkChatAccount,
  lookAtChatAccount,
  noSuchChatAccount,
  unlinkChatAccount,
} from "../../app/access/chatAccounts.ts";
import { asPerson } from "../../app/access/person.ts";
import type { ChatAccount } from "../../auth/records.ts";
import type { Api } from "../api.ts";
import type { ServerDependencies } from "../dependencies.ts";
import { schemaName, time, timeOf } from "../shapes/wire.ts";
import { notFound } from "./notFound.ts";
import { problemAnswers } from "./problemAnswers.ts";

const identity = {
  service: z.enum(["slack"]),
  team: z.string().meta({ description: "The workspace, as the service calls it." }),
  account: z.string(),
  name: z.string().meta({ description: "What the account calls itself; nobody has proven it." }),
};
const askingShape = z
  .object({ schema: schemaName("asking-chat-account"), ...identity })
  .meta({ id: "AskingChatAccount" });
const accountShape = z
  .object({ schema: schemaName("chat-account"), id: z.string(), ...identity, linkedAt: time })
  .meta({ id: "ChatAccount" });
const accountsShape = z.object({ schema: schemaName("chat-accounts"), chatAccounts: z.array(accountShape) });
const code = z.string().min(1).max(50).meta({ description: "As the chat has shown it: BCDF-GHJK." });

export function addChatAccountRoutes(api: Api, dependencies: Pick<ServerDependencies, "accounts">): void {
  addReadingAndUnlinking(api, dependencies);
  addLinking(api, dependencies);
}

function addReadingAndUnlinking(api: Api, { accounts }: Pick<ServerDependencies, "accounts">): void {
  api.get(
    "/chat-accounts",
    {
      config: { access: "signed-in" },
      schema: {
        summary: "One's own accounts of chats",
        tags: ["session"],
        response: { 200: accountsShape, ...problemAnswers },
      },
    },
    async ({ access }) => ({
      schema: "anchorwatch.chat-accounts/v1" as const,
      chatAccounts: (await chatAccountsOf(accounts, asPerson(access))).map(presentAccount),
    }),
  );

  api.delete(
    "/chat-accounts/:id",
    {
      config: { access: "signed-in" },
      schema: {
        summary: "Unlinks an account of a chat",
        tags: ["session"],
        params: z.object({ id: z.string().min(1).max(200) }),
        response: {
          204: z.null().meta({ description: "Its presses of buttons are nobody's any more." }),
          ...problemAnswers,
        },
      },
    },
    async ({ access, params: { id } }, reply) => {
      if (!(await unlinkChatAccount(accounts, asPerson(access), id))) throw notFound("chat account", id);
      return reply.code(204).send(null);
    },
  );
}

function addLinking(api: Api, { accounts }: Pick<ServerDependencies, "accounts">): void {
  const body = z.strictObject({ code });

  api.post(
    "/chat-accounts/look",
    {
      config: { access: "signed-in" },
      schema: {
        summary: "Which account of a chat asks with a code",
        tags: ["session"],
        body,
        response: { 200: askingShape, ...problemAnswers },
      },
    },
    async ({ access, body: given }) => {
      const found = await lookAtChatAccount(accounts, asPerson(access), given.code);
      if (found === undefined) throw noSuchChatAccount(given.code);
      return presentAsking(found);
    },
  );

  api.post(
    "/chat-accounts",
    {
      config: { access: "signed-in" },
      schema: {
        summary: "Links the account of a chat that asks with a code",
        description:
          "Who presses a button there acts in one's name from then on. Within ten minutes of signing in, or of proving again that it is still oneself; who has a passkey, with it.",
        tags: ["session"],
        body,
        response: { 201: accountShape, ...problemAnswers },
      },
    },
    async ({ access, body: given }, reply) => {
      const linked = await linkChatAccount(accounts, asPerson(access), given.code);
      if (linked === undefined) throw noSuchChatAccount(given.code);
      reply.code(201);
      return presentAccount(linked);
    },
  );
}

function presentAsking({ service, team, account, name }: ChatIdentity): z.infer<typeof askingShape> {
  return { schema: "anchorwatch.asking-chat-account/v1", service, team, account, name };
}

function presentAccount({
  id,
  service,
  team,
  account,
  name,
  linkedAt,
}: ChatAccount): z.infer<typeof accountShape> {
  return {
    ...({ schema: "anchorwatch.chat-account/v1", id, service, team, account, name } as const),
    linkedAt: timeOf(linkedAt),
  };
}
