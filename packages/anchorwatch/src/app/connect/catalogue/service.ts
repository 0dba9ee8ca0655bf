/** What of a service the connection lets Anchorwatch do, with the reason in words. */

/** What a provider reads of a service: how its resources are configured, never what lies in them. */
export interface ReadService {
  /** As `--services` names it. */
  readonly id: string;
  readonly title: string;
  /** IAM actions; `*` at the end of one stands for the rest of its name. */
  readonly actions: readonly string[];
  /** Resources that drift is found in with these, in words. */
  readonly why: string;
  /** What the reader should know before allowing it. */
  readonly note?: string;
}

/** Reads that hand out content. They are left out, and denied, unless `--services` names them. */
export interface SensitiveService extends ReadService {
  /** What it hands out, in words. */
  readonly reveals: string;
}

/** Writes of one service with which a value is put back. None of them makes or destroys a resource that people know. */
export interface WriteService {
  /** As `--executor-services` names it. */
  readonly id: string;
  readonly title: string;
  readonly actions: readonly string[];
}
