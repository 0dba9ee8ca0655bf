import { z } from "zod";

/** @see https://www.rfc-editor.org/rfc/rfc9457 */
export const problemShape = z
  .object({
    type: z.string().meta({ description: "Address of the code's meaning, relative to the server." }),
    title: z.string().meta({ description: "What the code means." }),
    status: z.int(),
    detail: z.string().meta({ description: "What is wrong this time." }),
    code: z.string().meta({ description: "Stable; docs/errors.md has them all." }),
    hint: z.string().optional().meta({ description: "What to do about it." }),
    requestId: z.string().meta({ description: "Finds the request in the server's log." }),
    problems: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: "Each member of the request that is wrong." }),
  })
  .meta({ id: "Problem", description: "What went wrong (RFC 9457)." });

export type Problem = z.infer<typeof problemShape>;
