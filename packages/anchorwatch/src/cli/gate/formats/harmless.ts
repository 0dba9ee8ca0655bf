/**
 * Runners of pipelines read what a job prints, and take some of it for commands to themselves: GitHub a line that begins with `::` after
 * spaces, GitHub, Azure Pipelines and TeamCity `##[…`, `##vso[…` and `##teamcity[…` anywhere. What is printed holds texts of others.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */

/** Text of any number of lines. */
export function harmless(text: string): string {
  return inLine(text).replaceAll(/^([^\S\n]*):(?=:)/gm, "$1: ");
}

/** Of a line that begins as it should. */
export function inLine(text: string): string {
  return text.replaceAll(/##(?=\w*\[)/g, "# #");
}

/** JSON that means the same: `##` stands inside of texts alone. */
export function harmlessJson(json: string): string {
  return json.replaceAll("##", "#\\u0023");
}
