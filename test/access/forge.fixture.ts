/**
 * A stand-in for what signs the tokens of pipelines at GitHub and GitLab: real keys over HTTP, and claims of the forms that both publish
 * ("OpenID Connect reference" of GitHub Actions, "OpenID Connect (OIDC) Authentication Using ID Tokens" of GitLab CI/CD).
 */
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, type JWTHeaderParameters, SignJWT } from "jose";

type Claims = Readonly<Record<string, unknown>>;

export interface Forge {
  readonly issuer: string;
  /** A token of a run, with claims that are changed; undefined takes one away. */
  token(claims: Claims, how?: How): Promise<string>;
  readonly publicKeyPem: string;
  readonly asked: ReadonlyMap<string, number>;
  /** Whether it answers. */
  isUp: boolean;
  close(): Promise<void>;
}

interface How {
  readonly header?: JWTHeaderParameters;
  readonly key?: Parameters<InstanceType<typeof SignJWT>["sign"]>[0];
}

export async function startForge(): Promise<Forge> {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = { ...(await exportJWK(publicKey)), kid: "k1", use: "sig", alg: "RS256" };
  const asked = new Map<string, number>();
  const server = createServer(({ url = "" }, response) => {
    asked.set(url, (asked.get(url) ?? 0) + 1);
    if (!forge.isUp) return void response.writeHead(503).end();
    const answer =
      url === "/.well-known/jwks"
        ? { keys: [jwk] }
        : { issuer: forge.issuer, jwks_uri: `${forge.issuer}/.well-known/jwks` };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const forge: Forge = {
    issuer,
    asked,
    isUp: true,
    publicKeyPem: String(publicKey.export({ type: "spki", format: "pem" })),
    token: async (claims, { header = { alg: "RS256", kid: "k1", typ: "JWT" }, key = privateKey } = {}) => {
      const now = Math.floor(Date.now() / 1000);
      const whole = { iss: issuer, jti: randomUUID(), iat: now, nbf: now - 5, exp: now + 300, ...claims };
      return await new SignJWT(whole).setProtectedHeader(header).sign(key);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return forge;
}

/** Of a push to the main branch of `example/infra`. */
export const GITHUB_RUN: Claims = {
  sub: "repo:example/infra:ref:refs/heads/main",
  aud: "https://anchorwatch.example.com",
  repository: "example/infra",
  repository_id: "74",
  repository_owner: "example",
  repository_owner_id: "65",
  repository_visibility: "private",
  ref: "refs/heads/main",
  ref_type: "branch",
  base_ref: "",
  head_ref: "",
  event_name: "push",
  workflow: "deploy",
  workflow_ref: "example/infra/.github/workflows/deploy.yml@refs/heads/main",
  job_workflow_ref: "example/infra/.github/workflows/deploy.yml@refs/heads/main",
  sha: "e4d909c290d0fb1ca068ffaddf22cbd0",
  actor: "ada",
  actor_id: "12",
  run_id: "30433642",
  run_number: "10",
  run_attempt: "2",
  runner_environment: "github-hosted",
};

/** Of a pipeline of the protected branch `main` of `group/sub/infra`, that deploys to a protected environment. */
export const GITLAB_JOB: Claims = {
  sub: "project_path:group/sub/infra:ref_type:branch:ref:main",
  aud: "https://anchorwatch.example.com",
  namespace_id: "72",
  namespace_path: "group/sub",
  project_id: "20",
  project_path: "group/sub/infra",
  user_id: "1",
  user_login: "ada",
  user_email: "ada@example.com",
  pipeline_id: "574",
  pipeline_source: "push",
  job_id: "302",
  ref: "main",
  ref_type: "branch",
  ref_path: "refs/heads/main",
  ref_protected: "true",
  environment: "production",
  environment_protected: "true",
  deployment_tier: "production",
  runner_id: 1,
  runner_environment: "self-hosted",
  sha: "714a629c0b401fdce83e847fc9589983fc6f46bc",
};
