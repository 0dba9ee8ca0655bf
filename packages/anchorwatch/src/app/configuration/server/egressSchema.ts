/** The form of the section `egress` of `anchorwatch.server.yaml`. Descriptions are for people. */
import { z } from "zod";

export const egress = z
  .strictObject({
    allow: z.array(z.string().min(1).max(300)).max(1000).optional().meta({
      description:
        "HOST or HOST:PORT that may be on a private network, networks such as 10.20.0.0/16, and http://HOST:PORT where there is no TLS. Default: hosts of the Internet, on https, alone.",
    }),
  })
  .meta({
    description: "What may be reached of addresses that people give: channels, webhooks of playbooks.",
  });
