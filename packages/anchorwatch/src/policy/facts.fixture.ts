/** Drifts for tests, of which only what matters is said. */
import type { ActorFacts, ChangeFacts, DriftFacts } from "./facts.ts";

export const NOW = new Date("2026-03-04T10:20:00Z");

export function drift(said: Partial<DriftFacts> = {}): DriftFacts {
  return {
    stack: { name: "network", engine: "terraform", labels: {} },
    resource: {
      address: "aws_security_group.web",
      module: "",
      type: "aws_security_group",
      provider: "registry.terraform.io/hashicorp/aws",
      id: "sg-1",
      account: "123456789012",
    },
    verdict: "changed",
    recorded: {},
    live: {},
    isCut: false,
    changes: [],
    events: [],
    openedAt: NOW,
    now: NOW,
    others: [],
    ...said,
  };
}

export function change(path: string, said: Partial<ChangeFacts> = {}): ChangeFacts {
  const [attribute = path] = path.split(/[.[]/);
  return { path, attribute, op: "replace", sensitive: false, settable: true, ignored: false, ...said };
}

export function actor(said: Partial<ActorFacts> = {}): ActorFacts {
  return {
    principal: "arn:aws:iam::123456789012:user/joe",
    name: "joe",
    kind: "user",
    channel: "console",
    account: "123456789012",
    isDelivery: false,
    isBreakGlass: false,
    ...said,
  };
}
