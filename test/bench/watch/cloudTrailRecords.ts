/** Records as CloudTrail writes them, of which each hundredth names a resource that a stack knows. */
import { randomUUID } from "node:crypto";

export interface MadeRecords {
  readonly records: readonly object[];
  /** How many of them touch something. */
  readonly touching: number;
}

const EVERY = 100;

/** @param known identifiers of resources; they take turns */
export function cloudTrailRecords(events: number, known: readonly string[]): MadeRecords {
  const records = Array.from({ length: events }, (_, at) => {
    const turn = at / EVERY;
    return record((Number.isInteger(turn) && known[turn % known.length]) || strangeGroup());
  });
  return { records, touching: Math.ceil(events / EVERY) };
}

function strangeGroup(): string {
  return `sg-${randomUUID().replaceAll("-", "").slice(0, 17)}`;
}

function record(groupId: string): object {
  return {
    eventVersion: "1.10",
    eventID: randomUUID(),
    eventTime: new Date().toISOString(),
    eventSource: "ec2.amazonaws.com",
    eventName: "AuthorizeSecurityGroupIngress",
    awsRegion: "eu-west-1",
    sourceIPAddress: "198.51.100.7",
    userAgent: "console.amazonaws.com",
    readOnly: false,
    recipientAccountId: "123456789012",
    userIdentity: {
      type: "AssumedRole",
      principalId: "AROAEXAMPLE:kim",
      arn: "arn:aws:sts::123456789012:assumed-role/admin/kim",
      accountId: "123456789012",
      sessionContext: {
        sessionIssuer: { type: "Role", arn: "arn:aws:iam::123456789012:role/admin", userName: "admin" },
      },
    },
    requestParameters: {
      groupId,
      ipPermissions: { items: [{ ipProtocol: "tcp", fromPort: 22, toPort: 22 }] },
    },
    responseElements: { requestId: randomUUID(), _return: true },
  };
}
