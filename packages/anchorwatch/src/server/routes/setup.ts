/** The first way in: of the first administrator, and of whoever was invited. */
import { z } from "zod";
import {
  describeSetup,
  setUpWithPasskey,
  setUpWithPassword,
  setupPasskeyOptions,
} from "../../app/access/settingUp.ts";
import { cookiesOf, setSignedIn } from "../access/browserCookies.ts";
import { partyOf, registrationOf } from "../access/party.ts";
import type { Api } from "../api.ts";
import type { ServerDependencies } from "../dependencies.ts";
import { creationOptions, label, registrationAnswer } from "../shapes/webauthn.ts";
import { schemaName } from "../shapes/wire.ts";
import { problemAnswers } from "./problemAnswers.ts";
import { presentSignedIn, signedInAnswers } from "./session.ts";

const secret = z.string().min(1).max(200).meta({ description: "What stands behind # in the link." });
const person = z.object({
  login: z
    .string()
    .max(300)
    .default("")
    .meta({ description: "To sign in with; of who was invited it is given." }),
  name: z.string().max(300).default("").meta({ description: "For people." }),
});

const setupShape = z
  .object({
    schema: schemaName("setup"),
    kind: z.enum(["first_run", "invitation"]),
    login: z.string().optional(),
    name: z.string().optional(),
    passwords: z.boolean().meta({ description: "Whether a password may be chosen; a passkey always." }),
  })
  .meta({ id: "Setup" });

export function addSetupRoutes(
  api: Api,
  { accounts, place }: Pick<ServerDependencies, "accounts" | "place">,
): void {
  api.post(
    "/setup",
    {
      config: { access: "public" },
      schema: {
        summary: "What a link of the first run, or of an invitation, is for",
        tags: ["setup"],
        body: z.strictObject({ secret }),
        response: { 200: setupShape, ...problemAnswers },
      },
    },
    async ({ body, requester }) => ({
      schema: "anchorwatch.setup/v1" as const,
      ...(await describeSetup(accounts, body.secret, requester)),
    }),
  );

  api.post(
    "/setup/password",
    {
      config: { access: "public" },
      schema: {
        summary: "Chooses a password, and signs in",
        tags: ["setup"],
        body: z.strictObject({ secret, person, password: z.string().min(1).max(1000) }),
        response: signedInAnswers,
      },
    },
    async (request, reply) => {
      const { password, ...wanted } = request.body;
      const cookies = cookiesOf(request, place);
      const signedIn = await setUpWithPassword(accounts, wanted, password, request.requester, cookies);
      setSignedIn(reply, place, signedIn);
      return presentSignedIn(signedIn);
    },
  );

  api.post(
    "/setup/passkey/options",
    {
      config: { access: "public" },
      schema: {
        summary: "What a passkey is to be made with",
        tags: ["setup"],
        body: z.strictObject({ secret, person }),
        response: { 200: creationOptions, ...problemAnswers },
      },
    },
    async (request) => ({
      options: await setupPasskeyOptions(accounts, request.body, partyOf(request, place), request.requester),
    }),
  );

  api.post(
    "/setup/passkey",
    {
      config: { access: "public" },
      schema: {
        summary: "Registers a passkey, and signs in",
        tags: ["setup"],
        body: z.strictObject({ secret, person, label, answer: registrationAnswer }),
        response: signedInAnswers,
      },
    },
    async (request, reply) => {
      const { answer, label: name, ...wanted } = request.body;
      const made = { response: registrationOf(answer), label: name };
      const [party, cookies] = [partyOf(request, place), cookiesOf(request, place)];
      const signedIn = await setUpWithPasskey(accounts, wanted, made, party, request.requester, cookies);
      setSignedIn(reply, place, signedIn);
      return presentSignedIn(signedIn);
    },
  );
}
