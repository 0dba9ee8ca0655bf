/** The form of those sections of `anchorwatch.server.yaml` that the watch is made of. Descriptions are for people. */
import { z } from "zod";
import { LABEL_NAME } from "../../../domain/labels.ts";
import { DURATION_PATTERN } from "../duration.ts";
import { SIZE_PATTERN } from "../size.ts";
import { aws, days, externalId, path, text } from "./words.ts";

/** Stands in addresses: `POST /api/v1/events/NAME`. */
export const SOURCE_NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
export const VARIABLE_PATTERN = /^[A-Za-z_][A-Za-z0-9_]{0,199}$/;
/** Of lock files: `h1:` and base64 of 32 bytes, `zh:` and 64 hexadecimal digits. */
export const HASH_PATTERN = /^(?:h1:[A-Za-z0-9+/]{43}=|zh:[0-9a-f]{64})$/;
export const PROVIDER_PATTERN = /^(?:[a-z0-9.-]+(?::[0-9]+)?\/)?[a-z0-9][a-z0-9_-]*\/[a-z0-9][a-z0-9_-]*$/;
const ARGUMENT_PATTERN = /^[A-Za-z_][A-Za-z0-9_-]*$/;

const duration = (description: string) => z.string().regex(DURATION_PATTERN).meta({ description });
const variable = z.string().regex(VARIABLE_PATTERN);

export const database = z
  .strictObject({
    folder: path(
      "Folder of the embedded PostgreSQL, which is used where the environment has no DATABASE_URL. Default: in this user's folder for the state of programs.",
    ).optional(),
    keep: z
      .strictObject({
        candidates: days(
          "Events that touched nothing that a stack knows. At least 15d. Default: 30d.",
        ).optional(),
        events: days("Events that touched something. At least 15d. Default: 400d.").optional(),
        checks: days(
          "What checks found, runs of playbooks, and alerts that are over. Default: 400d.",
        ).optional(),
      })
      .optional()
      .meta({
        description:
          "How long records are kept that would grow without end. Drifts are kept for ever, with their actors and their history.",
      }),
  })
  .meta({ description: "Where the watch keeps its records." });

export const server = z
  .strictObject({
    port: z
      .int()
      .min(0)
      .max(65_535)
      .optional()
      .meta({ description: "Port to listen on. 0: any that is free. Default: 7478." }),
    publicUrl: text.optional().meta({
      description:
        "Origin that people type, https://HOST; http for http://localhost alone. Default: this machine alone, at http://localhost:PORT.",
    }),
    host: text.optional().meta({
      description: "Address to listen on, such as 0.0.0.0. Off loopback it needs tls. Default: 127.0.0.1.",
    }),
    trustedProxies: z.array(text).max(100).optional().meta({
      description:
        "Addresses and networks (10.0.0.0/8) of proxies, whose X-Forwarded-For counts. Default: none.",
    }),
    tls: z
      .strictObject({
        certFile: path("PEM file with the certificate and those between it and the root."),
        keyFile: path("PEM file with its private key, which only this user may read."),
      })
      .optional()
      .meta({ description: "What the server speaks TLS with." }),
  })
  .meta({ description: "The HTTP server of anchorwatch serve." });

const read = z
  .strictObject({
    role: text.optional().meta({ description: "ARN of the role to read with." }),
    externalId: externalId.optional(),
    profile: text
      .optional()
      .meta({ description: "Profile in the shared files of AWS's tools to read with." }),
    environment: z
      .array(variable)
      .max(100)
      .optional()
      .meta({ description: "Names of variables of the server's environment that the providers get." }),
    providers: z
      .record(z.string().regex(PROVIDER_PATTERN), z.record(z.string().regex(ARGUMENT_PATTERN), z.unknown()))
      .optional()
      .meta({
        description:
          "Repositories only: arguments of every block of a provider, by its source, such as the endpoints of a private cloud. They stand in for what the code says, which may choose no addresses. No secrets: name variables of the environment for these.",
      }),
    stateFolders: z
      .array(path("A folder of this machine."))
      .max(100)
      .optional()
      .meta({ description: "Repositories only: folders outside of the clone that may hold states." }),
  })
  .meta({ description: "What the stacks are read with. Nothing in a repository can choose it." });

const delivery = z
  .strictObject({
    principals: z
      .array(text)
      .max(100)
      .meta({ description: "ARNs of roles, users or sessions; * stands for anything." }),
  })
  .meta({ description: "Who deploys these stacks. What anybody else does is drift." });

/** Which member makes it which kind of source. */
export const STACK_SOURCE_KINDS = ["folder", "repository"] as const;
/** Members of each kind besides the one that makes it and those that all have. */
export const STACK_SOURCE_MEMBERS = {
  folder: [],
  repository: ["ref", "folders", "fetchEvery", "tokenVariable"],
} as const;
export const STACK_SOURCE_COMMON = ["read", "delivery", "labels", "sweepEvery"] as const;

