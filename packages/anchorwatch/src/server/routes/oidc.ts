/** Signing in at an identity provider. Browsers come here by links and redirects, so people get a page where something is wrong. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { SignInElsewhere } from "../../app/access/signInElsewhere.ts";
import { TooOftenError } from "../../auth/attempts/tooOften.ts";
import { AnchorwatchError } from "../../domain/errors.ts";
import { ceremonyCookie, deviceCookie, sessionCookie } from "../access/cookies.ts";
import type { Place } from "../access/place.ts";
import type { Api } from "../api.ts";
import { sendProblemPage, wantsPage } from "../pages/problemPage.ts";
import { problemOf } from "../problems/problemOf.ts";
import { schemaName } from "../shapes/wire.ts";
import { problemAnswers } from "./problemAnswers.ts";

export interface OidcRoutesOptions {
  readonly elsewhere: SignInElsewhere;
  readonly place: Place;
  readonly now: () => Date;
}

const providersShape = z.object({
  schema: schemaName("identity-providers"),
  providers: z.array(
    z.object({
      name: z.string(),
      title: z.string().meta({ description: "For the button." }),
      start: z
        .string()
        .meta({ description: "Where the browser is to go. ?returnTo=/PATH says where it goes afterwards." }),
    }),
  ),
});

/** Of routes that browsers are sent to. */
const pageAnswers = Object.fromEntries(
  Object.entries(problemAnswers).map(([status, { description, content }]) => [
    status,
    {
      description,
      content: { ...content, "text/html": { schema: z.string().meta({ description: "For people." }) } },
    },
  ]),
);

const params = z.object({ provider: z.string().min(1).max(63) });

export function addOidcRoutes(api: Api, options: OidcRoutesOptions): void {
  const { elsewhere } = options;
  api.get(
    "/session/oidc",
    {
      config: { access: "public" },
      schema: {
        summary: "Identity providers that people can sign in with",
        tags: ["session"],
        response: { 200: providersShape, ...problemAnswers },
      },
    },
    async () => ({
      schema: "anchorwatch.identity-providers/v1" as const,
      providers: elsewhere
        .providers()
        .map(({ name, title }) => ({ name, title, start: pathOf(name, "start") })),
    }),
  );
  addStartRoute(api, options);
  addCallbackRoute(api, options);
}

function addStartRoute(api: Api, { elsewhere, place }: OidcRoutesOptions): void {
  api.get(
    "/session/oidc/:provider/start",
    {
      config: { access: "public" },
      schema: {
        summary: "Sends a browser to an identity provider",
        tags: ["session"],
        params,
        querystring: z.object({ returnTo: z.string().max(1000).optional() }),
        response: { 302: z.null().meta({ description: "To the identity provider." }), ...pageAnswers },
      },
    },
    async (request, reply) => {
      const { provider } = request.params;
      const cookie = ceremonyCookie(place.isSecure);
      try {
        const what = {
          provider,
          redirectUri: redirectUriOf(provider, place),
          returnTo: request.query.returnTo,
          browser: request.cookies[cookie.name],
        };
        const { url, browser, expiresAt } = await elsewhere.begin(what, request.requester);
        reply.setCookie(cookie.name, browser, { ...cookie.options, expires: expiresAt });
        return reply.redirect(url, 302);
      } catch (error) {
        return refuse(error, request, reply);
      }
    },
  );
}

function addCallbackRoute(api: Api, { elsewhere, place, now }: OidcRoutesOptions): void {
  api.get(
    "/session/oidc/:provider/callback",
    {
      config: { access: "public" },
      schema: {
        summary: "Where an identity provider sends a browser back to",
        description: "What it says is in the query (RFC 6749, section 4.1.2; RFC 9207).",
        tags: ["session"],
        // What a provider adds to its answer (OpenID Connect Core 1.0, section 3.1.2.5) is its business.
        querystring: z.looseObject({}),
        params,
        response: {
          303: z.null().meta({ description: "Signed in, to where the person wanted to go." }),
          ...pageAnswers,
        },
      },
    },
    async (request, reply) => {
      const { provider } = request.params;
      const { isSecure } = place;
      const [session, ceremony, device] = [
        sessionCookie(isSecure),
        ceremonyCookie(isSecure),
        deviceCookie(isSecure),
      ];
      const answer = new URL(redirectUriOf(provider, place));
      answer.search = /\?.*$/s.exec(request.url)?.[0] ?? "";
      try {
        const finished = await elsewhere.finish(
          {
            provider,
            answer,
            browser: request.cookies[ceremony.name],
            session: request.cookies[session.name],
          },
          request.requester,
        );
        reply.setCookie(session.name, finished.secret, {
          ...session.options,
          expires: finished.session.endsAt,
        });
        const deviceUntil = new Date(now().getTime() + DEVICE_MS);
        reply.setCookie(device.name, finished.knownBrowser, { ...device.options, expires: deviceUntil });
        return reply.redirect(finished.returnTo, 303);
      } catch (error) {
        return refuse(error, request, reply);
      }
    },
  );
}

/** Browsers keep no cookie longer. */
const DEVICE_MS = 400 * 86_400_000;

function pathOf(provider: string, step: "start" | "callback"): string {
  return `/api/v1/session/oidc/${encodeURIComponent(provider)}/${step}`;
}

function redirectUriOf(provider: string, place: Place): string {
  return `${place.url}${pathOf(provider, "callback")}`;
}

/** Whoever can read a page gets one; programs get the problem. */
function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply) {
  if (!wantsPage(request) || !(error instanceof AnchorwatchError) || error.code === "internal") throw error;
  const problem = problemOf(error, request.id);
  if (error instanceof TooOftenError) reply.header("retry-after", Math.ceil(error.retryAfterMs / 1000));
  if (problem.status >= 500) request.log.error({ err: error }, "a sign-in failed");
  else request.log.info({ code: problem.code, detail: problem.detail }, "a sign-in was refused");
  return sendProblemPage(reply, NOT_SIGNED_IN, problem);
}

const NOT_SIGNED_IN = {
  title: "Not signed in",
  heading: "You are not signed in",
  link: { path: "/sign-in", text: "Back to signing in" },
};
