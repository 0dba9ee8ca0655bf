import type { Machine } from "../../machine.ts";
import { ownAccess, type StackAccess, type StackRequest } from "../../stackAccess.ts";
import type { Trust } from "./trust.ts";
import { untrustedAccess } from "./untrusted/access.ts";

export function accessOf(request: StackRequest, trust: Trust, machine: Machine): StackAccess {
  switch (trust.kind) {
    case "own":
      return ownAccess(request, machine);
    case "untrusted":
      return untrustedAccess(request, trust, machine);
  }
}
