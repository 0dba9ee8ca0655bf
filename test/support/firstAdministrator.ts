/** Makes the first administrator of a server that was just started, as a person would by the link that it prints, and a token of hers. */
import { randomBytes } from "node:crypto";

export interface FirstAdministrator {
  readonly address: string;
  readonly login: string;
  readonly password: string;
  /** Of a request that is to be hers. */
  readonly headers: Authorization;
  /** Another token of hers that may less. */
  readonly limitedTo: (limit: object) => Promise<Authorization>;
}

export interface Authorization {
  readonly authorization: string;
}

class NoAdministratorError extends Error {
  override name = "NoAdministratorError";
}

/** Undefined as long as what the server printed holds no link. */
export function setupLinkIn(
  printed: string,
): { readonly address: string; readonly secret: string } | undefined {
  const [, address, secret] = /(http:\/\/localhost:[0-9]+)\/setup#([A-Za-z0-9_-]{43})\n/.exec(printed) ?? [];
  return address === undefined || secret === undefined ? undefined : { address, secret };
}

/** @param printed what the server wrote to its output */
export async function makeFirstAdministrator(printed: string): Promise<FirstAdministrator> {
  const link = setupLinkIn(printed);
  if (link === undefined) throw new NoAdministratorError("the server printed no link for an administrator");
  const { address, secret } = link;
  const [login, password] = ["admin", randomBytes(12).toString("base64url")];
  const signedIn = await post(`${address}/api/v1/setup/password`, {
    secret,
    person: { login, name: "Administrator" },
    password,
  });
  const cookie = signedIn.headers.getSetCookie().map((text) => text.split(";", 1)[0] ?? "");
  const tokenOf = async (limit?: object): Promise<Authorization> => {
    const made = await post(
      `${address}/api/v1/tokens`,
      { name: "from the setup", expiresAt: new Date(Date.now() + 86_400_000).toISOString(), limit },
      { cookie: cookie.join("; "), origin: address },
    );
    const { secret: token } = (await made.json()) as { readonly secret: string };
    return { authorization: `Bearer ${token}` };
  };
  return { address, login, password, headers: await tokenOf(), limitedTo: tokenOf };
}

async function post(url: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new NoAdministratorError(`${url} answered ${answer.status}: ${await answer.text()}`);
  return answer;
}
