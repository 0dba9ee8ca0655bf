/** Who asks, and what for: every route says what it needs, and nothing of it runs before that is proven. */
import { isIP } from "node:net";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { KnownRequester, Requester } from "../../app/access/requester.ts";
import { ACTIONS, type Action, type InstallationAction, type LabelledAction } from "../../auth/action.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import type { LabelSetKey, Labels } from "../../domain/labels.ts";
import type { Api } from "../api.ts";
import { SAFE_METHODS } from "../guard/guardRequest.ts";
import { withoutUndefined } from "../withoutUndefined.ts";
import type { Access } from "./access.ts";
import { sessionCookie } from "./cookies.ts";
import type { Place } from "./place.ts";

/** `public`: anybody. `signed-in`: whoever it is, about himself. Else the action that is asked for. */
export type RouteAccess = "public" | "signed-in" | Action;

declare module "fastify" {
  interface FastifyContextConfig {
    /** What whoever asks must be allowed. Every route has to say it. */
    access?: RouteAccess;
  }
  interface FastifyRequest {
    /** Of routes that are not public. */
    access: RequestAccess;
    /** Of every route. */
    requester: Requester;
  }
}

export interface RequestAccess extends KnownRequester {
  /**
   * What may be shown: the sets of labels of which he may do this route's action, or of a route that changes something, at least see it.
   * Empty where the route's action is of the installation.
   */
  readonly visible: readonly LabelSetKey[];
  /** The same of another action than the route's. */
  visibleOf(action: LabelledAction): Promise<readonly LabelSetKey[]>;
  /** Whether nothing of that kind is hidden from him: stacks, or accounts. */
  seesAll(): Promise<boolean>;
  /**
   * For routes that change something that has labels, when it is there and may be seen.
   * @throws AnchorwatchError `access_denied`, told to the ledger
   */
  assertMay(labelSet: LabelSetKey, target: string): Promise<void>;
  /** The same for what is to have these labels, and for another action beside the route's own. */
  assertMayWith(labels: Labels, target: string): Promise<void>;
  assertAlso(action: InstallationAction, target: string): Promise<void>;
}

export interface AccessOptions {
  readonly access: Access;
  readonly place: Place;
}

/** For all routes that are added after it. */
export function guardRoutes(api: Api, options: AccessOptions): void {
  api.decorateRequest("access");
  api.decorateRequest("requester");
  api.addHook("onRoute", ({ method, url, config }) => {
    if (config?.access !== undefined || method === "OPTIONS") return;
    throw new AnchorwatchError("internal", `the route ${String(method)} ${url} does not say who may ask`);
  });
  api.addHook("onRequest", async (request, reply) => {
    request.requester = requesterOf(request);
    const needed = request.routeOptions.config.access;
    // What is not there is not there for anybody.
    if (needed === undefined || needed === "public") return;
    request.access = await accessOf(request, reply, needed, options);
  });
}

function requesterOf({ ip, headers, id, socket }: FastifyRequest): Requester {
  // What a trusted proxy forwards as an address may be what somebody made up: it counts attempts, and stands in the ledger.
  const address = isIP(ip) === 0 ? (socket.remoteAddress ?? "") : ip;
  return { address, userAgent: (headers["user-agent"] ?? "").slice(0, 300), requestId: id };
}

async function accessOf(
  request: FastifyRequest,
  reply: FastifyReply,
  needed: Exclude<RouteAccess, "public">,
  { access, place }: AccessOptions,
): Promise<RequestAccess> {
  const requester = await known(request, reply, { access, place });
  const { method } = request;
  if (SAFE_METHODS.includes(method)) await access.reads(requester, `${method} ${request.url}`);
  const assertAlso = async (action: InstallationAction, target: string) => {
    if (await access.allows(requester.principal, action)) return;
    await access.refused(requester, action, target);
    throw denied(action);
  };
  const visibleOf = (action: LabelledAction) => access.visible(requester.principal, action);
  if (needed !== "signed-in" && isLabelled(needed)) {
    return { ...requester, ...(await labelledAccess(requester, needed, access)), visibleOf, assertAlso };
  }
  if (needed !== "signed-in") await assertAlso(needed, `${method} ${pathOf(request)}`);
  const labelled = { seesAll: neverAsked, assertMay: neverAsked, assertMayWith: neverAsked };
  return { ...requester, visible: [], ...labelled, visibleOf, assertAlso };
}

