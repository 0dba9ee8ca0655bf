/** A real mail server (smtp-server) on a free port, which keeps what it gets and refuses what it is told to. */
import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import { SMTPServer } from "smtp-server";

export interface GotMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Whether it came encrypted, and by whom. */
  readonly isSecure: boolean;
  readonly user: string | undefined;
  readonly raw: string;
}

export interface MailServerDouble {
  readonly port: number;
  readonly mails: readonly GotMail[];
  /** By recipient: what each try is answered, as long as there are some; the text may be anything. */
  readonly refusals: Map<string, { readonly code: number; readonly text: string }[]>;
  close(): Promise<void>;
}

export interface MailServerOptions {
  /** PEM. Absent: it cannot encrypt. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly isImplicit?: boolean;
  readonly login?: { readonly user: string; readonly password: string };
}

export async function startMailServer({
  tls,
  isImplicit = false,
  login,
}: MailServerOptions): Promise<MailServerDouble> {
  const mails: GotMail[] = [];
  const refusals: MailServerDouble["refusals"] = new Map();
  const server = new SMTPServer({
    ...(tls ?? {}),
    secure: isImplicit,
    authOptional: login === undefined,
    disabledCommands: [...(tls === undefined ? ["STARTTLS"] : []), ...(login === undefined ? ["AUTH"] : [])],
    disableReverseLookup: true,
    closeTimeout: 100,
    logger: false,
    onAuth: ({ username = "", password }, _session, done) => {
      const isKnown = username === login?.user && password === login.password;
      done(isKnown ? null : new Error("Invalid login"), isKnown ? { user: username } : undefined);
    },
    onRcptTo: ({ address }, _session, done) => {
      const refusal = refusals.get(address)?.shift();
      if (refusal === undefined) done();
      else done(Object.assign(new Error(refusal.text), { responseCode: refusal.code }));
    },
    onData: (stream, session, done) => {
      const chunks: Uint8Array[] = [];
      stream.on("data", (chunk: Uint8Array) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          isSecure: session.secure,
          user: session.user,
          raw: Buffer.concat(chunks).toString("utf8"),
        });
        done();
      });
    },
  });
  // What breaks off is the client's to tell.
  server.on("error", () => {});
  const listening = server.listen(0, "127.0.0.1") as Server;
  await once(listening, "listening");
  return {
    port: (listening.address() as AddressInfo).port,
    mails,
    refusals,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
