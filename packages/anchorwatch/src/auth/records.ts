/**
 * What access needs kept, as the rest of the program asks for it; `store` keeps it in PostgreSQL. Times are the caller's. Secrets (cookies,
 * tokens, challenges) are never kept: `digest` is the SHA-256 of one, 32 bytes. Everything may be called inside `transaction`.
 */
import type { JsonObject } from "../domain/jsonValue.ts";
import type { LabelSet, LabelSetKey } from "../domain/labels.ts";
import type { TokenLimit } from "./principal.ts";
import type { RoleAssignment } from "./role.ts";
import type { User, UserId } from "./user.ts";

export interface AccessRecords {
  readonly users: UserRecords;
  readonly passwords: PasswordRecords;
  readonly passkeys: PasskeyRecords;
  readonly sessions: SessionRecords;
  readonly tokens: TokenRecords;
  readonly chatAccounts: ChatAccountRecords;
  readonly assignments: AssignmentRecords;
  readonly attempts: AttemptRecords;
  readonly ceremonies: CeremonyRecords;
  readonly answers: AnswerRecords;
  readonly secrets: SecretRecords;
  readonly labels: LabelRecords;
  readonly outbox: OutboxOfAccess;
  transaction<Result>(work: (records: AccessRecords) => Promise<Result>): Promise<Result>;
}

/** Entries for the ledger, in the form of the watch's outbox: the same id, put twice, is one. */
export interface OutboxOfAccess {
  put(
    entries: readonly { readonly id: string; readonly entry: JsonObject; readonly content: readonly [] }[],
  ): Promise<void>;
}

export interface UserRecords {
  /** @throws AnchorwatchError `user_login_taken`, also when the person of that identity provider is known already */
  add(user: User): Promise<void>;
  byId(id: UserId): Promise<User | undefined>;
  /** Of those that are not removed. @param login in lower case */
  byLogin(login: string): Promise<User | undefined>;
  byIdentity(issuer: string, subject: string): Promise<User | undefined>;
  /** By login, in code units; removed ones only when asked for. @param filter `after`: login and id of the last one of the page before */
  list(filter: {
    readonly limit: number;
    readonly after?: { readonly login: string; readonly id: string };
    readonly status?: User["status"];
    /** Of exactly this login, in lower case. */
    readonly login?: string;
  }): Promise<readonly User[]>;
  /**
   * Changes what is given, and counts the version up. `outdated`: somebody was faster, nothing is changed. A user who is not active any
   * more loses his sessions and tokens in the same step; one who is removed, also passwords, passkeys and chat accounts, and he never changes again.
   * @param version that was read; undefined: whatever it is
   * @param at when his tokens are revoked, where they are
   */
  change(
    id: UserId,
    version: number | undefined,
    changes: Partial<Pick<User, "login" | "name" | "email" | "status">>,
    at: Date,
  ): Promise<User | "outdated" | "unknown">;
  /** He signed in: what his identity provider says of him now. */
  seen(
    id: UserId,
    seen: Partial<Pick<User, "name" | "email" | "groups">> & { readonly at: Date },
  ): Promise<void>;
  /** Until the transaction ends, nobody else takes away or gives roles, or removes users: who is the last administrator stays true. */
  lockAdministration(): Promise<void>;
  /** Of those that are not removed. */
  count(): Promise<number>;
}

export interface PasswordRecords {
  /** @param hash in the PHC form of argon2id */
  set(userId: UserId, hash: string, at: Date): Promise<void>;
  of(userId: UserId): Promise<{ readonly hash: string; readonly changedAt: Date } | undefined>;
  remove(userId: UserId): Promise<boolean>;
}

/** WebAuthn Level 3, section 4: credential record. */
export interface Passkey {
  /** Credential id, base64url. */
  readonly id: string;
  readonly userId: UserId;
  /** COSE. */
  readonly publicKey: Uint8Array<ArrayBuffer>;
  readonly counter: number;
  readonly transports: readonly string[];
  /** Synced to other devices. */
  readonly isBackedUp: boolean;
  /** For people. */
  readonly name: string;
  readonly addedAt: Date;
  readonly lastUsedAt?: Date;
}

