/** Two members for one secret: the file that has it, or the variable of the environment. */
import { z } from "zod";

type SecretMembers<Name extends string> = {
  [Member in `${Name}File` | `${Name}Variable`]: z.ZodOptional<z.ZodString>;
};

/** @param what the rest of a sentence: `File with `, `Name of the variable of the server's environment with ` */
export function secretMembers<Name extends string>(name: Name, what: string): SecretMembers<Name> {
  return {
    [`${name}File`]: z
      .string()
      .min(1)
      .max(2000)
      .optional()
      .meta({ description: `File with ${what}. Relative to this file.` }),
    [`${name}Variable`]: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]{0,199}$/)
      .optional()
      .meta({ description: `Name of the variable of the server's environment with ${what}.` }),
  } as SecretMembers<Name>;
}
