/** A program asks to be let in, and somebody at a browser confirms it: RFC 8628's way, in our words. */
import { z } from "zod";
import {
  type AskingDevice,
  answerDevice,
  INTERVAL_MS,
  lookAtDevice,
  noSuchDevice,
  redeemDevice,
  startDevice,
} from "../../app/access/devices.ts";
import { asPerson } from "../../app/access/person.ts";
import { shownUserCode } from "../../auth/device/userCode.ts";
import type { Api } from "../api.ts";
import type { ServerDependencies } from "../dependencies.ts";
import { presentToken, tokenShape } from "../shapes/person.ts";
import { count, schemaName, time, timeOf } from "../shapes/wire.ts";
import { problemAnswers } from "./problemAnswers.ts";

type Dependencies = Pick<ServerDependencies, "accounts" | "place">;

const askingShape = z
  .object({
    schema: schemaName("asking-device"),
    name: z.string().meta({ description: "What the program says that it is; nobody has proven it." }),
    address: z.string(),
    at: time,
  })
  .meta({ id: "AskingDevice" });

const userCode = z.string().min(1).max(50).meta({ description: "As the program shows it: BCDF-GHJK." });

export function addDeviceRoutes(api: Api, dependencies: Dependencies): void {
  addProgramsSide(api, dependencies);
  addPersonsSide(api, dependencies);
}

function addProgramsSide(api: Api, { accounts, place }: Dependencies): void {
  api.post(
    "/device",
    {
      config: { access: "public" },
      schema: {
        summary: "A program asks to be let in",
        tags: ["device"],
        body: z.strictObject({
          name: z
            .string()
            .max(200)
            .default("")
            .meta({ description: "Shown to who confirms: the machine's name." }),
        }),
        response: {
          200: z.object({
            schema: schemaName("device-login"),
            deviceCode: z.string().meta({ description: "The program's secret." }),
            userCode: z.string().meta({ description: "For a person to type." }),
            verificationUri: z.string(),
            verificationUriComplete: z.string().meta({ description: "With the code in it." }),
            interval: count.meta({ description: "Seconds from one question to the next." }),
            expiresIn: count.meta({ description: "Seconds." }),
          }),
          ...problemAnswers,
        },
      },
    },
    async ({ body, requester }) => {
      const started = await startDevice(accounts, body, requester);
      const code = shownUserCode(started.userCode);
      return {
        schema: "anchorwatch.device-login/v1" as const,
        deviceCode: started.deviceCode,
        userCode: code,
        verificationUri: `${place.url}/device`,
        verificationUriComplete: `${place.url}/device#${code}`,
        interval: INTERVAL_MS / 1000,
        expiresIn: started.expiresInMs / 1000,
      };
    },
  );

  api.post(
    "/device/token",
    {
      config: { access: "public" },
      schema: {
        summary: "The program asks whether it is let in",
        description: "Once it is, the token comes once.",
        tags: ["device"],
        body: z.strictObject({ deviceCode: z.string().min(1).max(200) }),
        response: {
          200: z.object({
            schema: schemaName("device-token"),
            status: z.enum(["pending", "slow_down", "denied", "expired", "allowed"]),
            token: tokenShape.optional(),
            secret: z.string().optional(),
          }),
          ...problemAnswers,
        },
      },
    },
    async ({ body, requester }) => {
      const outcome = await redeemDevice(accounts, body.deviceCode, requester);
      const schema = "anchorwatch.device-token/v1" as const;
      if (outcome.kind !== "allowed") return { schema, status: outcome.kind };
      const { token, secret } = outcome.made;
      return { schema, status: outcome.kind, token: presentToken(token), secret };
    },
  );
}

function addPersonsSide(api: Api, { accounts }: Dependencies): void {
  api.post(
    "/device/look",
    {
      config: { access: "signed-in" },
      schema: {
        summary: "Which program asks with a code",
        tags: ["device"],
        body: z.strictObject({ userCode }),
        response: { 200: askingShape, ...problemAnswers },
      },
    },
    async ({ access, body }) => {
      const device = await lookAtDevice(accounts, asPerson(access), body.userCode);
      if (device === undefined) throw noSuchDevice(body.userCode);
      return presentDevice(device);
    },
  );

  api.post(
    "/device/answer",
    {
      config: { access: "signed-in" },
      schema: {
        summary: "Lets the program in, or not",
        description: "Letting it in takes a proof within ten minutes (`proof_needed`); refusing it does not.",
        tags: ["device"],
        body: z.strictObject({ userCode, answer: z.enum(["allow", "deny"]) }),
        response: { 200: askingShape, ...problemAnswers },
      },
    },
    async ({ access, body }) => {
      const device = await answerDevice(accounts, asPerson(access), body.userCode, body.answer);
      if (device === undefined) throw noSuchDevice(body.userCode);
      return presentDevice(device);
    },
  );
}

function presentDevice({ name, address, at }: AskingDevice): z.infer<typeof askingShape> {
  return { schema: "anchorwatch.asking-device/v1", name, address, at: timeOf(at) };
}
