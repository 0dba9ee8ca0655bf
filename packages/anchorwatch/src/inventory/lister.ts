/** How one service of AWS is asked for what exists. */
import type { S3ClientConfig } from "@aws-sdk/client-s3";
import type { Ask } from "./asking.ts";
import type { Thing } from "./thing.ts";

/** How clients of any service reach the account. */
export interface ClientSettings {
  readonly region: string;
  readonly endpoint?: string;
  readonly profile?: string;
  readonly credentials?: NonNullable<S3ClientConfig["credentials"]>;
}

export interface ListingPlace {
  /** Its number. */
  readonly account: string;
  /** `aws`, `aws-cn`, `aws-us-gov` */
  readonly partition: string;
  readonly client: ClientSettings;
  /** See `Thing.unit`. */
  readonly unit: string;
  readonly ask: Ask;
  /** Names in the events that it is asked because of: only what is called so needs to be found. Absent: everything. */
  readonly named?: ReadonlySet<string>;
  /** Only things of these services need to be found. Absent: of all. */
  readonly services?: readonly string[];
}

export interface Lister {
  /** As event sources call it: `ec2` of `ec2.amazonaws.com`. */
  readonly service: string;
  /** Once for the account, not in each region. */
  readonly isGlobal?: boolean;
  /** Its things come with their tags. Of others only the Tagging API tells those. */
  readonly tellsTags?: boolean;
  /** What it finds, all of it: what tags alone tell of these is not there any more. */
  readonly types: readonly string[];
  list(place: ListingPlace): Promise<readonly Thing[]>;
  /** What needs a call for each thing is only asked of those that no stack has. Gives more things, or the same with more of them. */
  more?(place: ListingPlace, unmanaged: readonly Thing[]): Promise<readonly Thing[]>;
}

/** Pages, one after the other; what was found before one failed is given. */
export async function pagesOf<Page, Item>(
  ask: () => Promise<Page | undefined>,
  items: (page: Page) => readonly Item[] | undefined,
  next: (page: Page) => boolean,
): Promise<readonly Item[]> {
  const found: Item[] = [];
  for (;;) {
    const page = await ask();
    if (page === undefined) return found;
    for (const item of items(page) ?? []) found.push(item);
    if (!next(page)) return found;
  }
}
