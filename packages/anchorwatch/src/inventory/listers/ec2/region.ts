/** One account and region of EC2, asked page by page; what it tells, as things. */
import { EC2Client } from "@aws-sdk/client-ec2";
import type { JsonObject } from "../../../domain/jsonValue.ts";
import { type ListingPlace, pagesOf } from "../../lister.ts";
import { attributesOf, tagsOf } from "../../shown.ts";
import { type Thing, type ThingFact, unique } from "../../thing.ts";

interface Given {
  /** As its ARN says: `security-group`. */
  readonly kind: string;
  readonly type: string;
  readonly id: string | undefined;
  readonly tags: Parameters<typeof tagsOf>[0];
  readonly isDefault?: boolean | undefined;
  readonly attributes?: Parameters<typeof attributesOf>[0];
  readonly telling?: readonly string[];
}

/** The most that a page may have. */
const PAGE = 1000;

export class Ec2Region {
  readonly client: EC2Client;
  readonly ask: ListingPlace["ask"];
  readonly #place: ListingPlace;

  constructor(place: ListingPlace) {
    this.client = new EC2Client(place.client);
    this.ask = place.ask;
    this.#place = place;
  }

  close(): void {
    this.client.destroy();
  }

  thing({ kind, type, id = "", tags, isDefault, attributes = {}, telling = [] }: Given): Thing {
    const { account, partition, unit, client } = this.#place;
    const arn = `arn:${partition}:ec2:${client.region}:${account}:${kind}/${id}`;
    const facts: readonly ThingFact[] = isDefault === true ? ["default"] : [];
    const shown: JsonObject = attributesOf(attributes);
    // Ids of EC2 are given once; a name, as of a key, is known with its account and region.
    const names = kind === "key-pair" ? [unique(arn)] : [unique(id), unique(arn)];
    return {
      type,
      id,
      arn,
      region: client.region,
      unit,
      names,
      tags: tagsOf(tags),
      facts,
      attributes: shown,
      telling,
    };
  }

  pages<Page extends { readonly NextToken?: string | undefined }, Item>(
    permission: string,
    call: (page: { readonly MaxResults: number; readonly NextToken?: string }) => Promise<Page>,
    items: (page: Page) => readonly Item[] | undefined,
  ): Promise<readonly Item[]> {
    let NextToken: string | undefined;
    return pagesOf(
      () =>
        this.#place.ask(permission, () =>
          call({ MaxResults: PAGE, ...(NextToken === undefined ? {} : { NextToken }) }),
        ),
      items,
      (page) => {
        NextToken = page.NextToken;
        return NextToken !== undefined && NextToken !== "";
      },
    );
  }
}
