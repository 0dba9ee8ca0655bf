import { z } from "zod";
import type { AlertId } from "../../alerts/alert.ts";
import type { Api } from "../api.ts";
import type { ServerDependencies } from "../dependencies.ts";
import { channelShape, deliveryShape, presentChannel, presentDelivery } from "../shapes/alert.ts";
import { next, pageQuery } from "../shapes/page.ts";
import { count, schemaName, timeOf } from "../shapes/wire.ts";
import { withoutUndefined } from "../withoutUndefined.ts";
import { problemAnswers } from "./problemAnswers.ts";

const name = z.string().min(1).max(200);
const channelsShape = z.object({ schema: schemaName("channels"), channels: z.array(channelShape) });
const deadShape = z.object({ schema: schemaName("dead-letters"), deadLetters: z.array(deliveryShape), next });
const resentShape = z.object({ schema: schemaName("resent"), count });
const testedShape = z.object({ schema: schemaName("channel-test"), channel: z.string() });

export function addChannelRoutes(
  api: Api,
  { watch, pages }: Pick<ServerDependencies, "watch" | "pages">,
): void {
  const { alerts } = watch;

  api.get(
    "/channels",
    {
      config: { access: "watch.view" },
      schema: {
        summary: "Where people are told, and how that is doing",
        tags: ["alerts"],
        response: { 200: channelsShape, ...problemAnswers },
      },
    },
    async () => {
      const totals = new Map((await alerts.deliveries.totals()).map((one) => [one.channel, one]));
      const settings = new Map(alerts.channels().map((one) => [one.name, one]));
      const names = [...new Set([...settings.keys(), ...totals.keys()])];
      return {
        schema: "anchorwatch.channels/v1" as const,
        channels: names.map((one) => presentChannel(one, settings.get(one), totals.get(one))),
      };
    },
  );

  api.get(
    "/channels/dead-letters",
    {
      config: { access: "watch.view" },
      schema: {
        summary: "What could not be delivered, the newest first",
        tags: ["alerts"],
        querystring: pageQuery({ channel: name.optional() }),
        response: { 200: deadShape, ...problemAnswers },
      },
    },
    async (request) => {
      const filter = withoutUndefined({ channel: request.query.channel });
      const page = await pages.read(
        request,
        (part) => alerts.deliveries.dead({ ...filter, ...part }),
        ({ deadAt, alert, channel }) => ({
          value: deadAt === undefined ? "" : timeOf(deadAt),
          id: `${alert} ${channel}`,
        }),
      );
      return {
        schema: "anchorwatch.dead-letters/v1" as const,
        deadLetters: page.items.map(presentDelivery),
        next: page.next,
      };
    },
  );

  api.post(
    "/channels/dead-letters/resend",
    {
      config: { access: "channels.manage" },
      schema: {
        summary: "Has dead letters sent again",
        description:
          "What there is to tell by now is told; what was resolved before anybody was told is not.",
        tags: ["alerts"],
        body: z.strictObject({
          channel: name.optional().meta({ description: "Only of this one." }),
          alert: name.optional().meta({ description: "Only of this one." }),
        }),
        response: { 200: resentShape, ...problemAnswers },
      },
    },
    async ({ body: { channel, alert }, access }) => ({
      schema: "anchorwatch.resent/v1" as const,
      count: await alerts.resend(withoutUndefined({ channel, alert: alert as AlertId | undefined }), access),
    }),
  );

  api.post(
    "/channels/:name/test",
    {
      config: { access: "channels.manage" },
      schema: {
        summary: "Tells a channel that this is a test, and that it is over",
        tags: ["alerts"],
        params: z.object({ name }),
        response: { 200: testedShape, ...problemAnswers },
      },
    },
    async ({ params, access }) => {
      await alerts.test(params.name, access);
      return { schema: "anchorwatch.channel-test/v1" as const, channel: params.name };
    },
  );
}
