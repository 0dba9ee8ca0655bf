/**
 * Who made a call: `userIdentity`, in the shapes that CloudTrail has for it.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
import type { Actor } from "../../domain/actor.ts";
import { readChannel } from "./channel.ts";
import { type Members, member, membersOf, present, textOf } from "./members.ts";

export function readActor(record: Members): Actor {
  const identity = membersOf(member(record, "userIdentity"));
  const session = membersOf(member(identity, "sessionContext"));
  const issuer = membersOf(member(session, "sessionIssuer"));
  const sourceAddress = textOf(record, "sourceIPAddress", 256);
  const userAgent = textOf(record, "userAgent", 1024);
  const optional = {
    sessionIssuer: textOf(issuer, "arn"),
    sessionName: sessionNameOf(identity),
    sourceIdentity: textOf(session, "sourceIdentity", 256),
    federated: federatedOf(identity, session, issuer),
    account: textOf(identity, "accountId", 64),
    sourceAddress,
    userAgent,
  };
  return {
    principal: principalOf(identity),
    kind: kindOf(identity),
    channel: readChannel({ identity, userAgent, sourceAddress, fromConsole: fromConsole(record) }),
    ...present(optional),
  };
}

function principalOf(identity: Members): string {
  const named = textOf(identity, "arn");
  if (named !== undefined) return named;
  const service = textOf(identity, "invokedBy");
  if (textOf(identity, "type") === "AWSService" && service !== undefined) return service;
  if (textOf(identity, "type") === "AWSAccount")
    return textOf(identity, "accountId") ?? textOf(identity, "principalId") ?? "unknown";
  const onBehalf = textOf(membersOf(member(identity, "onBehalfOf")), "userId");
  return (
    textOf(identity, "principalId") ??
    onBehalf ??
    textOf(identity, "userName") ??
    service ??
    textOf(identity, "accountId") ??
    "unknown"
  );
}

const KINDS: ReadonlyMap<string, Actor["kind"]> = new Map([
  ["Root", "root"],
  ["IAMUser", "user"],
  ["Directory", "user"],
  ["AssumedRole", "role"],
  ["Role", "role"],
  ["FederatedUser", "federated"],
  ["SAMLUser", "federated"],
  ["WebIdentityUser", "federated"],
  ["IdentityCenterUser", "federated"],
  ["AWSAccount", "account"],
  ["AWSService", "service"],
]);

function kindOf(identity: Members): Actor["kind"] {
  return KINDS.get(textOf(identity, "type") ?? "") ?? "unknown";
}

/** `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`, `arn:aws:sts::ACCOUNT:federated-user/SESSION`, or `ID:SESSION`. */
function sessionNameOf(identity: Members): string | undefined {
  const arn = textOf(identity, "arn") ?? "";
  const [, name] = /^arn:[^:]*:sts::[^:]*:(?:assumed-role\/[^/]+|federated-user)\/(.+)$/s.exec(arn) ?? [];
  if (name !== undefined || textOf(identity, "type") !== "AssumedRole") return name;
  const principal = textOf(identity, "principalId") ?? "";
  return principal.includes(":") ? principal.slice(principal.indexOf(":") + 1) || undefined : undefined;
}

/** Roles that IAM Identity Center makes for its permission sets; the session is named after its user. */
const IDENTITY_CENTER_ROLE = /^AWSReservedSSO_.+_[0-9a-f]{16}$/;

function federatedOf(identity: Members, session: Members, issuer: Members): Actor["federated"] {
  const web = membersOf(member(session, "webIdFederationData"));
  const provider = textOf(web, "federatedProvider") ?? textOf(identity, "identityProvider");
  if (provider !== undefined)
    return { provider, ...present({ subject: webSubject(web) ?? vouchedSubject(identity) }) };
  const onBehalf = membersOf(member(identity, "onBehalfOf"));
  const store = textOf(onBehalf, "identityStoreArn");
  if (store !== undefined) {
    return {
      provider: store,
      ...present({ subject: textOf(onBehalf, "userId") ?? sessionNameOf(identity) }),
    };
  }
  if (!IDENTITY_CENTER_ROLE.test(textOf(issuer, "userName") ?? "")) return undefined;
  return { provider: "sso.amazonaws.com", ...present({ subject: sessionNameOf(identity) }) };
}

/** `{"token.actions.githubusercontent.com:sub": "repo:…"}` */
function webSubject(web: Members): string | undefined {
  const attributes = membersOf(member(web, "attributes"));
  const name = Object.keys(attributes).find((key) => key === "sub" || key.endsWith(":sub"));
  return name === undefined ? undefined : textOf(attributes, name);
}

/** Of `AssumeRoleWithSAML` and `AssumeRoleWithWebIdentity`: `QUALIFIER:SUBJECT`, `PROVIDER:AUDIENCE:SUBJECT`. */
function vouchedSubject(identity: Members): string | undefined {
  const type = textOf(identity, "type");
  if (type !== "SAMLUser" && type !== "WebIdentityUser") return undefined;
  return textOf(identity, "userName") ?? textOf(identity, "principalId");
}

function fromConsole(record: Members): boolean {
  const said = member(record, "sessionCredentialFromConsole");
  return said === true || said === "true";
}
