/** What there is to know of one kind of channel, so that the operator's file can have it and it can be opened. */
import type { z } from "zod";
import type { Channel, ChannelKind } from "../channel.ts";
import type { Connect, Outbound } from "../outbound.ts";

export interface ChannelDefinition<Section> {
  readonly kind: ChannelKind;
  /** What stands under its name in the operator's file. Secrets are named there, never written: `routingKeyFile`, `routingKeyVariable`. */
  readonly section: z.ZodType<Section>;
  /** Each has two members, NAME + `File` and NAME + `Variable`, of which one may be there. */
  readonly secrets: readonly ChannelSecret[];
  /** Members that are addresses, which egress has to allow; known when the file is read. */
  readonly addresses: readonly (keyof Section & string)[];
  /** Members that are paths relative to the operator's file; they arrive absolute. */
  readonly paths: readonly (keyof Section & string)[];
  /** What is wrong beyond the form. */
  check?(section: Section): readonly SectionProblem[];
  open(section: Section, parts: ChannelParts): Channel;
}

export interface ChannelSecret {
  readonly name: string;
  readonly isNeeded: boolean;
}

export interface SectionProblem {
  /** Absent: the section itself. */
  readonly member?: string;
  /** The rest of a sentence that begins with where it stands: `is no region`. */
  readonly problem: string;
  readonly hint: string;
}

export interface ChannelParts {
  /** Of the channel, as the operator calls it. */
  readonly name: string;
  readonly outbound: Outbound;
  readonly connect: Connect;
  readonly now: () => Date;
  /** Asked for at each delivery, so that a new one needs no restart. Trimmed; undefined: not named. @throws AnchorwatchError `channel_secret_missing` */
  readonly secret: (name: string) => Promise<string | undefined>;
  /** Of the product. */
  readonly version: string;
  /** Where the server is, without a path: who sends. */
  readonly origin: string;
  /** Adds whole lines to a file that is opened for that, readable for its owner alone; `-` is the program's own output. */
  readonly append: (path: string, text: string) => Promise<void>;
}
