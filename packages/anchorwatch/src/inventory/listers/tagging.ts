/**
 * Whatever has tags or ever had some, of all services that can be tagged. What never had a tag is not among it: of what matters
 * most, the services themselves are asked.
 */
import {
  GetResourcesCommand,
  ResourceGroupsTaggingAPIClient,
} from "@aws-sdk/client-resource-groups-tagging-api";
import { parseArn } from "../arn.ts";
import { type Lister, pagesOf } from "../lister.ts";
import { tagsOf } from "../shown.ts";
import { TAGGING } from "../survey.ts";
import { referenceOf } from "../terraformTypes.ts";
import { GLOBAL, type Thing, unique } from "../thing.ts";

/** Belong to no region, or are told with the region of their own where their names are the world's. */
const GLOBAL_SERVICES: ReadonlySet<string> = new Set(["iam", "s3", "route53", "cloudfront"]);

export const tagging: Lister = {
  service: TAGGING,
  tellsTags: true,
  types: [],
  async list({ client: settings, ask, unit, services }) {
    const client = new ResourceGroupsTaggingAPIClient(settings);
    let PaginationToken: string | undefined;
    try {
      const found = await pagesOf(
        () =>
          ask("tag:GetResources", () =>
            client.send(
              new GetResourcesCommand({
                ResourcesPerPage: 100,
                ...(services === undefined ? {} : { ResourceTypeFilters: [...services] }),
                ...(PaginationToken ? { PaginationToken } : {}),
              }),
            ),
          ),
        ({ ResourceTagMappingList }) => ResourceTagMappingList,
        (page) => {
          PaginationToken = page.PaginationToken;
          return PaginationToken !== undefined && PaginationToken !== "";
        },
      );
      return found.flatMap(({ ResourceARN: arn = "", Tags }): readonly Thing[] => {
        const parsed = parseArn(arn);
        const reference = referenceOf(arn);
        if (parsed === undefined || reference === undefined) return [];
        const isGlobal = GLOBAL_SERVICES.has(parsed.service);
        return [
          {
            ...{ ...reference, arn, region: isGlobal ? GLOBAL : parsed.region || settings.region, unit },
            ...{
              names: namesOf(arn, reference.id),
              tags: tagsOf(Tags),
              facts: [],
              attributes: {},
              telling: [],
            },
          },
        ];
      });
    } finally {
      client.destroy();
    }
  },
};

const GIVEN = /^[a-z]{1,12}-[0-9a-f]{8,17}$/;

function namesOf(arn: string, id: string) {
  const plain = unique(arn.replace(/:\*$/, ""));
  return GIVEN.test(id) ? [plain, unique(id)] : [plain];
}
