/** What people may give. Everything ends up in documents that others apply, so nothing gets in that could mean more than itself. */
export const ACCOUNT_PATTERN = /^[0-9]{12}$/;
export const REGION_PATTERN = /^[a-z]{2}(?:-[a-z]+)+-[0-9]{1,2}$/;
export const PRINCIPAL_PATTERN =
  /^arn:(?:aws|aws-cn|aws-us-gov):iam::[0-9]{12}:(?:root|(?:role|user)\/[A-Za-z0-9+=,.@_/-]{1,576})$/;
/** Names of buckets are made of it as well: lower case, and short enough for `NAME-ledger-ACCOUNT-REGION`. */
export const NAME_PATTERN = /^[a-z][a-z0-9-]{1,23}[a-z0-9]$/;
export const EXTERNAL_ID_PATTERN = /^[A-Za-z0-9_+=,.@:/-]{16,128}$/;
export const POLICY_PATTERN =
  /^arn:(?:aws|aws-cn|aws-us-gov):iam::(?:aws|[0-9]{12}):policy\/[A-Za-z0-9+=,.@_/-]{1,640}$/;
export const BUCKET_PATTERN = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** Folders; empty for none. */
export const PREFIX_PATTERN = /^(?:[A-Za-z0-9!_.-]+(?:\/[A-Za-z0-9!_.-]+)*)?$/;
export const KEY_PATTERN = /^arn:(?:aws|aws-cn|aws-us-gov):kms:[a-z0-9-]+:[0-9]{12}:key\/[A-Za-z0-9-]{1,64}$/;
