import type { GateAnswer } from "../../../app/gate/gate.ts";
import { gateStatus } from "../../../app/gate/gate.ts";
import { escapeJson } from "../../../domain/escape.ts";
import { harmlessJson } from "./harmless.ts";

/** `anchorwatch.gate/v1`: docs/gate.md says what is in it. */
export function gateJson(answer: GateAnswer): string {
  const { plan, sync, findings, ...rest } = answer;
  const told = {
    schema: "anchorwatch.gate/v1",
    ...rest,
    status: gateStatus(answer),
    ...(plan === undefined
      ? {}
      : {
          plan: {
            engine: plan.engine,
            file: plan.name,
            changes: plan.changes.map(({ address, type, action, notKnown, previousAddress, deposed }) => ({
              ...{ address, type, action, notKnown },
              ...(previousAddress === undefined ? {} : { previousAddress }),
              ...(deposed === undefined ? {} : { deposed }),
            })),
          },
        }),
    sync,
    findings,
  };
  return `${harmlessJson(escapeJson(JSON.stringify(told, null, 2)))}\n`;
}
