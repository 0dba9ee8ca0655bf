/**
 * Issues of a GitHub repository, one for each alert.
 * @see https://docs.github.com/rest/issues
 */
import { z } from "zod";
import { type Channel, ChannelFailure } from "../../channel.ts";
import type { ChannelDefinition } from "../definition.ts";
import { callForge, changeInForge, type Forge, findInPages } from "../forge/forgeCall.ts";
import { deliverIssue, type IssueTracker } from "../forge/issue.ts";
import { secretOf } from "../posting.ts";
import { secretMembers } from "../secretMembers.ts";

const section = z
  .strictObject({
    repository: z
      .string()
      .max(200)
      .regex(/^(?!\.+\/)[A-Za-z0-9_.-]+\/(?!\.+$)[A-Za-z0-9_.-]+$/)
      .meta({ description: "OWNER/NAME." }),
    ...secretMembers("token", "a token that may read and write the repository's issues"),
    labels: z
      .array(z.string().min(1).max(50))
      .max(20)
      .optional()
      .meta({ description: "Labels of new issues, beside anchorwatch." }),
    public: z
      .boolean()
      .optional()
      .meta({ description: "Also where everybody may read the repository. Default: false." }),
    endpoint: z.string().min(1).max(2000).optional().meta({
      description: "Of GitHub Enterprise Server: https://HOST/api/v3. Default: https://api.github.com.",
    }),
  })
  .meta({ description: "Issues of a GitHub repository: one for each alert, closed when it is over." });

export type GithubSection = z.infer<typeof section>;

export const githubChannel: ChannelDefinition<GithubSection> = {
  kind: "github",
  section,
  secrets: [{ name: "token", isNeeded: true }],
  addresses: ["endpoint"],
  paths: [],
  open: (given, parts): Channel => ({
    name: parts.name,
    kind: "github",
    updates: true,
    deliver: async (delivery, signal) => {
      const token = await secretOf(parts, "token");
      const headers = {
        accept: "application/vnd.github+json",
        authorization: `Bearer ${token}`,
        "x-github-api-version": "2022-11-28",
      };
      const base = (given.endpoint ?? "https://api.github.com").replace(/\/$/, "");
      const forge = { parts, signal, base, headers, token };
      return await deliverIssue(delivery, githubIssues(forge, given), parts.name);
    },
  }),
};

/** Whatever has it was made here, or somebody who may work on issues says so: others can set no labels. */
const LABEL = "anchorwatch";

const issueForm = z.looseObject({ number: z.int(), body: z.string().nullish() });
const commentForm = z.looseObject({ body: z.string().nullish() });

function githubIssues(
  forge: Forge,
  { repository, labels = [], public: mayBePublic = false }: GithubSection,
): IssueTracker {
  const path = `/repos/${repository}`;
  return {
    find: async (beginning, since) => {
      const order = { sort: "created", direction: "desc" };
      const query = { labels: LABEL, state: "all", since: since.toISOString(), ...order };
      const found = await findInPages(forge, { path: `${path}/issues`, query }, issueForm, ({ body }) =>
        begins(body, beginning),
      );
      return found && String(found.number);
    },
    create: async ({ title, body }) => {
      if (!mayBePublic) await assertPrivate(forge, path);
      const sent = { title, body, labels: [...new Set([LABEL, ...labels])] };
      const { number } = await callForge(
        forge,
        { method: "POST", path: `${path}/issues`, body: sent },
        issueForm,
      );
      return String(number);
    },
    change: async (number, { title, body, state }) => {
      const closed = state === "closed" ? { state, state_reason: "completed" } : {};
      const sent = { title, body, ...(state === "open" ? { state } : closed) };
      return await changeInForge(forge, { method: "PATCH", path: `${path}/issues/${number}`, body: sent });
    },
    hasComment: async (number, beginning, since) => {
      const query = { since: since.toISOString() };
      const comments = `${path}/issues/${number}/comments`;
      return (
        (await findInPages(forge, { path: comments, query }, commentForm, ({ body }) =>
          begins(body, beginning),
        )) !== undefined
      );
    },
    comment: async (number, body) => {
      await callForge(
        forge,
        { method: "POST", path: `${path}/issues/${number}/comments`, body: { body } },
        commentForm,
      );
    },
  };
}

/** What is told here is nobody's business outside. @throws ChannelFailure */
async function assertPrivate(forge: Forge, path: string): Promise<void> {
  const repository = await callForge(forge, { method: "GET", path }, z.looseObject({ private: z.boolean() }));
  if (repository.private) return;
  throw new ChannelFailure(
    "everybody may read the repository's issues: give public: true, if that is meant",
    "never",
  );
}

function begins(body: string | null | undefined, beginning: string): boolean {
  return body?.startsWith(beginning) === true;
}
