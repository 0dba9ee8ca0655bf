/** Forms that many sections of the operator's file use. */
import { z } from "zod";
import { DAYS_PATTERN } from "../duration.ts";

export const text = z.string().min(1).max(2000);
export const path = (description: string) =>
  text.meta({ description: `${description} Relative to this file.` });

/** Such as 30d. */
export const days = (description: string) => z.string().regex(DAYS_PATTERN).meta({ description });

/** As AWS has them. */
export const externalId = z
  .string()
  .regex(/^[A-Za-z0-9_+=,.@:/-]{2,1224}$/)
  .meta({ description: "The external id that the role's trust policy asks for." });

export const aws = z
  .strictObject({
    region: text.optional().meta({ description: "Region, when it is not the one of the environment." }),
    profile: text.optional().meta({ description: "Profile in the shared files of AWS's tools." }),
    role: z
      .string()
      .regex(/^arn:[a-z-]+:iam::[0-9]{12}:role\/[!-)+-~]+$/)
      .optional()
      .meta({ description: "ARN of a role that is assumed first." }),
    externalId: externalId.optional(),
    endpoint: text.optional().meta({ description: "Address of another store that speaks S3's interface." }),
  })
  .meta({ description: "How AWS is reached, where that is not what the environment says." });
