/**
 * Issues of a GitLab project, one for each alert.
 * @see https://docs.gitlab.com/api/issues/ https://docs.gitlab.com/api/notes/
 */
import { z } from "zod";
import type { Channel } from "../../channel.ts";
import type { ChannelDefinition } from "../definition.ts";
import { callForge, changeInForge, type Forge, findInPages } from "../forge/forgeCall.ts";
import { deliverIssue, type IssueTracker } from "../forge/issue.ts";
import { secretOf } from "../posting.ts";
import { secretMembers } from "../secretMembers.ts";

const section = z
  .strictObject({
    project: z
      .string()
      .max(500)
      .regex(/^(?:\d+|[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.-]+)+)$/)
      .meta({ description: "GROUP/PROJECT, or its number." }),
    ...secretMembers("token", "a project access token with the scope api and the role Planner or more"),
    labels: z
      .array(
        z
          .string()
          .min(1)
          .max(50)
          .regex(/^[^,]+$/),
      )
      .max(20)
      .optional()
      .meta({ description: "Labels of new issues, beside anchorwatch." }),
    confidential: z
      .boolean()
      .optional()
      .meta({ description: "Only members of the project see the issues. Default: true." }),
    endpoint: z
      .string()
      .min(1)
      .max(2000)
      .optional()
      .meta({ description: "Of another GitLab: https://HOST/api/v4. Default: https://gitlab.com/api/v4." }),
  })
  .meta({ description: "Issues of a GitLab project: one for each alert, closed when it is over." });

export type GitlabSection = z.infer<typeof section>;

export const gitlabChannel: ChannelDefinition<GitlabSection> = {
  kind: "gitlab",
  section,
  secrets: [{ name: "token", isNeeded: true }],
  addresses: ["endpoint"],
  paths: [],
  open: (given, parts): Channel => ({
    name: parts.name,
    kind: "gitlab",
    updates: true,
    deliver: async (delivery, signal) => {
      const token = await secretOf(parts, "token");
      const base = (given.endpoint ?? "https://gitlab.com/api/v4").replace(/\/$/, "");
      const forge = { parts, signal, base, headers: { "private-token": token }, token };
      return await deliverIssue(delivery, gitlabIssues(forge, given), parts.name);
    },
  }),
};

/** Whatever has it was made here, or a member says so: others can set no labels. */
const LABEL = "anchorwatch";

const issueForm = z.looseObject({ iid: z.int(), description: z.string().nullish() });
const noteForm = z.looseObject({ body: z.string() });

function gitlabIssues(
  forge: Forge,
  { project, labels = [], confidential = true }: GitlabSection,
): IssueTracker {
  const path = `/projects/${encodeURIComponent(project)}/issues`;
  return {
    find: async (beginning, since) => {
      const query = {
        ...{ labels: LABEL, state: "all", scope: "all", updated_after: since.toISOString() },
        ...{ order_by: "created_at", sort: "desc" },
      };
      const found = await findInPages(forge, { path, query }, issueForm, (issue) =>
        begins(issue.description ?? "", beginning),
      );
      return found && String(found.iid);
    },
    create: async ({ title, body }) => {
      const all = [...new Set([LABEL, ...labels])].join(",");
      const sent = { title, description: body, labels: all, confidential };
      return String((await callForge(forge, { method: "POST", path, body: sent }, issueForm)).iid);
    },
    change: async (number, { title, body, state }) => {
      const event = state === undefined ? {} : { state_event: state === "open" ? "reopen" : "close" };
      const sent = { title, description: body, ...event };
      return await changeInForge(forge, { method: "PUT", path: `${path}/${number}`, body: sent });
    },
    hasComment: async (number, beginning) => {
      const query = { order_by: "created_at", sort: "desc", activity_filter: "only_comments" };
      const notes = `${path}/${number}/notes`;
      return (
        (await findInPages(forge, { path: notes, query }, noteForm, ({ body }) =>
          begins(body, beginning),
        )) !== undefined
      );
    },
    comment: async (number, body) => {
      await callForge(forge, { method: "POST", path: `${path}/${number}/notes`, body: { body } }, noteForm);
    },
  };
}

function begins(body: string, beginning: string): boolean {
  return body.startsWith(beginning);
}
