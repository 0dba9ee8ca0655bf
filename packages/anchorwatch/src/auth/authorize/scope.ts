/** Where a role counts. */
import type { Labels } from "../../domain/labels.ts";
import type { RoleAssignment } from "../role.ts";

/** All of these labels are there, with exactly these values. */
export function holds(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(
    ([name, value]) => Object.hasOwn(labels, name) && labels[name] === value,
  );
}

/** It names no label: it counts everywhere. */
function isEverywhere(scope: Labels): boolean {
  return Object.keys(scope).length === 0;
}

/** @param labels undefined: of the installation, where only a role counts that has no scope */
export function countsFor(scope: Labels, labels: Labels | undefined): boolean {
  return labels === undefined ? isEverywhere(scope) : holds(labels, scope);
}

export function thatCount(
  assignments: readonly RoleAssignment[],
  labels: Labels | undefined,
): readonly RoleAssignment[] {
  return assignments.filter(({ scope }) => countsFor(scope, labels));
}
