/** The piece of `anchorwatch.server.yaml` that uses the connection. */
import { type ConnectOptions, LEDGER_PREFIX, namesOf, queueUrl, roleArn } from "./connectOptions.ts";

export function serverFragment(options: ConnectOptions, externalId: string): string {
  const { region, trail, ledger, account } = options;
  const names = namesOf(options);
  const role = roleArn(options, names.readRole);
  const prefix = trail.kind === "existing" && trail.prefix !== "" ? `/${trail.prefix}` : "";
  return `# The piece of anchorwatch.server.yaml that uses the connection to the account ${account}.
# Written by “anchorwatch connect aws”. Take it over and say where your stacks are;
# “anchorwatch config validate --server FILE” checks it.
version: 1

ledger:
  place: s3://${names.ledgerBucket}/${LEDGER_PREFIX}
  # For its key and its index; on a disk that is backed up, and never served.
  private: /var/lib/anchorwatch/ledger.private
  # Nobody can delete what is written before this has passed: to try, begin with a few days.
  retention: ${ledger.retentionDays}d
  aws: { region: ${region} }

events:
  # Changes, within seconds.
  - name: ${options.name}-events
    queue: ${queueUrl(options)}
    aws: { role: "${role}", externalId: "${externalId}" }
  # The same from the trail's files, within a quarter of an hour: what the queue missed, and the proof that nothing was removed.
  - name: ${options.name}-trail
    trail: s3://${names.trailBucket}${prefix}
    aws: { region: ${region}, role: "${role}", externalId: "${externalId}" }

watch:
  stacks: []
  # - folder: /srv/infra
  #   read: { role: "${role}", externalId: "${externalId}" }

# Searches the account for what none of these stacks has, once they are all there.
# unmanaged:
#   accounts:
#     - name: ${options.name}
#       account: "${account}"
#       regions: [${region}]
#       aws: { role: "${role}", externalId: "${externalId}" }
`;
}
