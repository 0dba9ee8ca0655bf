/** An OpenID provider written from the specification, that can be told to lie in every place. Honest unless told otherwise. */
import { createHash, generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, type JWTHeaderParameters, type JWTPayload, SignJWT } from "jose";

type Json = Readonly<Record<string, unknown>>;
type Key = Parameters<InstanceType<typeof SignJWT>["sign"]>[0];

export interface Signed {
  readonly claims: JWTPayload;
  readonly header: JWTHeaderParameters;
  readonly key: Key;
}

export interface Lies {
  readonly metadata?: (honest: Json) => Json;
  /** What it adds to or takes from the way back to us. */
  readonly back?: (parameters: URLSearchParams) => void;
  readonly idToken?: (honest: Signed) => Signed | string;
  readonly tokens?: (honest: Json) => Json;
  readonly userinfo?: (honest: Json) => Json;
  /** Instead of all that stands at a path. */
  readonly instead?: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void>>;
}

export interface HostileProvider {
  readonly issuer: string;
  lie(lies: Lies): void;
  /** How often each path was asked for. */
  readonly asked: ReadonlyMap<string, number>;
  readonly privateKey: Key;
  /** PEM, as anybody can have it. */
  readonly publicKeyPem: string;
  close(): Promise<void>;
}

interface Kept {
  readonly nonce: string;
  readonly challenge: string;
}

export async function startHostileProvider(): Promise<HostileProvider> {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = { ...(await exportJWK(publicKey)), kid: "k1", use: "sig", alg: "RS256" };
  const codes = new Map<string, Kept>();
  const asked = new Map<string, number>();
  let lies: Lies = {};
  let issuer = "";

  const routes: Readonly<
    Record<string, (request: IncomingMessage, url: URL, response: ServerResponse) => unknown>
  > = {
    "/.well-known/openid-configuration": () => {
      const at = (path: string) => `${issuer}${path}`;
      const honest = {
        issuer,
        authorization_endpoint: at("/auth"),
        token_endpoint: at("/token"),
        userinfo_endpoint: at("/me"),
        jwks_uri: at("/jwks"),
        id_token_signing_alg_values_supported: ["RS256", "HS256", "none"],
        token_endpoint_auth_methods_supported: ["client_secret_post"],
        authorization_response_iss_parameter_supported: true,
      };
      return lies.metadata?.(honest) ?? honest;
    },
    "/jwks": () => ({ keys: [jwk] }),
    "/auth": (_request, url, response) => {
      const code = randomUUID();
      const parameter = (name: string) => url.searchParams.get(name) ?? "";
      codes.set(code, { nonce: parameter("nonce"), challenge: parameter("code_challenge") });
      const back = new URL(parameter("redirect_uri"));
      for (const [name, value] of [
        ["code", code],
        ["state", parameter("state")],
        ["iss", issuer],
      ] as const)
        back.searchParams.set(name, value);
      lies.back?.(back.searchParams);
      response.writeHead(302, { location: back.href }).end();
      return undefined;
    },
    "/token": async (request, _url, response) => {
      const form = new URLSearchParams(await bodyOf(request));
      const code = form.get("code") ?? "";
      const kept = codes.get(code);
      codes.delete(code);
      const proof = createHash("sha256")
        .update(form.get("code_verifier") ?? "")
        .digest("base64url");
      if (kept === undefined || proof !== kept.challenge) {
        response.writeHead(400, { "content-type": "application/json" }).end('{"error":"invalid_grant"}');
        return undefined;
      }
      const honest = { access_token: "an access token", token_type: "Bearer", id_token: await idToken(kept) };
      return lies.tokens?.(honest) ?? honest;
    },
    "/me": () => {
      const honest = { sub: "mallory", groups: ["platform"] };
      return lies.userinfo?.(honest) ?? honest;
    },
  };

  async function idToken({ nonce }: Kept): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const honest: Signed = {
      claims: {
        ...{ iss: issuer, aud: "anchorwatch", sub: "mallory", nonce, iat: now, exp: now + 300 },
        ...{ email: "mallory@example.com", email_verified: true },
      },
      header: { alg: "RS256", kid: "k1" },
      key: privateKey,
    };
    const said = lies.idToken?.(honest) ?? honest;
    if (typeof said === "string") return said;
    return await new SignJWT(said.claims).setProtectedHeader(said.header).sign(said.key);
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", issuer);
    asked.set(url.pathname, (asked.get(url.pathname) ?? 0) + 1);
    const instead = lies.instead?.[url.pathname];
    if (instead !== undefined) return instead(request, response);
    void Promise.resolve(routes[url.pathname]?.(request, url, response)).then((answer) => {
      if (response.headersSent) return;
      if (answer === undefined) response.writeHead(404).end();
      else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    asked,
    privateKey,
    publicKeyPem: String(publicKey.export({ type: "spki", format: "pem" })),
    lie: (told) => {
      lies = told;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request.setEncoding("utf8")) text += part;
  return text;
}

/** A token without signature, of any header. */
export function unsigned(claims: JWTPayload, header: Json): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part(header)}.${part(claims)}.`;
}
