import { z } from "zod";
import type { Alert, AlertId } from "../../alerts/alert.ts";
import type { AlertVisibility } from "../../alerts/records.ts";
import type { WantedAnswer } from "../../app/alerts/answering.ts";
import { SEVERITIES } from "../../domain/classification.ts";
import type { RequestAccess } from "../access/requestAccess.ts";
import type { Api } from "../api.ts";
import { tagOf } from "../conventions/versions.ts";
import type { ServerDependencies } from "../dependencies.ts";
import { alertShape, deliveryShape, presentAlert, presentDelivery } from "../shapes/alert.ts";
import { exceptionShape, presentException } from "../shapes/exception.ts";
import { next, pageQuery } from "../shapes/page.ts";
import { schemaName, timeOf } from "../shapes/wire.ts";
import { withoutUndefined } from "../withoutUndefined.ts";
import { notFound } from "./notFound.ts";
import { problemAnswers } from "./problemAnswers.ts";

const params = z.object({ id: z.string().min(1).max(200) });
const listShape = z.object({ schema: schemaName("alerts"), alerts: z.array(alertShape), next });
const oneShape = z.object({
  schema: schemaName("alert-details"),
  alert: alertShape,
  driftIds: z
    .array(z.string())
    .meta({ description: "The first 100 that you may see, those that are open first." }),
  unmanagedIds: z.array(z.string()).meta({
    description:
      "Those of them that no stack has: `/unmanaged/{id}` tells of them. `driftIds` are drifts of stacks.",
  }),
  deliveries: z.array(deliveryShape),
});
const reason = z.string().min(1).max(2000).optional().meta({ description: "Why; it stands in the ledger." });
const MOST_DRIFTS = 100;

