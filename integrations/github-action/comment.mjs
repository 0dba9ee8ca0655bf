/**
 * Keeps one comment of the gate on a pull request up to date, whatever became of the gate: an older verdict must not stand there for newer
 * code. The comment is known again by its first line and by who wrote it: a comment of somebody else that begins the same is left alone.
 * That it cannot be written is told, and decides nothing.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import process from "node:process";

const PAGES = 20;
const PATIENCE_MS = 20_000;

/** @param {Record<string, string | undefined>} environment */
async function keepComment(environment) {
  const { TOKEN = "", AUTHOR = "", PULL_REQUEST = "", GITHUB_REPOSITORY = "" } = environment;
  const api = environment.GITHUB_API_URL || "https://api.github.com";
  if (!/^[0-9]+$/.test(PULL_REQUEST) || !/^[\w.-]+\/[\w.-]+$/.test(GITHUB_REPOSITORY)) {
    return "there is no pull request to comment on";
  }
  const marker = markerOf(environment);
  const run = runOf(environment);
  const body = [
    marker,
    `<!-- run ${run.join(".")} -->`,
    await verdict(environment),
    footer(environment),
  ].join("\n");

  /** @param {string} method @param {string} path @param {object} [content] */
  const ask = async (method, path, content) => {
    const answer = await fetch(`${api}/repos/${GITHUB_REPOSITORY}/${path}`, {
      method,
      redirect: "error",
      headers: {
        accept: "application/vnd.github+json",
        authorization: `Bearer ${TOKEN}`,
        "content-type": "application/json",
        "user-agent": "anchorwatch-gate",
        "x-github-api-version": "2022-11-28",
      },
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(content === undefined ? {} : { body: JSON.stringify(content) }),
    });
    if (!answer.ok) throw new Error(`GitHub answered ${answer.status}`);
    return await answer.json();
  };

  for (let page = 1; page <= PAGES; page++) {
    const comments = await ask("GET", `issues/${PULL_REQUEST}/comments?per_page=100&page=${page}`);
    const own = comments.find((comment) => comment.user?.login === AUTHOR && linesOf(comment)[0] === marker);
    if (own !== undefined) {
      const lines = linesOf(own);
      if (!isNewer(lines[1] ?? "", run) && lines.join("\n").trim() !== body.trim()) {
        await ask("PATCH", `issues/comments/${own.id}`, { body });
      }
      return undefined;
    }
    if (comments.length < 100) break;
  }
  await ask("POST", `issues/${PULL_REQUEST}/comments`, { body });
  return undefined;
}

function linesOf({ body }) {
  return String(body ?? "").split(/\r?\n/);
}

/** One comment for each gate of a workflow: by what it is asked, which is known also where it gives no answer. */
function markerOf({
  GITHUB_WORKFLOW = "",
  STACK,
  DIRECTORY,
  PLAN,
  CHANGE_SET,
  RUNNER_TEMP,
  GITHUB_WORKSPACE,
}) {
  const places = [RUNNER_TEMP, GITHUB_WORKSPACE].filter((folder) => folder !== undefined && folder !== "");
  const known = [STACK, DIRECTORY, PLAN, CHANGE_SET].map((input = "") => {
    const place = places.find((folder) => input.startsWith(`${folder}/`));
    return place === undefined ? input : input.slice(place.length + 1);
  });
  const digest = createHash("sha256").update(JSON.stringify([GITHUB_WORKFLOW, ...known]));
  return `<!-- anchorwatch-gate ${digest.digest("hex").slice(0, 16)} -->`;
}

function runOf({ GITHUB_RUN_NUMBER, GITHUB_RUN_ATTEMPT }) {
  return [GITHUB_RUN_NUMBER, GITHUB_RUN_ATTEMPT].map((number) => Number(number) || 0);
}

/** A run that was overtaken has nothing to say any more. */
function isNewer(line, [number, attempt]) {
  const [, otherNumber, otherAttempt] = /^<!-- run ([0-9]+)\.([0-9]+) -->$/.exec(line) ?? [];
  if (otherNumber === undefined) return false;
  const before = Number(otherNumber) - number;
  return before > 0 || (before === 0 && Number(otherAttempt) > attempt);
}

/** What the gate wrote, where that is what came of it: it may have failed before, or after it wrote. */
async function verdict({ COMMENT = "", ANSWER = "", OUTCOME = "" }) {
  const [text, answer] = await Promise.all(
    [COMMENT, ANSWER].map((file) => readFile(file, "utf8").catch(() => "")),
  );
  if (text !== "" && OUTCOME !== "" && outcomeIn(answer) === OUTCOME)
    return text.replace(/^<!--[^\n]*-->\n+/, "");
  return "### Anchorwatch gate\n\n**❓ The gate gave no answer, so this is no yes.** The log of its job says why.\n";
}

function outcomeIn(answer) {
  try {
    return JSON.parse(answer).outcome;
  } catch {
    return undefined;
  }
}

function footer({ HEAD = "", GITHUB_SERVER_URL = "", GITHUB_REPOSITORY = "", GITHUB_RUN_ID = "" }) {
  const commit = /^[0-9a-f]{40,64}$/.test(HEAD) ? `Of commit ${HEAD}. ` : "";
  const isKnown = /^https:\/\/[\w.:-]+$/.test(GITHUB_SERVER_URL) && /^[0-9]+$/.test(GITHUB_RUN_ID);
  const job = `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`;
  return `${commit}${isKnown ? `[Its job](${job})` : ""}`.trim();
}

const problem = await keepComment(process.env).catch((error) => String(error?.message ?? error));
if (problem !== undefined) {
  const text = problem.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  console.log(`::warning title=Anchorwatch gate::The comment was not written: ${text}`);
}
