/** What `--help` says after the flags. */

const STATUS = `
Exit status:
  0  authenticated and whole
  1  anything else: damaged, changed, rolled back, unreadable, or a wrong argument
  3  self-consistent, not authenticated: no key and no anchor vouches for it
  130 and 143  interrupted`;

export const LEDGER = `
Examples:
  anchorwatch check --ledger /var/lib/audit            write what a check finds
  anchorwatch ledger key /var/lib/audit > audit.vkey   for those who verify
  anchorwatch ledger verify /var/lib/audit --key audit.vkey
  anchorwatch ledger verify https://logs.example.com/audit/ --key audit.vkey
  anchorwatch ledger tail -f /var/lib/audit
  anchorwatch ledger tail -f --server /etc/anchorwatch.server.yaml   the ledger that it names; so with every command
  anchorwatch ledger tail -f --server https://anchorwatch.example.com   that of a server that you are logged in to

“anchorwatch ledger COMMAND --help” shows a command's flags and examples.`;

export const VERIFY = `
Examples:
  anchorwatch ledger verify /var/lib/audit --key audit.vkey
  anchorwatch ledger verify https://logs.example.com/audit/ --key audit.vkey
  anchorwatch ledger verify /var/lib/audit --key audit.vkey --since last-week.checkpoint
  anchorwatch ledger verify /var/lib/audit --anchor /mnt/share/audit-anchor --evidence ./evidence

Of a folder every file is looked at. What is no file of a log is a warning; a left-over tile that disagrees is an error.
Checkpoints that contradict each other are kept in a file, which the message names.
  anchorwatch ledger verify --server /etc/anchorwatch.server.yaml   its ledger, by its keys and anchors
  anchorwatch ledger verify /backup/audit --server /etc/anchorwatch.server.yaml   a copy of it
${STATUS}`;

export const PROVE = `
Examples:
  anchorwatch ledger prove /var/lib/audit 1200 --output entry-1200.tlog-proof
  anchorwatch ledger prove https://logs.example.com/audit/ 1200 > entry-1200.tlog-proof

The file holds the entry, the proof and the signed checkpoint; nothing else is needed to verify it.`;

export const VERIFY_PROOF = `
Examples:
  anchorwatch ledger verify-proof entry-1200.tlog-proof --key audit.vkey
  anchorwatch ledger verify-proof other.tlog-proof --entry entry.bin --key 'example.com/log+0123abcd+AaBb…'
${STATUS}`;

export const EXPORT = `
Examples:
  anchorwatch ledger export /var/lib/audit > everything.jsonl
  anchorwatch ledger export /var/lib/audit --from 2026-11-01 --to 2026-12-01 --format csv > november.csv
  anchorwatch ledger export /var/lib/audit --kind drift --stack network --format ocsf
  anchorwatch ledger export https://logs.example.com/audit/ --from 1200 --to 1300 --key audit.vkey

jsonl  a first line with the checkpoint, then a line for each entry with its leaf hash and inclusion proof
ocsf   events of the Open Cybersecurity Schema Framework, one on a line, for SIEMs
csv    for spreadsheets`;

export const TAIL = `
Examples:
  anchorwatch ledger tail /var/lib/audit
  anchorwatch ledger tail -n 100 https://logs.example.com/audit/
  anchorwatch ledger tail -f /var/lib/audit`;

export const SHOW = `
Examples:
  anchorwatch ledger show /var/lib/audit 1200
  anchorwatch ledger show /var/lib/audit 1200 --raw | jq .data`;

export const FSCK = `
Examples:
  anchorwatch ledger fsck /var/lib/audit

Nothing is changed. The keys in DIR.private are used where they are there.

Exit status:
  0  whole
  1  damaged, or it could not be read
  3  whole, but no key is known that signed it
  130 and 143  interrupted`;

export const KEY = `
Examples:
  anchorwatch ledger key /var/lib/audit > audit.vkey
  anchorwatch ledger key https://logs.example.com/audit/
  anchorwatch ledger key --server /etc/anchorwatch.server.yaml`;

export const ROTATE = `
Examples:
  anchorwatch ledger rotate /var/lib/audit
  anchorwatch ledger rotate --server /etc/anchorwatch.server.yaml   to the key in KMS that it names now

Checkpoints carry the signatures of the new and the previous key until the next rotation.`;

export const RENEW = `
Examples:
  anchorwatch ledger renew --server /etc/anchorwatch.server.yaml
  ANCHORWATCH_SERVER=/etc/anchorwatch.server.yaml anchorwatch ledger renew

Run it every day. Objects whose retention ends soon are locked anew; nothing else is changed, and whoever writes goes on.

Exit status:
  0  every object is locked for long enough
  1  it came too late for some, or nearly, or there was an error
  130 and 143  interrupted; the next run goes on there`;
