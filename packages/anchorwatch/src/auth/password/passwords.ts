/** Passwords as argon2id, with the parameters that OWASP's cheat sheet of password storage names as the least. */
import { hash, parseOptions, verify } from "@node-rs/argon2";
import { AnchorwatchError } from "../../domain/errors.ts";

/** 19 MiB, two passes, one lane; Argon2id is what the library takes unless it is told otherwise. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 } as const;

export interface PasswordLimits {
  /** At once; each takes 19 MiB and a processor. */
  readonly running: number;
  /** That wait for their turn; what comes beyond is sent away. */
  readonly waiting: number;
}

const LIMITS: PasswordLimits = { running: 2, waiting: 60 };

/** `outdated`: right, and to be hashed again, since it was with other parameters. */
export type PasswordVerdict = "right" | "outdated" | "wrong";

export class Passwords {
  readonly #limits: PasswordLimits;
  readonly #queue: (() => void)[] = [];
  #running = 0;
  #nobodys: Promise<string> | undefined;

  constructor(limits: PasswordLimits = LIMITS) {
    this.#limits = limits;
  }

  /**
   * In the PHC form, salt included.
   * @throws AnchorwatchError `server_busy`
   */
  hash(password: string): Promise<string> {
    return this.#inTurn(() => hash(normal(password), PARAMETERS));
  }

  /**
   * Takes as long for somebody whom there is not.
   * @param kept undefined: nobody has that name, or he has no password
   * @throws AnchorwatchError `server_busy`
   */
  async verify(kept: string | undefined, password: string): Promise<PasswordVerdict> {
    this.#nobodys ??= this.hash("nobody ever has this password").catch((error: unknown) => {
      this.#nobodys = undefined;
      throw error;
    });
    const against = kept ?? (await this.#nobodys);
    const isRight = await this.#inTurn(() => verify(against, normal(password)));
    if (kept === undefined || !isRight) return "wrong";
    return isCurrent(kept) ? "right" : "outdated";
  }

  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#running >= this.#limits.running) {
      if (this.#queue.length >= this.#limits.waiting) {
        throw new AnchorwatchError("server_busy", "too many passwords are being looked at", {
          hint: "Try again in a few seconds, or sign in with a passkey.",
        });
      }
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    } else this.#running++;
    try {
      return await work();
    } finally {
      // Who waits takes over the place as it is.
      const next = this.#queue.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}

function isCurrent(kept: string): boolean {
  const { memoryCost, timeCost, parallelism, outputLen } = parseOptions(kept);
  return (
    kept.startsWith("$argon2id$") &&
    memoryCost === PARAMETERS.memoryCost &&
    timeCost === PARAMETERS.timeCost &&
    parallelism === PARAMETERS.parallelism &&
    outputLen === PARAMETERS.outputLen
  );
}

/** Keyboards spell one letter in several ways (NIST SP 800-63B, section 3.1.1.2). */
function normal(password: string): string {
  return password.normalize("NFKC");
}
