/** What was written, and what to do next. */
import { join } from "node:path";
import type { ConnectOptions } from "../../app/connect/connectOptions.ts";
import { escapeText } from "../../domain/escape.ts";
import type { LedgerPaint } from "../ledger/paint.ts";
import type { WrittenFile } from "./folder.ts";

export function writtenText(
  folder: string,
  options: ConnectOptions,
  files: readonly WrittenFile[],
  { strong, quiet, doubtful }: LedgerPaint,
): string {
  const width = Math.max(...files.map(({ name }) => join(folder, name).length));
  const lines = files.map(({ name, about, state }) => {
    const path = escapeText(join(folder, name));
    return `  ${path.padEnd(width)}  ${quiet(state.padEnd(9))}  ${about}`;
  });
  const place = shellWord(folder);
  const inside = (name: string) => shellWord(join(folder, name));
  const notes = notesOn(options).map((note) => `  ${doubtful("–")} ${note}`);
  return `${strong(`A connection to the account ${options.account}, region ${options.region}, for ${options.principal}`)}
${lines.join("\n")}

${strong("What follows")}
  1. Read what it allows:     anchorwatch connect aws ${place} --explain
  2. Apply it, by one of two: terraform -chdir=${place} init && terraform -chdir=${place} apply
                              aws cloudformation deploy --region ${options.region} --stack-name ${options.name}-connection \\
                                --template-file ${inside("template.yaml")} --capabilities CAPABILITY_NAMED_IAM
  3. Attach ${inside("principal-policy.json")} to ${options.principal}
  4. As that principal:       anchorwatch connect aws ${place} --check
${notes.length === 0 ? "" : `\n${strong("Worth knowing")}\n${notes.join("\n")}\n`}`;
}

/** As it can be pasted into a shell. What begins with a hyphen would be a flag. */
function shellWord(path: string): string {
  const text = escapeText(path.startsWith("-") ? `./${path}` : path);
  return /^[\w./:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function notesOn({ executor, services, region, partition, principal }: ConnectOptions): readonly string[] {
  const notes: string[] = [];
  if (executor.kind === "services" && executor.services.length === 0) {
    notes.push(
      "The executor may write nothing yet: name what it may put back with --executor-services, or leave it out with --no-executor.",
    );
  }
  if (executor.kind === "services" && executor.services.includes("iam")) {
    notes.push(
      "An executor that may write IAM can give other roles anything, except these two and the principal: name iam only where grants are reviewed.",
    );
  }
  if (!services.includes("lambda-code") && services.includes("lambda")) {
    notes.push(
      "aws_lambda_function and aws_ssm_parameter stay unknown: reading them hands out code and values. --explain names what allows them.",
    );
  }
  if (partition === "aws" && region !== "us-east-1") {
    notes.push(
      "IAM and other global services tell of changes in us-east-1 alone: here they are seen by the trail, within a quarter of an hour.",
    );
  }
  if (principal.endsWith(":root")) {
    notes.push("The principal is a whole account: whoever in it may assume roles may assume these.");
  }
  return notes;
}
