/** Keys, who may use them by their policy, and to whom they were granted besides. */
import {
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  type GrantListEntry,
  KMSClient,
  ListGrantsCommand,
  ListKeysCommand,
} from "@aws-sdk/client-kms";
import { type Lister, type ListingPlace, pagesOf } from "../lister.ts";
import { attributesOf, policyOf } from "../shown.ts";
import { type Thing, unique } from "../thing.ts";

export const kms: Lister = {
  service: "kms",
  types: ["aws_kms_key"],
  async list(place) {
    const client = new KMSClient(place.client);
    try {
      const keys = await pages(
        (Marker) =>
          place.ask("kms:ListKeys", () => client.send(new ListKeysCommand({ Limit: 1000, ...Marker }))),
        ({ Keys }) => Keys,
      );
      const found = await Promise.all(keys.map(({ KeyId = "" }) => keyOf(client, place, KeyId)));
      return found.flat();
    } finally {
      client.destroy();
    }
  },
  async more(place, unmanaged) {
    const client = new KMSClient(place.client);
    const { ask } = place;
    try {
      const keys = unmanaged.filter(({ type }) => type === "aws_kms_key");
      return await Promise.all(
        keys.map(async (key) => {
          const policy = await ask("kms:GetKeyPolicy", () =>
            client.send(new GetKeyPolicyCommand({ KeyId: key.id, PolicyName: "default" })),
          );
          const attributes = { ...key.attributes, ...attributesOf({ policy: policyOf(policy?.Policy) }) };
          return { ...key, attributes };
        }),
      );
    } finally {
      client.destroy();
    }
  },
};

/** The key and its grants: no state of a key tells of those. Those of AWS for itself have neither. */
async function keyOf(client: KMSClient, place: ListingPlace, id: string): Promise<readonly Thing[]> {
  const { ask, unit, client: settings } = place;
  const region = settings.region;
  const told = await ask("kms:DescribeKey", () => client.send(new DescribeKeyCommand({ KeyId: id })));
  const key = told?.KeyMetadata;
  if (key === undefined || key.KeyManager === "AWS") return [];
  // What waits for its deletion can be used by nobody.
  if (key.KeyState === "PendingDeletion") return [];
  const arn = key.Arn ?? "";
  const grants = await pages(
    (Marker) => ask("kms:ListGrants", () => client.send(new ListGrantsCommand({ KeyId: id, ...Marker }))),
    ({ Grants }) => Grants,
  );
  return [
    {
      ...{
        type: "aws_kms_key",
        id,
        arn,
        region,
        unit,
        names: [unique(arn), unique(id)],
        tags: {},
        facts: [],
      },
      attributes: attributesOf({ description: key.Description, key_usage: key.KeyUsage }),
      telling: ["policy"],
      ...(key.CreationDate === undefined ? {} : { createdAt: key.CreationDate }),
    },
    ...grants.map((grant) => grantOf(grant, id, place)),
  ];
}

function grantOf(grant: GrantListEntry, key: string, { unit, client }: ListingPlace): Thing {
  const { GrantId: id = "", GranteePrincipal: grantee, Operations = [], CreationDate } = grant;
  const isOfService = /\.amazonaws\.com$/.test(grantee ?? "");
  return {
    ...{ type: "aws_kms_grant", id: `${key}:${id}`, region: client.region, unit, tags: {} },
    names: [unique(id), unique(`${key}:${id}`)],
    parent: { type: "aws_kms_key", id: key },
    facts: isOfService ? ["service"] : [],
    attributes: attributesOf({
      key_id: key,
      name: grant.Name,
      grantee_principal: grantee,
      operations: [...Operations].sort(),
    }),
    telling: [],
    ...(CreationDate === undefined ? {} : { createdAt: CreationDate }),
  };
}

function pages<
  Page extends { readonly NextMarker?: string | undefined; readonly Truncated?: boolean | undefined },
  Item,
>(
  call: (marker: { readonly Marker?: string }) => Promise<Page | undefined>,
  items: (page: Page) => readonly Item[] | undefined,
): Promise<readonly Item[]> {
  let Marker: string | undefined;
  return pagesOf(
    () => call(Marker === undefined ? {} : { Marker }),
    items,
    (page) => {
      Marker = page.NextMarker;
      return page.Truncated === true && Marker !== undefined;
    },
  );
}
