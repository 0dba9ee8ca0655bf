/** The API's own description, made from the schemas of its routes. */
import type { FastifyDynamicSwaggerOptions } from "@fastify/swagger";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import { withReferencedSchemas } from "./referencedSchemas.ts";

export const describedApi: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: "3.1.0",
    info: {
      title: "Anchorwatch",
      version: "v1",
      description:
        "What is watched, what drifted and who did it. On loopback only, until there is sign-in. Members are added within v1, never changed in meaning; what is absent is a missing member.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "http://localhost:7478" }],
  },
  transform: jsonSchemaTransform,
  transformObject: (document) => withReferencedSchemas(jsonSchemaTransformObject(document)),
};
