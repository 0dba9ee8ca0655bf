/** States that are not of version 4, and what their owner can do. */
import type { AnchorwatchError } from "../../domain/errors.ts";
import { wholeStateError } from "./errors.ts";

const VERSION = 4;

/** @throws AnchorwatchError `state_version_old`, `state_version_new`, `state_not_a_state` */
export function checkVersion(origin: string, version: number): void {
  if (version === VERSION) return;
  if (version < 1) throw noState(origin, `has the version ${version}`);
  if (version > VERSION) {
    throw wholeStateError(
      origin,
      "state_version_new",
      `has the state version ${version}, which is newer than ${VERSION}`,
      "Update Anchorwatch. If there is no newer one yet, please ask for it.",
    );
  }
  throw wholeStateError(
    origin,
    "state_version_old",
    `has the state version ${version}; version ${VERSION} is expected`,
    "It was written by Terraform 0.11 or older. Run `terraform apply` or `terraform state push` with Terraform 0.12 or newer: both write version 4.",
  );
}

export function encrypted(origin: string): AnchorwatchError {
  return wholeStateError(
    origin,
    "state_encrypted",
    "is encrypted by OpenTofu",
    "OpenTofu can decrypt it: run `tofu state pull > state.json` in the folder of the code, give that file with --state, and delete it afterwards.",
  );
}

export function noState(origin: string, found: string): AnchorwatchError {
  return wholeStateError(
    origin,
    "state_not_a_state",
    `is no Terraform state: it ${found}`,
    "Give the file that `terraform state pull` prints. A plan, or what `terraform show -json` prints, is something else.",
  );
}