export interface PasskeyRecords {
  /** @throws AnchorwatchError `passkey_known` when there is one of that id */
  add(passkey: Passkey): Promise<void>;
  byId(id: string): Promise<Passkey | undefined>;
  of(userId: UserId): Promise<readonly Passkey[]>;
  used(id: string, counter: number, isBackedUp: boolean, at: Date): Promise<void>;
  remove(userId: UserId, id: string): Promise<boolean>;
}

export interface Session {
  /** Not the secret. */
  readonly id: string;
  readonly userId: UserId;
  readonly method: "oidc" | "passkey" | "password";
  /** Name of the identity provider. */
  readonly provider?: string;
  readonly strong: boolean;
  readonly startedAt: Date;
  readonly lastUsedAt: Date;
  /** When the cookie's secret was made. */
  readonly rotatedAt: Date;
  /** It ends then, used or not. */
  readonly endsAt: Date;
  /** Where it was started. */
  readonly address: string;
  readonly userAgent: string;
}

/** A session as it is found by its secret, with whatever a decision needs, in one statement. */
export interface FoundSession {
  readonly session: Session;
  readonly user: User;
  /** Of the API's assignments those of the user, his login and his groups. */
  readonly assignments: readonly RoleAssignment[];
  /** `previous`: the secret from before the last rotation; how long ago that was, `rotatedAt` says. */
  readonly secret: "current" | "previous";
}

export interface SessionRecords {
  /** @throws AnchorwatchError `user_inactive` when the user is not there, or was shut out meanwhile */
  add(session: Session, digest: Uint8Array): Promise<void>;
  /** Also those that are over by time: the caller tells. Of a user who is not active: none. */
  byDigest(digest: Uint8Array): Promise<FoundSession | undefined>;
  /**
   * False when another request has rotated it meanwhile, or it is gone.
   * @param from the current secret's digest; or that of the one before, when the current one was never used and is older than the grace: its answer was lost
   */
  rotate(id: string, from: Uint8Array, to: Uint8Array, at: Date): Promise<boolean>;
  used(id: string, at: Date): Promise<void>;
  /** He proved himself again. */
  strengthen(id: string): Promise<void>;
  end(id: string): Promise<Session | undefined>;
  endAll(userId: UserId, except?: string): Promise<readonly Session[]>;
  of(userId: UserId): Promise<readonly Session[]>;
  /** Takes away those that are over. @param idleSince last used before that */
  takeOver(now: Date, idleSince: Date, limit: number): Promise<readonly Session[]>;
}

export interface Token {
  readonly id: string;
  /** For people. */
  readonly name: string;
  readonly owner:
    | { readonly kind: "user"; readonly id: UserId }
    /** What the pipeline's token said of it: `repository`, `ref` … */
    | { readonly kind: "workload"; readonly name: string; readonly claims: JsonObject };
  readonly limit?: TokenLimit;
  readonly addedAt: Date;
  readonly expiresAt: Date;
  readonly lastUsedAt?: Date;
  readonly lastUsedFrom?: string;
  readonly revokedAt?: Date;
}

export interface FoundToken {
  readonly token: Token;
  /** Absent: of a workload. */
  readonly user?: User;
  readonly assignments: readonly RoleAssignment[];
}

export interface TokenRecords {
  /** @throws AnchorwatchError `user_inactive` as with sessions */
  add(token: Token, digest: Uint8Array): Promise<void>;
  /** Also those that are over or revoked: the caller tells. Of a user who is not active: none. */
  byDigest(digest: Uint8Array): Promise<FoundToken | undefined>;
  byId(id: string): Promise<Token | undefined>;
  /** Newest first; those of pipelines only when no user is given. @param after id of the last one of the page before */
  list(filter: {
    readonly userId?: UserId;
    readonly limit: number;
    readonly after?: { readonly at: Date; readonly id: string };
  }): Promise<readonly Token[]>;
  /** Not more often than once a minute for each. */
  used(id: string, at: Date, address: string): Promise<void>;
  /** False when it was revoked before, or never was. */
  revoke(id: string, at: Date): Promise<boolean>;
  /** Gives those that were good until now. */
  revokeAll(userId: UserId, at: Date): Promise<readonly Token[]>;
  forget(expiredBefore: Date): Promise<number>;
}

