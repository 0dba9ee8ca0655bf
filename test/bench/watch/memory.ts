/** What the process of `anchorwatch serve` takes while all its stacks are swept, at first and once more when they are warm. */
import { BenchError } from "../error.ts";
import type { BenchEstate } from "../estate.ts";
import { count, megabytes } from "../numbers.ts";
import { processOf } from "../processTree.ts";
import { atMost, type Section } from "../report.ts";
import type { CloudWorkplace } from "../workplace.ts";
import { type ServedStack, type ServeProcess, startServe } from "./serveProcess.ts";
import { stackCopies } from "./stackCopies.ts";

const SAMPLE_MS = 100;

export async function measureMemory(place: CloudWorkplace, estate: BenchEstate): Promise<Section> {
  const { folder, stacks } = stackCopies(place, estate);
  place.say(`watching ${count(stacks.length)} stacks with anchorwatch serve`);
  const began = new Date();
  const serve = await startServe(place, "serve-memory", folder, estate.terraform.env);
  try {
    const first = await mostBytes(serve, () => serve.checked(stacks.length, began));
    place.say(`${megabytes(first)} at most in the first sweep; sweeping once more`);
    const again = new Date();
    const second = await mostBytes(serve, async () => {
      for (const { id } of await serve.list<ServedStack>("stacks")) await serve.check(id);
      await serve.checked(stacks.length, again);
    });
    return section(stacks.length, first, second);
  } finally {
    await serve.stop();
  }
}

async function mostBytes({ pid }: ServeProcess, work: () => Promise<void>): Promise<number> {
  let most = 0;
  const sampling = setInterval(() => {
    most = Math.max(most, processOf(pid)?.residentBytes ?? 0);
  }, SAMPLE_MS);
  try {
    await work();
  } finally {
    clearInterval(sampling);
  }
  if (most === 0) throw new BenchError("reports_differ", "there is no /proc to tell memory");
  return most;
}

function section(stacks: number, first: number, second: number): Section {
  return {
    title: "Memory of the server",
    about: `Resident memory of the process of \`anchorwatch serve\` on ${count(stacks)} stacks; providers and the database are processes of their own. The highest of samples ${SAMPLE_MS} ms apart.`,
    table: [
      ["when", "measured"],
      ["started, and all swept for the first time", megabytes(first)],
      ["all swept once more, by warm providers", megabytes(second)],
    ],
    goals: [atMost("under 300 MB", Math.max(first, second), 300e6, megabytes)],
  };
}
