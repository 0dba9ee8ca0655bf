/** Forms that many sections of the operator's file use. */
import { z } from "zod";
import { DAYS_PATTERN } from "../duration.ts";

export const text = z.string().min(1).max(2000);
export const path = (description: string) =>
  text.meta({ description: `${description} Relative to this file.` });

/** Such as 30d. */
export const days = (description: string) => z.string().regex(DAYS_PATTERN).meta({ description });

export const aws = z
  .strictObject({
    region: text.optional().meta({ description: "Region, when it is not the one of the environment." }),
    profile: text.optional().meta({ description: "Profile in the shared files of AWS's tools." }),
    endpoint: text.optional().meta({ description: "Address of another store that speaks S3's interface." }),
  })
  .meta({ description: "How AWS is reached, where that is not what the environment says." });
