/** Mail by the operator's own server, encrypted on its way. What was sent cannot be changed: what matters later is another mail of the same thread. */
import { z } from "zod";
import type { Channel, Delivery, Reference } from "../../channel.ts";
import { cut } from "../../message/fitting.ts";
import { outlineOf } from "../../message/outline.ts";
import { plainText } from "../../message/plainText.ts";
import type { ChannelDefinition, ChannelParts, SectionProblem } from "../definition.ts";
import { optionalSecretOf, secretOf } from "../posting.ts";
import { secretMembers } from "../secretMembers.ts";
import { htmlText } from "./htmlText.ts";
import { type Mail, type MailServer, sendMail } from "./sending.ts";

/** Bare, without a name and without anything that a header could end with. */
const address = z
  .string()
  .max(254)
  .regex(/^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/);

const section = z
  .strictObject({
    host: z.string().min(1).max(253).meta({ description: "The mail server that takes mail from here." }),
    port: z
      .int()
      .min(1)
      .max(65_535)
      .optional()
      .meta({ description: "Default: 587, or 465 where tls is implicit." }),
    tls: z.enum(["starttls", "implicit", "none"]).optional().meta({
      description:
        "starttls (default): encrypted, or nothing is sent. implicit: encrypted from the first byte. none: only to this machine itself.",
    }),
    ...secretMembers(
      "authority",
      "certificates, in PEM, by which the server is believed beside the usual ones",
    ),
    user: z.string().min(1).max(200).optional().meta({ description: "Whom the server knows this one as." }),
    ...secretMembers("password", "the user's password"),
    from: address.meta({ description: "Address of the sender: anchorwatch@example.com." }),
    to: z.array(address).min(1).max(20).meta({ description: "Who gets it, all of them in one mail." }),
  })
  .meta({ description: "Mail, as HTML and text; one alert is one thread." });

export type MailSection = z.infer<typeof section>;

export const mailChannel: ChannelDefinition<MailSection> = {
  kind: "mail",
  section,
  secrets: [
    { name: "password", isNeeded: false },
    { name: "authority", isNeeded: false },
  ],
  addresses: [],
  paths: [],
  check: (given) => [...plainProblems(given), ...passwordProblems(given)],
  open: (given, parts): Channel => {
    const accepted = new Accepted();
    return {
      name: parts.name,
      kind: "mail",
      updates: false,
      deliver: async (delivery, signal) => {
        const server = await serverOf(given, parts);
        const first = delivery.reference?.["id"] === undefined ? undefined : delivery.reference;
        const has = accepted.of(delivery.key);
        const to = given.to.filter((one) => !has.has(one));
        const mail = mailOf(delivery, first, given, parts);
        if (to.length > 0)
          await sendMail(server, { ...mail, to }, { parts, signal, onAccepted: (one) => has.add(one) });
        accepted.forget(delivery.key);
        return { reference: first ?? { id: mail.id, subject: mail.subject } };
      },
    };
  },
};

const LOOPBACK: readonly string[] = ["127.0.0.1", "[::1]", "localhost"];

function plainProblems({ tls, host }: MailSection): readonly SectionProblem[] {
  if (tls !== "none" || LOOPBACK.includes(host)) return [];
  return [
    {
      member: "tls",
      problem: "would send alerts, and the password, for everybody on the way to read",
      hint: "Leave it out, or send by a relay on this machine: host: 127.0.0.1.",
    },
  ];
}

function passwordProblems({ user, passwordFile, passwordVariable }: MailSection): readonly SectionProblem[] {
  const hasPassword = (passwordFile ?? passwordVariable) !== undefined;
  if ((user === undefined) === !hasPassword) return [];
  return user === undefined
    ? [{ problem: "has a password and no user", hint: "Add user." }]
    : [{ member: "user", problem: "has no password", hint: "Add passwordFile or passwordVariable." }];
}

async function serverOf(given: MailSection, parts: ChannelParts): Promise<MailServer> {
  const { host, tls = "starttls", user } = given;
  const authority = await optionalSecretOf(parts, "authority");
  return {
    host,
    port: given.port ?? (tls === "implicit" ? 465 : 587),
    tls,
    ...(authority === undefined ? {} : { authority }),
    ...(user === undefined ? {} : { login: { user, password: await secretOf(parts, "password") } }),
  };
}

/** Threads are made by references, and by the same subject. @param first of the thread, as it is remembered */
function mailOf(
  { key, message }: Delivery,
  first: Reference | undefined,
  { from }: MailSection,
  { name, now }: ChannelParts,
): Omit<Mail, "to"> {
  const host = from.slice(from.lastIndexOf("@") + 1);
  const { headline } = outlineOf(message);
  const root = first?.["id"];
  return {
    // The same when it is sent again: mail servers and programs keep one of them.
    id: `<anchorwatch.${key.replace(/[^A-Za-z0-9]/g, ".")}@${host}>`,
    ...(root === undefined ? {} : { root }),
    from,
    subject:
      first === undefined
        ? cut(headline, SUBJECT)
        : `Re: ${first["subject"] ?? headline}`.slice(0, SUBJECT + 4),
    listId: `Anchorwatch <${name.toLowerCase().replace(/[^a-z0-9-]/g, "-")}.anchorwatch.${host}>`,
    isUrgent: message.severity === "critical" && message.status === "open",
    at: now(),
    text: plainText(message, TEXT),
    html: htmlText(message, TEXT),
  };
}

const SUBJECT = 200;
const TEXT = 60_000;

/** Of several who get it, some may have it already when it is sent again. Forgotten with the process: then the mail's id is what is the same. */
class Accepted {
  readonly #byKey = new Map<string, Set<string>>();

  of(key: string): Set<string> {
    const known = this.#byKey.get(key) ?? new Set();
    this.#byKey.set(key, known);
    // What was given up long ago.
    const [oldest] = this.#byKey.keys();
    if (this.#byKey.size > 1000 && oldest !== undefined) this.#byKey.delete(oldest);
    return known;
  }

  forget(key: string): void {
    this.#byKey.delete(key);
  }
}
