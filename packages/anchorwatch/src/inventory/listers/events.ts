/** Rules of EventBridge: what is called when something happens. */
import { EventBridgeClient, ListEventBusesCommand, ListRulesCommand } from "@aws-sdk/client-eventbridge";
import { type Lister, pagesOf } from "../lister.ts";
import { attributesOf, policyOf } from "../shown.ts";
import { type Thing, unique } from "../thing.ts";

export const events: Lister = {
  service: "events",
  types: ["aws_cloudwatch_event_rule"],
  async list({ client: settings, ask, unit }) {
    const client = new EventBridgeClient(settings);
    try {
      const buses = await pages(
        (page) => ask("events:ListEventBuses", () => client.send(new ListEventBusesCommand(page))),
        ({ EventBuses }) => EventBuses,
      );
      const rules = await Promise.all(
        buses.map(({ Name: EventBusName }) =>
          pages(
            (page) =>
              ask("events:ListRules", () => client.send(new ListRulesCommand({ ...page, EventBusName }))),
            ({ Rules }) => Rules,
          ),
        ),
      );
      return rules.flat().map(
        ({ Name = "", Arn: arn = "", EventBusName = "default", ManagedBy, State, ...rest }): Thing => ({
          ...{
            type: "aws_cloudwatch_event_rule",
            id: `${EventBusName}/${Name}`,
            arn,
            region: settings.region,
            unit,
          },
          ...{ names: [unique(arn)], tags: {}, facts: ManagedBy === undefined ? [] : ["service"] },
          attributes: attributesOf({
            ...{ name: Name, event_bus_name: EventBusName, state: State, role_arn: rest.RoleArn },
            ...{ schedule_expression: rest.ScheduleExpression, event_pattern: policyOf(rest.EventPattern) },
          }),
          telling: ["event_pattern", "role_arn", "schedule_expression", "state"],
        }),
      );
    } finally {
      client.destroy();
    }
  },
};

function pages<Page extends { readonly NextToken?: string | undefined }, Item>(
  call: (page: { readonly NextToken?: string }) => Promise<Page | undefined>,
  items: (page: Page) => readonly Item[] | undefined,
): Promise<readonly Item[]> {
  let NextToken: string | undefined;
  return pagesOf(
    () => call(NextToken === undefined ? {} : { NextToken }),
    items,
    (page) => {
      NextToken = page.NextToken;
      return NextToken !== undefined && NextToken !== "";
    },
  );
}