const stackSource = z
  .strictObject({
    folder: path("A folder of this machine. Stacks are looked for in it and below.").optional(),
    repository: text
      .optional()
      .meta({ description: "Address of a git repository, without password. Its content is not trusted." }),
    ref: text.optional().meta({ description: "Branch, tag or commit that is deployed. Needed." }),
    folders: z
      .array(text)
      .min(1)
      .max(1000)
      .optional()
      .meta({ description: "Folders of the repository; only these are checked out. Default: all of it." }),
    fetchEvery: duration("How often the repository is fetched. Default: 1m.").optional(),
    tokenVariable: variable.optional().meta({
      description: "Name of the variable of the server's environment with a token for https.",
    }),
    read: read.optional(),
    delivery: delivery.optional(),
    labels: z.record(z.string().regex(LABEL_NAME), z.string().max(200)).optional().meta({
      description:
        "What these stacks are, such as team: payments. Roles can be given for stacks with certain labels; nothing in a repository can choose them.",
    }),
    sweepEvery: duration("How often these stacks are looked at as a whole.").optional(),
  })
  .meta({
    description: "A place where stacks are found.",
    oneOf: STACK_SOURCE_KINDS.map((kind) => ({ required: [kind] })),
  });

export const watch = z
  .strictObject({
    stacks: z.array(stackSource).max(1000).optional().meta({ description: "Where stacks are found." }),
    sweepEvery: duration(
      "How often each stack is looked at as a whole, at least. A stack may ask for more, not for less. Default: 10m.",
    ).optional(),
    folder: path(
      "Folder for clones of repositories. Default: in this user's folder for the state of programs.",
    ).optional(),
  })
  .meta({ description: "What is watched." });

export const EVENT_KINDS = ["queue", "trail", "http"] as const;
export const EVENT_MEMBERS = { queue: ["aws"], trail: ["aws", "checkDigests"], http: [] } as const;
export const EVENT_COMMON = ["name", "expectedWithin"] as const;

export const eventSource = z
  .strictObject({
    name: z
      .string()
      .regex(SOURCE_NAME_PATTERN)
      .meta({ description: "What it is called: letters, digits and . _ -, unique." }),
    queue: text.optional().meta({
      description:
        "Address of an SQS queue that gets CloudTrail's events, or notifications of its log files.",
    }),
    trail: text.optional().meta({ description: "s3://BUCKET/PREFIX of CloudTrail's log files." }),
    aws: aws.optional(),
    checkDigests: z
      .boolean()
      .optional()
      .meta({ description: "Whether the chain of digest files is checked. Default: true." }),
    http: z
      .strictObject({
        secretFile: path(
          "File with whsec_ and base64, with which events are signed as Standard Webhooks are.",
        ),
      })
      .optional()
      .meta({ description: "Events are posted to /api/v1/events/NAME." }),
    expectedWithin: duration(
      "Without a sign of life for so long, the source counts as dead. Default: 5m; for http, which only tells of changes, 24h.",
    ).optional(),
  })
  .meta({
    description: "Where audit events come from.",
    oneOf: EVENT_KINDS.map((kind) => ({ required: [kind] })),
  });

export const IDENTITY_KINDS = ["sourceIdentity", "sessionName", "principal"] as const;

export const identityRule = z
  .strictObject({
    sourceIdentity: text.optional().meta({ description: "SourceIdentity of the session." }),
    sessionName: text.optional().meta({ description: "Name of the session." }),
    principal: text.optional().meta({ description: "ARN of the principal, or of what issued its session." }),
    person: text.meta({ description: "Who that is. $1 is what the first * stood for." }),
  })
  .meta({
    description: "Maps a principal to a person; the first rule that matches says it. * stands for anything.",
    oneOf: IDENTITY_KINDS.map((kind) => ({ required: [kind] })),
  });

export const allowedProvider = z
  .strictObject({
    source: z
      .string()
      .regex(PROVIDER_PATTERN)
      .meta({ description: "NAMESPACE/TYPE of Terraform's registry, or HOST/NAMESPACE/TYPE." }),
    hashes: z
      .array(z.string().regex(HASH_PATTERN))
      .min(1)
      .max(1000)
      .meta({ description: "Hashes as in .terraform.lock.hcl, h1:… or zh:…, of all allowed versions." }),
    mirror: path("Folder with a filesystem mirror that holds it.").optional(),
  })
  .meta({ description: "A provider program that stacks of repositories may be read with." });

export const repositories = z
  .strictObject({
    neverIgnored: z.array(text).max(1000).optional().meta({
      description:
        "Types, addresses and paths (aws_iam_*, aws_security_group:ingress; * for everything) of which repositories may ignore nothing, whatever their rules and their code say.",
    }),
  })
  .meta({ description: "What repositories may not decide." });

export const limits = z
  .strictObject({
    checks: z.int().min(1).max(1000).optional().meta({ description: "Checks at once. Default: 4." }),
    readsPerAccount: z
      .int()
      .min(1)
      .max(10_000)
      .optional()
      .meta({ description: "Reads in flight at once, for each provider account. Default: 50." }),
    readsPerSecondPerAccount: z
      .int()
      .min(1)
      .max(100_000)
      .optional()
      .meta({ description: "Reads a second, for each provider account. Default: 200." }),
    providerMemory: z
      .string()
      .regex(SIZE_PATTERN)
      .optional()
      .meta({ description: "Memory that all running providers may take together. Default: 2GB." }),
  })
  .meta({ description: "How much is done at once." });