async function labelledAccess(
  requester: KnownRequester,
  needed: LabelledAction,
  access: Access,
): Promise<Pick<RequestAccess, "visible" | "seesAll" | "assertMay" | "assertMayWith">> {
  const { principal } = requester;
  const view = VIEWS[ACTIONS[needed].on];
  const visible = await access.visible(principal, view);
  const assert = async (allowed: boolean, target: string) => {
    if (allowed) return;
    await access.refused(requester, needed, target);
    throw denied(needed);
  };
  return {
    visible,
    seesAll: () => access.everywhere(principal, view),
    assertMay: async (labelSet, target) => {
      const allowed = needed === view ? visible : await access.visible(principal, needed);
      await assert(allowed.includes(labelSet), target);
    },
    assertMayWith: async (labels, target) =>
      await assert(await access.mayWith(principal, needed, labels), target),
  };
}

const VIEWS = { stack: "stack.view", account: "account.view" } as const;

function isLabelled(action: Action): action is LabelledAction {
  return ACTIONS[action].on !== "installation";
}

/** @throws AnchorwatchError `sign_in_required`, `request_origin_refused` */
async function known(
  request: FastifyRequest,
  reply: FastifyReply,
  { access, place }: AccessOptions,
): Promise<KnownRequester> {
  const { name, options } = sessionCookie(place.isSecure);
  const bearer = bearerOf(request.headers.authorization);
  const cookie = bearer === undefined ? request.cookies[name] : undefined;
  if (cookie !== undefined) assertOwnPage(request);
  const credentials = withoutUndefined({ bearer, cookie });
  const found = await access.authenticate(credentials, request.requester);
  if (found === undefined) {
    if (cookie !== undefined) reply.clearCookie(name, options);
    throw signInRequired();
  }
  if (found.newCookie !== undefined) {
    const { secret, endsAt: expires } = found.newCookie;
    // As a header at once: streams, and files of the ledger, answer beside the hooks in which other cookies are set.
    reply.header("set-cookie", request.server.serializeCookie(name, secret, { ...options, expires }));
  }
  return { ...request.requester, principal: found.principal };
}

/** RFC 6750, section 2.1. What is no bearer token is no other credential either. */
function bearerOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  return /^Bearer +([A-Za-z0-9._~+/-]{1,4096}=*) *$/i.exec(header)?.[1] ?? "";
}

/**
 * Browsers send a cookie whoever makes them ask. The guard has refused what names another page; what names none may change nothing with
 * a cookie: all browsers of today name it.
 */
function assertOwnPage({ method, headers }: FastifyRequest): void {
  if (SAFE_METHODS.includes(method)) return;
  if (headers.origin !== undefined || headers["sec-fetch-site"] === "same-origin") return;
  throw new AnchorwatchError("request_origin_refused", "the request does not say which page it comes from", {
    hint: "Programs use a token: Authorization: Bearer TOKEN.",
  });
}

function signInRequired(): AnchorwatchError {
  return new AnchorwatchError("sign_in_required", "nobody is signed in, or not any more", {
    hint: "Sign in, or send a token that is valid: Authorization: Bearer TOKEN.",
  });
}

function denied(action: Action): AnchorwatchError {
  return new AnchorwatchError("access_denied", `none of your roles lets you ${ACTIONS[action].means}`, {
    hint: "Ask an administrator; anchorwatch access explain tells what would be needed.",
  });
}

function pathOf({ url }: FastifyRequest): string {
  return url.split("?", 1)[0] ?? "";
}

async function neverAsked(): Promise<never> {
  throw new AnchorwatchError("internal", "a route that has no labels asked about labels");
}
