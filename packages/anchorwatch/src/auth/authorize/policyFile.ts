/** Policies in Cedar, as the operator's file names their files. */
export interface PolicyFile {
  /** As shown to people. */
  readonly name: string;
  /** Cedar. */
  readonly text: string;
}
