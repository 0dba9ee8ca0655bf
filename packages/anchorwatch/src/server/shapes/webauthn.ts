/** What pages send and get of passkeys: the JSON forms of WebAuthn Level 3, section 5.1. Nothing of an answer is trusted. */
import { z } from "zod";
import { jsonObject } from "./wire.ts";

const bytes = z
  .string()
  .min(1)
  .max(20_000)
  .regex(/^[A-Za-z0-9_-]+=*$/, "base64url");

const credential = {
  id: bytes,
  rawId: bytes,
  type: z.literal("public-key"),
  authenticatorAttachment: z.enum(["cross-platform", "platform"]).nullish(),
  clientExtensionResults: z.looseObject({}),
};

export const registrationAnswer = z
  .object({
    ...credential,
    response: z.object({
      clientDataJSON: bytes,
      attestationObject: bytes,
      transports: z.array(z.string().max(50)).max(20).optional(),
    }),
  })
  .meta({ id: "RegistrationAnswer", description: "PublicKeyCredential.toJSON() of a new passkey." });

export const authenticationAnswer = z
  .object({
    ...credential,
    response: z.object({
      clientDataJSON: bytes,
      authenticatorData: bytes,
      signature: bytes,
      userHandle: bytes.nullish(),
    }),
  })
  .meta({
    id: "AuthenticationAnswer",
    description: "PublicKeyCredential.toJSON() of a passkey that signed.",
  });

export const creationOptions = z.object({
  options: jsonObject("For PublicKeyCredential.parseCreationOptionsFromJSON()."),
});
export const requestOptions = z.object({
  options: jsonObject("For PublicKeyCredential.parseRequestOptionsFromJSON()."),
});

/** What a person types as a label; shown as text. */
export const label = z.string().max(200).default("").meta({ description: "What the passkey is called." });
