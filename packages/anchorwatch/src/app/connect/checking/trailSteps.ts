/** The trail: whether it writes, and whether what it writes can be read and proven. */
import type { Trail } from "./calls.ts";
import { type CheckContext, type ConnectStep, readSession } from "./context.ts";
import { reasonOf } from "./refusal.ts";
import { APPLY, failed, notYet, type Outcome, ok } from "./step.ts";

/** CloudTrail writes log files within a quarter of an hour as a rule, and a digest each hour. */
const LOGS_AFTER_MS = 30 * 60_000;
const DIGESTS_AFTER_MS = 2 * 60 * 60_000;

export const trailSteps: readonly ConnectStep[] = [
  {
    id: "trail",
    title: "trail",
    expected: "one writes to the bucket, of all regions, with digests",
    needs: ["read_role"],
    todo: `${APPLY}: trails cannot be seen.`,
    run: async (context) => {
      const trails = await trailsOf(context);
      const trail = trails.find(({ hasDigests, isMultiRegion }) => hasDigests && isMultiRegion) ?? trails[0];
      if (trail === undefined) {
        return failed(
          `no trail of the account writes to ${context.names.trailBucket}`,
          `${APPLY}, or name the right bucket with --trail.`,
        );
      }
      if (!trail.hasDigests)
        return failed(`${trail.arn} writes no digests`, "Switch on its log file validation.");
      if (!trail.isMultiRegion)
        return failed(`${trail.arn} tells of one region`, "Make it a trail of all regions.");
      const { isLogging } = await readSession(context).trailStatus(trail.arn);
      return isLogging
        ? ok(trail.arn)
        : failed(`${trail.arn} is stopped`, `aws cloudtrail start-logging --name ${trail.arn}`);
    },
  },
  {
    id: "trail_files",
    title: "trail's files",
    expected: "they can be listed and read",
    needs: ["read_role"],
    todo: `${APPLY}: the read role may not list the trail's bucket, or there is none.`,
    run: async (context) => await filesIn(context, "CloudTrail", LOGS_AFTER_MS, "log files"),
  },
  {
    id: "digests",
    title: "digests",
    expected: "the trail signs what it wrote",
    needs: ["trail_files", "trail"],
    todo: `${APPLY}: the read role may not read the trail's bucket.`,
    run: async (context) => await filesIn(context, "CloudTrail-Digest", DIGESTS_AFTER_MS, "digests"),
  },
];

async function trailsOf(context: CheckContext): Promise<readonly Trail[]> {
  const trails = await readSession(context).trails();
  return trails.filter(({ bucket }) => bucket === context.names.trailBucket);
}

async function filesIn(context: CheckContext, kind: string, afterMs: number, what: string): Promise<Outcome> {
  const { names, now } = context;
  const session = readSession(context);
  const folder = await accountFolder(context);
  const keys = await session.list(names.trailBucket, `${folder}${kind}/`);
  // CloudTrail makes an empty object for each folder when a trail begins.
  const key = keys.find((one) => !one.endsWith("/"));
  if (key !== undefined) {
    try {
      await session.readStart(names.trailBucket, key);
      return ok(`s3://${names.trailBucket}/${key}`);
    } catch (error) {
      return failed(
        `s3://${names.trailBucket}/${key} cannot be read: ${reasonOf(error)}`,
        "Apply again; files that are encrypted need --trail-key, and the key's policy must let the read role decrypt.",
      );
    }
  }
  const none = `there are no ${what} below s3://${names.trailBucket}/${folder}${kind}/`;
  const [trail] = await trailsOf(context);
  const startedAt = trail === undefined ? undefined : (await session.trailStatus(trail.arn)).startedAt;
  const from = startedAt === undefined ? undefined : new Date(startedAt.getTime() + afterMs);
  if (from !== undefined && from > now()) {
    return notYet(
      `${none} yet: the trail is young`,
      `Check again after ${from.toISOString().slice(0, 16)}Z.`,
    );
  }
  return failed(none, "Look at the trail in CloudTrail's console: it says why it cannot write.");
}

/** `AWSLogs/ACCOUNT/`, or where a trail of an organization has it. */
async function accountFolder(context: CheckContext): Promise<string> {
  const { options, names } = context;
  const { trail, account } = options;
  const root = `${trail.kind === "existing" && trail.prefix !== "" ? `${trail.prefix}/` : ""}AWSLogs/`;
  const folders = await readSession(context).folders(names.trailBucket, root);
  const organization = folders.find((name) => name.startsWith("o-"));
  return folders.includes(account) || organization === undefined
    ? `${root}${account}/`
    : `${root}${organization}/${account}/`;
}
