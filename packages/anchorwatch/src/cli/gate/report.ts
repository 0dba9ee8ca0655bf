/** The answer in every form that was asked for. Only the chosen forms are loaded. */
import { appendFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { GateAnswer } from "../../app/gate/gate.ts";
import { AnchorwatchError, messageOf } from "../../domain/errors.ts";
import { wantsColour } from "../formats/palette.ts";
import { openOutputFile, writeReport } from "../output.ts";
import type { Surroundings } from "../surroundings.ts";
import type { GateFlags, GateFormat } from "./gateFlags.ts";

/** Files first: what stands on stdout is the last word. @throws AnchorwatchError `output_unwritable` */
export async function report(
  answer: GateAnswer,
  flags: GateFlags,
  surroundings: Surroundings,
): Promise<void> {
  const { stdout, environment, workingDirectory, version } = surroundings;
  for (const { format, file } of flags.report) {
    const output = await openOutputFile(file, workingDirectory);
    try {
      await output.write(await rendered(format, answer, { colours: false, version }));
    } finally {
      await output.close();
    }
  }
  const summary = flags.summary ?? environment["GITHUB_STEP_SUMMARY"] ?? "";
  if (summary !== "") await addSummary(answer, resolve(workingDirectory, summary));
  const colours = wantsColour(stdout, environment, flags.color);
  await writeReport(stdout, await rendered(flags.format, answer, { colours, version }));
}

interface Rendering {
  readonly colours: boolean;
  /** Of Anchorwatch. */
  readonly version: string;
}

async function rendered(
  format: GateFormat,
  answer: GateAnswer,
  { colours, version }: Rendering,
): Promise<string> {
  switch (format) {
    case "text":
      return (await import("./formats/text.ts")).gateText(answer, colours);
    case "json":
      return (await import("./formats/json.ts")).gateJson(answer);
    case "github":
      return (await import("./formats/github.ts")).gateForGithub(answer);
    case "gitlab":
      return (await import("./formats/gitlab.ts")).gateForGitlab(answer);
    case "sarif":
      return (await import("./formats/sarif.ts")).gateSarif(answer, version);
    case "markdown":
      return (await import("./formats/markdown.ts")).gateMarkdown(answer);
  }
}

/** Others write into the summary of a job, too. */
async function addSummary(answer: GateAnswer, path: string): Promise<void> {
  const { gateMarkdown } = await import("./formats/markdown.ts");
  try {
    await appendFile(path, `${gateMarkdown(answer)}\n`);
  } catch (cause) {
    throw new AnchorwatchError("output_unwritable", `the summary cannot be written: ${messageOf(cause)}`, {
      hint: "Give another file with --summary.",
      location: { file: path },
      cause,
    });
  }
}
