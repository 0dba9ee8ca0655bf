/** What both documents tell when they are applied. */
export interface Output {
  /** `read_role_arn`; in CloudFormation `ReadRoleArn`. */
  readonly name: string;
  readonly description: string;
  /** A reference: `readRole.arn`. */
  readonly value: string;
}
