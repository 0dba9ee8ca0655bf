/** `docs/benchmarks.md`. */
import { formatMarkdown, type Section } from "./report.ts";

export function benchmarkPage(surroundings: readonly string[], sections: readonly Section[]): string {
  const taken = surroundings.map((line) => `- ${line}`).join("\n");
  return `${[HEAD, "## Where these figures were taken", taken, ...sections.map(formatMarkdown), REPEAT].join("\n\n")}\n`;
}

/**
 * The page with these sections in the place of those of the same title; what is new comes before what stands after all figures. Each says
 * on what it was taken.
 */
export function withSections(
  page: string,
  surroundings: readonly string[],
  sections: readonly Section[],
): string {
  const parts = page.split(/^(?=## )/m);
  for (const section of sections) {
    const text = `${formatMarkdown(section)}\n\nTaken by itself: ${surroundings.join("; ")}.\n\n`;
    const isSame = (part: string) => part.startsWith(`## ${section.title}\n`);
    const known = parts.findIndex(isSame);
    const end = parts.findIndex((part) => LAST.some((title) => part.startsWith(`## ${title}\n`)));
    if (known >= 0) parts[known] = text;
    else parts.splice(end < 0 ? parts.length : end, 0, text);
  }
  return parts.join("");
}

const LAST = ["What these figures depend on", "Repeat them"];

const HEAD = `# Benchmarks

Written by \`npm run bench -- --write\`. Whole commands are measured, from their start to their end, in turn with
\`terraform plan -refresh-only\` on the same stack, deployed by Terraform with the real AWS provider to
[moto](https://docs.getmoto.org/), a mock of AWS on the same machine. No real AWS account was used: against a real cloud both
wait longer for the network, and the ratios change.

Anchorwatch is measured as users have it: the packed tarball, unpacked, with compiled code. Its reports are checked in every run:
it must name exactly the resources that were changed, and Terraform the same and the mirror of one of them.

Memory is the sum of what is resident in a command's process and in all that it started, providers included, highest of samples
50 ms apart; moto is left out. Pages that processes share count in each of them.`;

const REPEAT = `## Repeat them

\`\`\`sh
npm run bench                     # everything, about an hour
npm run bench -- small warm       # some parts: small, warm, watch, target, large, ledger, own
npm run bench -- latency          # a part of watch: latency, events, sweep, memory
npm run bench -- --quick          # fewer runs and smaller stacks
npm run bench -- --write          # everything, and keep the figures here; or those of the named parts alone
\`\`\`

\`terraform\`, the AWS provider in a filesystem mirror and \`moto_server\` are looked for on the machine; without them only the
parts \`ledger\` and \`own\` are measured.`;
