import type { Playbook } from "../../../alerts/playbooks/playbook.ts";
import type { Location, Warning } from "../../../domain/errors.ts";
import type { StandingException } from "../../../watch/exception.ts";
import type { AccessSettings } from "../../access/accessSettings.ts";
import type { AlertSettings } from "../../alerts/alertSettings.ts";
import type { GateSettings } from "../../gate/gateSettings.ts";
import type { LedgerSettings } from "../../ledger/ledgerSettings.ts";
import type { PolicySettings } from "../../policy/rules/policySettings.ts";
import type { EgressSettings } from "./egressSection.ts";
import type { ListenSettings } from "./listenSettings.ts";
import type { ConfiguredWatch } from "./watchSection.ts";

/** `anchorwatch.server.yaml`, the operator's file, checked. Its paths are relative to its folder, and absolute here. */
export interface ServerConfiguration {
  /** As shown to people; empty where none was named. */
  readonly file: string;
  readonly ledger?: LedgerSettings;
  readonly watch: ConfiguredWatch;
  readonly listen: ListenSettings;
  readonly access: AccessSettings;
  /** Where addresses may lead that people give. */
  readonly egress: EgressSettings;
  /** Who is told of what. */
  readonly alerts: AlertSettings;
  /** What drift sets in motion. */
  readonly playbooks: readonly Playbook[];
  readonly policy: PolicySettings;
  /** When `anchorwatch gate` says no. */
  readonly gate: GateSettings;
  /** What it silences or raises in many stacks at once. */
  readonly exceptions: readonly StandingException[];
  /** Variables of the environment that it names. */
  readonly variables: readonly { readonly name: string; readonly location: Location }[];
  /** What is allowed, and hardly meant. */
  readonly warnings: readonly Warning[];
}
