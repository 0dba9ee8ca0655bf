/** One mail, handed to a mail server, and what its refusal means for the next try. */
import { isIP } from "node:net";
import { createTransport, type NodemailerError, type SMTPTransportOptions } from "nodemailer";
import { AnchorwatchError, messageOf } from "../../../domain/errors.ts";
import { ChannelFailure } from "../../channel.ts";
import type { ChannelParts } from "../definition.ts";

export interface MailServer {
  readonly host: string;
  readonly port: number;
  readonly tls: "starttls" | "implicit" | "none";
  /** PEM. */
  readonly authority?: string;
  readonly login?: { readonly user: string; readonly password: string };
}

export interface Mail {
  /** With angle brackets. */
  readonly id: string;
  /** Of the thread's first mail; absent: this is it. */
  readonly root?: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly listId: string;
  readonly isUrgent: boolean;
  readonly at: Date;
  readonly text: string;
  readonly html: string;
}

interface Sending {
  readonly parts: Pick<ChannelParts, "connect">;
  readonly signal: AbortSignal;
  /** The server has taken it for him. */
  readonly onAccepted: (to: string) => void;
}

/** @throws ChannelFailure also when the server took it for some of them */
export async function sendMail(server: MailServer, mail: Mail, sending: Sending): Promise<void> {
  const { signal, onAccepted } = sending;
  const socket = await connected(server, sending);
  const abort = () => socket.destroy();
  signal.addEventListener("abort", abort, { once: true });
  const transport = createTransport({
    ...optionsOf(server),
    getSocket: (_options, callback) => callback(null, { connection: socket }),
  });
  try {
    const { accepted, rejectedErrors = [] } = await transport.sendMail(composed(mail));
    for (const one of accepted) onAccepted(one);
    const [refused] = [...rejectedErrors].sort(
      (one, other) => (one.responseCode ?? 0) - (other.responseCode ?? 0),
    );
    if (refused !== undefined) throw refused;
  } catch (error) {
    signal.throwIfAborted();
    throw failureOf(error);
  } finally {
    signal.removeEventListener("abort", abort);
    transport.close();
    socket.destroy();
  }
}

async function connected({ host, port }: MailServer, { parts, signal }: Sending) {
  try {
    return await parts.connect(host, port, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AnchorwatchError)) throw error;
    const retry = error.code === "egress_unreachable" ? "again" : "never";
    throw new ChannelFailure(error.message, retry, { cause: error });
  }
}

const PATIENCE_MS = 20_000;

function optionsOf({ host, tls, authority, login }: MailServer): SMTPTransportOptions {
  const name = host.replace(/^\[(.*)\]$/, "$1");
  return {
    ...{ host: name, secure: tls === "implicit", requireTLS: tls === "starttls", ignoreTLS: tls === "none" },
    tls: {
      minVersion: "TLSv1.2",
      ...(isIP(name) === 0 ? { servername: name } : {}),
      ...(authority === undefined ? {} : { ca: authority }),
    },
    ...(login === undefined ? {} : { auth: { user: login.user, pass: login.password } }),
    ...{ greetingTimeout: PATIENCE_MS, socketTimeout: PATIENCE_MS },
    // Nothing of a message names a file or an address that would be read into it.
    ...{ disableFileAccess: true, disableUrlAccess: true, logger: false },
  };
}

/** Every header is ours, or was made one line before. */
function composed({ id, root, from, to, subject, listId, isUrgent, at, text, html }: Mail) {
  return {
    ...{ messageId: id, date: at, subject, text, html },
    from: { name: "Anchorwatch", address: from },
    to: to.map((address) => ({ name: "", address })),
    ...(root === undefined ? {} : { inReplyTo: root, references: [root] }),
    ...(isUrgent ? { priority: "high" as const } : {}),
    headers: {
      "List-Id": listId,
      "Auto-Submitted": "auto-generated",
      "X-Auto-Response-Suppress": "All",
    },
  };
}

/** A server's own words may name people, and hold what it was sent: of its answer only the numbers are told. */
function failureOf(error: unknown): ChannelFailure {
  const { responseCode: code, response, code: kind } = error as NodemailerError;
  if (typeof code === "number" && code > 0 && kind !== "ETLS") {
    const status = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response ?? "")?.[1];
    const told = status === undefined ? String(code) : `${code} ${status}`;
    const what = kind === "EAUTH" ? "did not believe the user and the password" : "refused it";
    return new ChannelFailure(`the mail server ${what}: ${told}`, code >= 500 ? "never" : "again", {
      cause: error,
    });
  }
  if (kind === "EAUTH") {
    return new ChannelFailure("the mail server takes no password, or not in a way that is known", "never", {
      cause: error,
    });
  }
  // Of a certificate, nodemailer tells in words alone.
  const isTls = kind === "ETLS" || /certificate|altname|\bssl\b|\btls\b/i.test(messageOf(error));
  const why = isTls ? WORDS.get("ETLS") : WORDS.get(kind ?? "");
  return new ChannelFailure(
    `the mail server could not be talked to: ${why ?? "the connection broke"}`,
    "again",
    {
      cause: error,
    },
  );
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ["ETLS", "it does not encrypt, or its certificate is not believed"],
  ["ETIMEDOUT", "it did not answer in time"],
  ["EPROTOCOL", "it does not speak SMTP"],
]);
