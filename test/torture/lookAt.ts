import { idOf, testEntry } from "../../packages/anchorwatch/src/ledger/writer/writer.fixture.ts";
import { TortureError } from "./error.ts";
import { checkTestLedger, openTestLedger } from "./testLedger.ts";
import type { Sayings } from "./writerProcess.ts";

/**
 * Opens a log as after any crash, appends, and looks at everything in it: what was acknowledged is where it was said to be, no id
 * is there twice, and all that was ever signed is of this history. How many entries are there that nobody was told of.
 * @throws TortureError `log_wrong`
 */
export async function lookAt(folder: string, { answers, asked, signed }: Sayings): Promise<number> {
  const ledger = await openTestLedger(folder, { onSign: (text) => signed.push(text) });
  await ledger.append(testEntry(`look-${ledger.size}`, new Date().toISOString()));
  await ledger.close();
  const found = checkTestLedger(folder, signed).entries.map(idOf);
  if (new Set(found).size < found.length) throw wrong(folder, "an id is in the log twice");
  for (const [id, index] of answers) {
    if (found[index] !== id)
      throw wrong(folder, `${id}, acknowledged as entry ${index}, is ${found[index]} now`);
  }
  return found.filter((id) => asked.has(id) && !answers.has(id)).length;
}

function wrong(folder: string, message: string): TortureError {
  return new TortureError("log_wrong", `${folder}: ${message}`);
}
