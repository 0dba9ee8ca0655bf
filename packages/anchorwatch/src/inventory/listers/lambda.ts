/** Functions, and who may call them: no state of a function tells of that. Their environments are never kept. */
import { GetPolicyCommand, LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import type { JsonObject, JsonValue } from "../../domain/jsonValue.ts";
import { type Lister, type ListingPlace, pagesOf } from "../lister.ts";
import { attributesOf, policyOf } from "../shown.ts";
import { named, type Thing, unique } from "../thing.ts";

export const lambda: Lister = {
  service: "lambda",
  types: ["aws_lambda_function"],
  async list(place) {
    const client = new LambdaClient(place.client);
    const { ask, unit, client: settings } = place;
    let Marker: string | undefined;
    try {
      const functions = await pagesOf(
        () =>
          ask("lambda:ListFunctions", () =>
            client.send(new ListFunctionsCommand({ MaxItems: 50, ...(Marker ? { Marker } : {}) })),
          ),
        ({ Functions }) => Functions,
        (page) => {
          Marker = page.NextMarker;
          return Marker !== undefined && Marker !== "";
        },
      );
      const permissions = await Promise.all(
        functions.map(({ FunctionName = "" }) => permissionsOf(client, place, FunctionName)),
      );
      return [
        ...functions.map(({ FunctionName: id = "", FunctionArn: arn = "", Role: role, Runtime }) => ({
          ...{ type: "aws_lambda_function", id, arn, region: settings.region, unit, tags: {}, facts: [] },
          names: [unique(arn)],
          attributes: attributesOf({ function_name: id, role, runtime: Runtime }),
          telling: ["role"],
        })),
        ...permissions.flat(),
      ];
    } finally {
      client.destroy();
    }
  },
};

async function permissionsOf(
  client: LambdaClient,
  place: ListingPlace,
  name: string,
): Promise<readonly Thing[]> {
  const { ask, unit, client: settings } = place;
  const told = await ask("lambda:GetPolicy", async () => {
    try {
      return (await client.send(new GetPolicyCommand({ FunctionName: name }))).Policy;
    } catch (error) {
      // Nobody may, or the function has gone meanwhile.
      if (error instanceof Error && error.name === "ResourceNotFoundException") return undefined;
      throw error;
    }
  });
  return statementsOf(policyOf(told)).map((statement, at) => {
    const sid = typeof statement["Sid"] === "string" ? statement["Sid"] : String(at);
    return {
      ...{
        type: "aws_lambda_permission",
        id: `${name}/${sid}`,
        region: settings.region,
        unit,
        tags: {},
        facts: [],
      },
      names: [named(`${name}/${sid}`)],
      parent: { type: "aws_lambda_function", id: name },
      attributes: { function_name: name, statement_id: sid, statement },
      telling: ["statement"],
    };
  });
}

function statementsOf(policy: JsonValue | undefined): readonly JsonObject[] {
  if (typeof policy !== "object" || policy === null || Array.isArray(policy)) return [];
  const statements = (policy as JsonObject)["Statement"];
  return Array.isArray(statements)
    ? statements.filter(
        (one): one is JsonObject => typeof one === "object" && one !== null && !Array.isArray(one),
      )
    : [];
}
