/** The list of all. Each resolves to a line on what it did, or rejects. */
import { damagedLog } from "./damagedLog.ts";
import { everyFault } from "./everyFault.ts";
import { everyProof } from "./everyProof.ts";
import { everyRequest } from "./everyRequest.ts";
import { everySystemCall } from "./everySystemCall.ts";
import { fullDisk } from "./fullDisk.ts";
import { killWriters } from "./killWriters.ts";
import type { Place, Skipped } from "./place.ts";
import { tortureWatch } from "./tortureWatch.ts";

export interface Torture {
  readonly about: string;
  readonly run: (place: Place) => Promise<string | Skipped>;
}

export const TORTURES = {
  kills: {
    about: "a process of eight writers killed 1,000 times at random",
    run: async (place) => {
      const options = { ...place, kills: place.quick ? 20 : 1000, random: Math.random };
      const { kills, acknowledged, unacknowledged, checkpoints } = await killWriters(options);
      return `${kills} kills, ${acknowledged} entries acknowledged and all there, ${unacknowledged} there that nobody was told of, ${checkpoints} checkpoints of one history`;
    },
  },
  faults: {
    about: "EIO, ENOSPC and a kill at every operation on files, with and without its effect, and power cuts",
    run: everyFault,
  },
  requests: {
    about: "every request to S3 refused, raced, lost before or after its effect, or late, and kills",
    run: everyRequest,
  },
  syscalls: { about: "EIO, ENOSPC and SIGKILL at system calls, by strace", run: everySystemCall },
  proofs: { about: "proofs of trees of every size up to 1,025, and changed ones", run: everyProof },
  damage: { about: "every bit, every truncation and every swap of a log of 1,000 entries", run: damagedLog },
  watch: {
    about: "workers of a watch and their database killed at random for 3 minutes, while events come",
    run: async (place) => {
      const milliseconds = place.quick ? 20_000 : 180_000;
      const report = await tortureWatch({ ...place, milliseconds, random: Math.random });
      return `${report.workersKilled} workers and ${report.databaseKills} databases killed, ${report.events} events taken and all there once (${report.eventsAtNight} while things were killed; ${report.redelivered} handed in again), ${report.steps} steps of drifts and ${report.entries} entries that fit each other, ${report.deadJobs} jobs given up; quiet after ${report.settledAfterMs} ms`;
    },
  },
  disk: { about: "a file system that is full", run: fullDisk },
} as const satisfies Readonly<Record<string, Torture>>;

export type TortureName = keyof typeof TORTURES;
