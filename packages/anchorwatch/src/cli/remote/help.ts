/** What `--help` says after the flags. */

export const LOGIN = `
Examples:
  anchorwatch login --server https://anchorwatch.example.com
  anchorwatch login --server https://anchorwatch.example.com --token < token.txt
  anchorwatch login --server "$URL" --workload                            in GitHub Actions
  anchorwatch login --server "$URL" --workload --id-token-variable TOKEN  in GitLab CI

The login is kept in your folder for settings (XDG_CONFIG_HOME), readable by you alone, and sent to that server alone.
While you are logged in to one server, --server may be left out.
ANCHORWATCH_SERVER_URL and ANCHORWATCH_TOKEN together do without a login.`;

export const STACKS = `
Examples:
  anchorwatch stacks list --label team=payments
  anchorwatch stacks show network
  anchorwatch stacks check network
  anchorwatch stacks add dns --repository https://git.example.com/infra.git --path dns --label team=network`;

export const DRIFTS = `
Examples:
  anchorwatch drifts list
  anchorwatch drifts list --stack network --status all --since 24h
  anchorwatch drifts list --format json | jq '.drifts[].address'
  anchorwatch drifts list --watch
  anchorwatch drifts show ID`;

export const DRIFT_STATUS = `
Exit status:
  0  nothing like that is open
  1  an error
  2  something like that is open
  130 and 143  interrupted`;

export const UNMANAGED = `
Examples:
  anchorwatch unmanaged list --account prod
  anchorwatch unmanaged list --type aws_iam_access_key --format json | jq '.unmanaged[].importId'
  anchorwatch unmanaged accept prod --reason "reviewed by the platform team"
  anchorwatch unmanaged accept prod --type aws_key_pair --region eu-central-1 --reason "the vendor's"
  anchorwatch unmanaged withdraw prod --id ID --reason "not reviewed after all"`;

export const EXCEPTIONS = `
Examples:
  anchorwatch exceptions add --drift ID --until 7d --reason "the vendor repairs it on Friday"
  anchorwatch exceptions add --stack web --path tags.LastScan --until 90d --reason "the scanner writes it"
  anchorwatch exceptions add --stack payments --type 'aws_iam_*' --severity high --reason "money"
  anchorwatch exceptions list --state all
  anchorwatch exceptions revoke ID

An accepted drift stays open, and nobody is told of it until it changes, ends, or its time is over.
Critical drift is told all the same, unless --even-critical says otherwise.`;

export const FREEZE = `
Examples:
  anchorwatch freeze web --for 24h --reason "someone opened port 22"
  anchorwatch thaw web --reason "it is closed again"

While a stack is frozen, anchorwatch gate --server says no, and tells the reason.`;

export const PLAYBOOKS = `
Examples:
  anchorwatch playbooks list
  anchorwatch playbooks runs --stack web
  anchorwatch playbooks show RUN
  anchorwatch playbooks dry-run exposed --drift ID

A dry run says what would be done for the drift as it is now. Nothing of it is done.`;

export const ALERTS = `
Examples:
  anchorwatch alerts list --severity high
  anchorwatch alerts show ID
  anchorwatch alerts ack ID --reason "on it"
  anchorwatch alerts snooze ID --until 2h
  anchorwatch alerts dead
  anchorwatch alerts resend --channel oncall
  anchorwatch alerts test-channel oncall`;

export const USERS = `
Examples:
  anchorwatch users list
  anchorwatch users invite maria@example.com --name "Maria Rossi"
  anchorwatch users invite maria@example.com --again
  anchorwatch users disable maria@example.com`;

export const ROLES = `
Examples:
  anchorwatch roles list
  anchorwatch roles give operator maria@example.com --label team=payments
  anchorwatch roles give viewer group:okta:platform
  anchorwatch roles take ID`;

export const CONFIG_SHOW = `
Examples:
  anchorwatch config show
  anchorwatch config show --server https://anchorwatch.example.com --format json | jq .settings.access`;

export const TOKENS = `
Examples:
  anchorwatch tokens list
  anchorwatch tokens revoke ID`;
