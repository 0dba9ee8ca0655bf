/** Who may become what, and what he may then. */
import { GRANT_PREFIX, roleArn } from "../connectOptions.ts";
import type { AssumeRequest, Attempt, Caller, RoleCalls } from "./calls.ts";
import { type CheckContext, type ConnectStep, readSession } from "./context.ts";
import { attempt, isRefusal, reasonOf } from "./refusal.ts";
import { APPLY, failed, type Outcome, ok } from "./step.ts";

export function identitySteps(options: CheckContext["options"]): readonly ConnectStep[] {
  return [...readingSteps, ...(options.executor.kind === "none" ? [] : executorSteps)];
}

const readingSteps: readonly ConnectStep[] = [
  {
    id: "credentials",
    title: "credentials",
    expected: "those of the principal that the connection was written for",
    needs: [],
    todo: "Give credentials of the principal: AWS_PROFILE, --profile, or the role of the machine.",
    run: async ({ calls, options }) => {
      const caller = await calls.whoAmI();
      if (isPrincipal(caller, options.principal)) return ok(caller.arn);
      const todo = `Run the check as ${options.principal}, or write the connection for this principal.`;
      return failed(caller.arn, todo);
    },
  },
  {
    id: "read_role",
    title: "read role",
    expected: "it can be assumed with the external id",
    needs: ["credentials"],
    todo: `${APPLY}, and attach principal-policy.json to whoever runs Anchorwatch.`,
    run: async (context) => {
      const { options, names, externalId, calls, newId, sessions } = context;
      const request = {
        roleArn: roleArn(options, names.readRole),
        sessionName: `anchorwatch-${newId()}`,
        externalId,
      };
      sessions.read = await calls.assumeRole(request);
      return ok(`assumed ${request.roleArn}`);
    },
  },
  {
    id: "external_id",
    title: "external id",
    expected: "without the external id, and with another one, the read role is refused",
    needs: ["read_role"],
    todo: `${APPLY}: the trust policy of the read role asks for sts:ExternalId.`,
    run: async (context) => {
      const { options, names, newId } = context;
      const todo = `${APPLY}: the trust policy of ${names.readRole} does not ask for the external id.`;
      const request = { roleArn: roleArn(options, names.readRole), sessionName: `anchorwatch-${newId()}` };
      const without = await refusedRole(context, request, "the read role can be assumed without it", todo);
      if (without.status !== "ok") return without;
      const other = { ...request, externalId: `not-${newId()}` };
      return await refusedRole(context, other, "the read role can be assumed with any external id", todo);
    },
  },
  {
    id: "reads",
    title: "reading",
    expected: "it may read how resources are configured",
    needs: ["read_role"],
    todo: `${APPLY}: the policies of the read role are missing or changed.`,
    run: async (context) => {
      const reads = readSession(context).reads;
      for (const { run } of reads) await run();
      return ok(reads.map(({ permission }) => permission).join(", "));
    },
  },
  {
    id: "no_writes",
    title: "no writing",
    expected: "every write is refused",
    needs: ["read_role"],
    todo: "Try again.",
    run: async (context) =>
      await allRefused(
        readSession(context).writes,
        `Detach what was attached to ${context.names.readRole} besides its own policies.`,
      ),
  },
  {
    id: "no_content",
    title: "no content",
    expected: "reading content is refused",
    needs: ["read_role"],
    todo: "Try again.",
    run: async (context) =>
      await allRefused(
        readSession(context).content,
        `Attach the policy ${context.options.name}-no-content to ${context.names.readRole} again, and detach what is not its own.`,
      ),
  },
];

const executorSteps: readonly ConnectStep[] = [
  {
    id: "executor_role",
    title: "executor role",
    expected: "it can be assumed with a source identity",
    needs: ["credentials"],
    todo: `${APPLY}, and attach principal-policy.json to whoever runs Anchorwatch (sts:AssumeRole and sts:SetSourceIdentity).`,
    run: async (context) => {
      const request = executorRequest(context);
      context.sessions.executor = await context.calls.assumeRole({
        ...request,
        sourceIdentity: request.sessionName,
      });
      return ok(`assumed ${request.roleArn}`);
    },
  },
  {
    id: "source_identity",
    title: "source identity",
    expected: "without a source identity the executor role is refused",
    needs: ["executor_role"],
    todo: "Try again.",
    run: async (context) =>
      await refusedRole(
        context,
        executorRequest(context),
        "the executor role can be assumed without a source identity",
        `${APPLY}: the trust policy of ${context.names.executorRole} does not ask for sts:SourceIdentity.`,
      ),
  },
  {
    id: "executor_guard",
    title: "executor's guard",
    expected: "it can make no credentials",
    needs: ["executor_role"],
    todo: "Try again.",
    run: async ({ sessions, options, names }) =>
      await allRefused(
        sessions.executor?.credentials ?? [],
        `Attach the policy ${options.name}-executor-guard and the boundary ${options.name}-executor-boundary to ${names.executorRole} again.`,
      ),
  },
];

function executorRequest({ options, names, externalId, newId }: CheckContext): AssumeRequest {
  return {
    roleArn: roleArn(options, names.executorRole),
    sessionName: `${GRANT_PREFIX}check-${newId()}`,
    externalId,
  };
}

async function refusedRole(
  { calls }: CheckContext,
  request: AssumeRequest,
  found: string,
  todo: string,
): Promise<Outcome> {
  let session: RoleCalls | undefined;
  try {
    session = await calls.assumeRole(request);
    return failed(found, todo);
  } catch (error) {
    if (isRefusal(error)) return ok("refused");
    return failed(reasonOf(error), "Try again: whether it is refused could not be seen.");
  } finally {
    session?.close();
  }
}

async function allRefused(attempts: readonly Attempt[], todo: string): Promise<Outcome> {
  const refused: string[] = [];
  for (const one of attempts) {
    const tried = await attempt(one);
    if (tried.kind === "allowed") return failed(`${one.permission} is allowed`, todo);
    if (tried.kind === "unclear")
      return failed(`${one.permission}: ${tried.why}`, "Try again: it could not be seen.");
    refused.push(one.permission);
  }
  return ok(`refused: ${refused.join(", ")}`);
}

/** A session's ARN has its role's name, without the path. */
function isPrincipal({ account, arn }: Caller, principal: string): boolean {
  const [, , , , principalAccount, resource = ""] = principal.split(":");
  if (account !== principalAccount) return false;
  if (resource === "root") return true;
  if (resource.startsWith("user/")) return arn === principal;
  const role = resource.split("/").at(-1) ?? "";
  return arn.split(":").slice(2, 3)[0] === "sts" && arn.includes(`:assumed-role/${role}/`);
}