export function addAlertRoutes(
  api: Api,
  { watch, pages }: Pick<ServerDependencies, "watch" | "pages">,
): void {
  const { kept, deliveries } = watch.alerts;
  const present = async (alert: Alert, visible: AlertVisibility) => {
    const counts = await kept.countsOf(alert.id, { visible });
    return counts && presentAlert(alert, counts);
  };

  api.get(
    "/alerts",
    {
      config: { access: "stack.view" },
      schema: {
        summary: "What people are told of drift, the newest change first",
        tags: ["alerts"],
        querystring: pageQuery({
          status: z.enum(["open", "resolved"]).optional(),
          severity: z.enum(SEVERITIES).optional().meta({ description: "Of one of its drifts, at least." }),
          class: z.enum(["security", "operational"]).optional(),
          stack: z
            .string()
            .max(200)
            .optional()
            .meta({ description: "Id of a stack that one of its drifts is in." }),
          drift: z.string().max(200).optional().meta({ description: "Id of one of its drifts." }),
          acknowledged: z.stringbool().optional().meta({ description: "Whether somebody has." }),
        }),
        response: { 200: listShape, ...problemAnswers },
      },
    },
    async (request) => {
      const { status, severity, class: kind, stack, drift, acknowledged } = request.query;
      const filter = withoutUndefined({
        ...{ status, severity, class: kind, stack, drift },
        isAcknowledged: acknowledged,
      });
      const visible = await visibleAlerts(request.access);
      const page = await pages.read(
        request,
        (part) => kept.list({ ...filter, ...part, visible }),
        ({ updatedAt, id }) => ({ value: timeOf(updatedAt), id }),
      );
      const alerts = await Promise.all(page.items.map((alert) => present(alert, visible)));
      return {
        schema: "anchorwatch.alerts/v1" as const,
        alerts: alerts.filter((alert) => alert !== undefined),
        next: page.next,
      };
    },
  );

  api.get(
    "/alerts/:id",
    {
      config: { access: "stack.view" },
      schema: {
        summary: "One alert: its drifts, who answered, and what became of telling each channel",
        tags: ["alerts"],
        params,
        response: { 200: oneShape, ...problemAnswers },
      },
    },
    async ({ params: { id }, access }) => {
      const visible = await visibleAlerts(access);
      const alert = await kept.byId(id as AlertId, { visible });
      const shown = alert && (await present(alert, visible));
      if (alert === undefined || shown === undefined) throw notFound("alert", id);
      const channels = await kept.channelsOf(alert.id, { visible });
      const members = await kept.members(alert.id, { visible }, MOST_DRIFTS);
      const idsOf = (isUnmanaged: boolean) =>
        members.flatMap((one) => (one.isUnmanaged === isUnmanaged ? [one.id] : []));
      return {
        schema: "anchorwatch.alert-details/v1" as const,
        alert: shown,
        driftIds: idsOf(false),
        unmanagedIds: idsOf(true),
        // Channels of those who may not be known are not told of either.
        deliveries: (await deliveries.ofAlert(alert.id))
          .filter(({ channel }) => channels.includes(channel))
          .map(presentDelivery),
      };
    },
  );

  /** An answer counts for all of its drifts: whoever may not answer for each of them answers for none. */
  const assertMayAnswer = async (id: string, access: RequestAccess) => {
    const visible = await visibleAlerts(access);
    if ((await kept.byId(id as AlertId, { visible })) === undefined) throw notFound("alert", id);
    const together = await watch.alerts.answeredWith(id as AlertId);
    const sets = new Set((await Promise.all(together.map((one) => kept.labelSets(one)))).flat());
    for (const labelSet of sets) await access.assertMay(labelSet, `alert ${id}`);
    return visible;
  };

  const answer = async (id: string, wanted: WantedAnswer, access: RequestAccess) => {
    const visible = await assertMayAnswer(id, access);
    const answered = await watch.alerts.answer(id as AlertId, wanted, access);
    const shown = answered && (await present(answered, visible));
    if (shown === undefined) throw notFound("alert", id);
    return shown;
  };

  api.post(
    "/alerts/:id/acknowledge",
    {
      config: { access: "drift.acknowledge" },
      schema: {
        summary: "Acknowledges an alert",
        description:
          "Somebody has seen it, and it goes no further up. What gets worse, or begins again, is told again. It counts for all of its drifts: whoever may not acknowledge one of them is refused.",
        tags: ["alerts"],
        params,
        body: z.strictObject({ reason }),
        response: { 200: alertShape, ...problemAnswers },
      },
    },
    ({ params: { id }, body, access }) =>
      answer(id, { kind: "acknowledge", ...withoutUndefined(body) }, access),
  );

  api.post(
    "/alerts/:id/accept",
    {
      config: { access: "exception.manage" },
      schema: {
        summary: "Accepts the drift that an alert tells of, until a moment",
        description:
          "An exception, as POST /exceptions makes it, where the alert tells of one drift of a stack. It ends the alert; what the drift becomes is told again, and so is what is still there at its end.",
        tags: ["alerts"],
        params,
        body: z.strictObject({
          until: z.iso.datetime({ offset: true }).meta({ description: "Within a year." }),
          reason: z.string().min(1).max(2000).meta({ description: "Why; it stands in the ledger." }),
          digest: z
            .string()
            .max(200)
            .meta({ description: "Of the drift, as it was read: what it has become since is not accepted." }),
          evenCritical: z
            .boolean()
            .default(false)
            .meta({ description: "Also when it is critical, or becomes so." }),
        }),
        response: { 201: exceptionShape, ...problemAnswers },
      },
    },
    async ({ params: { id }, body: { until, ...wanted }, access }, reply) => {
      await assertMayAnswer(id, access);
      const acceptance = { ...wanted, until: new Date(until) };
      const added = await watch.alerts.accept(id as AlertId, acceptance, access);
      if (added === undefined) throw notFound("alert", id);
      reply
        .code(201)
        .header("location", `/api/v1/exceptions/${encodeURIComponent(added.id)}`)
        .header("etag", tagOf(added.version));
      return presentException(added);
    },
  );

  api.post(
    "/alerts/:id/snooze",
    {
      config: { access: "drift.acknowledge" },
      schema: {
        summary: "Snoozes an alert",
        description:
          "Nobody hears of it until then, unless it gets worse; then, where it is still open, it is told again.",
        tags: ["alerts"],
        params,
        body: z.strictObject({
          until: z.iso.datetime({ offset: true }).meta({ description: "Within 30 days." }),
          reason,
        }),
        response: { 200: alertShape, ...problemAnswers },
      },
    },
    ({ params: { id }, body: { until, ...rest }, access }) =>
      answer(id, { kind: "snooze", until: new Date(until), ...withoutUndefined(rest) }, access),
  );
}

/** Drifts of stacks, and what no stack has, by the rights to each. */
async function visibleAlerts({ visible, visibleOf }: RequestAccess): Promise<AlertVisibility> {
  return { stacks: visible, accounts: await visibleOf("account.view") };
}