/** An account of a chat, which its user has linked himself: who presses a button there is he. */
export interface ChatAccount {
  readonly id: string;
  readonly userId: UserId;
  readonly service: "slack";
  /** Workspace, and account in it, as the service calls them. */
  readonly team: string;
  readonly account: string;
  /** What it called itself when it was linked; for people. */
  readonly name: string;
  readonly linkedAt: Date;
}

export interface FoundChatAccount {
  readonly chatAccount: ChatAccount;
  readonly user: User;
  readonly assignments: readonly RoleAssignment[];
}

export interface ChatAccountRecords {
  /** False: it is linked already, whoever's it is. @throws AnchorwatchError `user_inactive` when the user is not there, or was shut out meanwhile */
  add(account: ChatAccount): Promise<boolean>;
  /** Of a user who is not active: none. */
  find(account: Pick<ChatAccount, "service" | "team" | "account">): Promise<FoundChatAccount | undefined>;
  of(userId: UserId): Promise<readonly ChatAccount[]>;
  /** Undefined: he has none of that id. */
  remove(userId: UserId, id: string): Promise<ChatAccount | undefined>;
}

/** Those that were made by API; those of the operator's file are not kept. */
export interface AssignmentRecords {
  list(): Promise<readonly RoleAssignment[]>;
  byId(id: string): Promise<RoleAssignment | undefined>;
  /** False when the subject has exactly that already. */
  add(assignment: RoleAssignment): Promise<boolean>;
  remove(id: string): Promise<boolean>;
}

/** Failures under a key (an account, a network …), for slowing down who guesses. */
export interface AttemptRecords {
  /** Counts one more and gives how many there are since the window began; a window that is older begins anew. */
  failed(key: string, at: Date, windowMs: number): Promise<number>;
  count(key: string, at: Date, windowMs: number): Promise<number>;
  clear(key: string): Promise<void>;
  /** Those whose window began before. */
  forget(before: Date): Promise<number>;
}

/**
 * Something that begins here and ends with one answer: a redirect to an identity provider, a challenge, a device's code, the first run;
 * and little else that one moment leaves to a later one.
 */
export interface CeremonyRecords {
  /** False when there is one of that kind and digest already, over or not, which stays: short codes can meet. */
  put(kind: string, digest: Uint8Array, data: JsonObject, expiresAt: Date): Promise<boolean>;
  /** Gives it once, and never again. Undefined when it is not there, or over. */
  take(kind: string, digest: Uint8Array, now: Date): Promise<JsonObject | undefined>;
  peek(kind: string, digest: Uint8Array, now: Date): Promise<JsonObject | undefined>;
  /** False when it is not there any more, or over. Its end stays. */
  replace(kind: string, digest: Uint8Array, data: JsonObject, now: Date): Promise<boolean>;
  /** All of a kind, whoever holds them. */
  drop(kind: string): Promise<void>;
  forget(now: Date): Promise<number>;
}

/** Answers that were given to writes with an idempotency key. */
export interface AnswerRecords {
  /**
   * `new`: the caller does it now, and tells its answer with `keep`, or `release`s it. `underway`: another request does it, since less
   * than the patience; `lost`: since longer, and nobody knows whether it was done. `other`: the key was used for another request.
   */
  begin(
    key: { readonly principal: string; readonly key: string; readonly request: Uint8Array },
    at: Date,
    patienceMs: number,
  ): Promise<
    | { readonly kind: "new" }
    | { readonly kind: "underway" }
    | { readonly kind: "lost" }
    | { readonly kind: "other" }
    | { readonly kind: "kept"; readonly answer: KeptAnswer }
  >;
  keep(principal: string, key: string, answer: KeptAnswer): Promise<void>;
  release(principal: string, key: string): Promise<void>;
  forget(before: Date): Promise<number>;
}

export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent: it held a secret, and was not kept. */
  readonly body?: string;
}

/** Random keys that all processes share, and that are worth nothing outside: of cursors, of browsers that were here before. */
export interface SecretRecords {
  /** The one of that name; where there is none, this one becomes it. */
  get(name: string, made: Uint8Array): Promise<Uint8Array>;
}

export interface LabelRecords {
  /** Those with higher keys; sets never change and never go. */
  since(key: LabelSetKey | 0): Promise<readonly LabelSet[]>;
}
