/** A real, certified OpenID provider (npm: oidc-provider) with its own pages for signing in and agreeing. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";
import type { Answer, Browser } from "./browser.fixture.ts";

export interface Person {
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly name?: string;
  readonly groups?: readonly string[];
}

export interface RealProvider {
  readonly issuer: string;
  /** What it says of people, by what they sign in as. */
  readonly people: Map<string, Person>;
  close(): Promise<void>;
}

const HOUR_S = 3600;

/** @param redirectUris of the client `anchorwatch`, whose secret is in the variable OIDC_SECRET of the server under test */
export async function startOidcProvider(redirectUris: readonly string[]): Promise<RealProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const people = new Map<string, Person>();
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "anchorwatch",
        client_secret: "the secret of the client",
        redirect_uris: [...redirectUris],
        grant_types: ["authorization_code"],
        response_types: ["code"],
      },
    ],
    scopes: ["openid", "profile", "email", "groups"],
    claims: { openid: ["sub"], profile: ["name"], email: ["email", "email_verified"], groups: ["groups"] },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: async () => ({ sub: id, ...people.get(id), groups: [...(people.get(id)?.groups ?? [])] }),
    }),
    features: { devInteractions: { enabled: true } },
    pkce: { required: () => true },
    cookies: { keys: ["for tests"] },
    ttl: {
      AccessToken: HOUR_S,
      AuthorizationCode: 60,
      Grant: HOUR_S,
      IdToken: HOUR_S,
      Interaction: HOUR_S,
      Session: HOUR_S,
    },
  });
  const handle = provider.callback();
  server.on("request", (request, response) => void handle(request, response));
  return {
    issuer,
    people,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Signs in there and agrees, as long as it shows forms; gives where it sends the browser back to, which is not opened yet. */
export async function throughProvider(
  browser: Browser,
  started: Answer,
  login: string,
  ours: string,
): Promise<URL> {
  let answer = await browser.follow(started, ({ origin }) => origin === ours);
  while (!(answer instanceof URL)) {
    const action = /action="([^"]+)"/.exec(answer.text)?.[1];
    const prompt = /name="prompt" value="([a-z]+)"/.exec(answer.text)?.[1];
    if (action === undefined || prompt === undefined) throw new TypeError(`no form:\n${answer.text}`);
    const sent = await browser.go(action, { prompt, login, password: "any" });
    answer = await browser.follow(sent, ({ origin }) => origin === ours);
  }
  return answer;
}
