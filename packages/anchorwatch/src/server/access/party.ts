import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";
import type { FastifyRequest } from "fastify";
import type { z } from "zod";
import type { RelyingParty } from "../../auth/passkey/relyingParty.ts";
import type { authenticationAnswer, registrationAnswer } from "../shapes/webauthn.ts";
import type { Place } from "./place.ts";

/** For whom passkeys are. On this machine alone: the port that was asked for, since it may be forwarded; the guard has seen that it is us. */
export function partyOf({ headers }: Pick<FastifyRequest, "headers">, place: Place): RelyingParty {
  if (place.isLocal) return { id: "localhost", origin: `${place.scheme}://${headers.host ?? ""}` };
  return { id: new URL(place.url).hostname, origin: place.url };
}

/** As the library knows them, which says null nowhere. */
export function registrationOf(answer: z.infer<typeof registrationAnswer>): RegistrationResponseJSON {
  const { authenticatorAttachment: _, ...rest } = answer;
  return rest as unknown as RegistrationResponseJSON;
}

export function authenticationOf(answer: z.infer<typeof authenticationAnswer>): AuthenticationResponseJSON {
  const { authenticatorAttachment: _, response, ...rest } = answer;
  const { userHandle, ...others } = response;
  return {
    ...rest,
    response: { ...others, ...(userHandle == null ? {} : { userHandle }) },
  } as unknown as AuthenticationResponseJSON;
}
