/** What clients of a session of a role are made with. */
export interface SessionConfig {
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
  };
  readonly maxAttempts: number;
}
