import { hash } from "@node-rs/argon2";
import { describe, expect, it } from "vitest";
import { Passwords } from "./passwords.ts";

const PASSWORD = "an otter reads the ledger";

describe("passwords", () => {
  it("are kept as argon2id with a salt of their own, and known again", async () => {
    const passwords = new Passwords();
    const [first, second] = await Promise.all([passwords.hash(PASSWORD), passwords.hash(PASSWORD)]);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(first).not.toBe(second);
    expect(await passwords.verify(first, PASSWORD)).toBe("right");
    expect(await passwords.verify(first, `${PASSWORD} `)).toBe("wrong");
  });

  it("are the same however a keyboard spells a letter", async () => {
    const passwords = new Passwords();
    const kept = await passwords.hash("la ma\u00f1ana de ayer");
    expect(await passwords.verify(kept, "la man\u0303ana de ayer")).toBe("right");
  });

  it("are to be hashed again when they were with other parameters", async () => {
    const weak = await hash(PASSWORD, { memoryCost: 8192, timeCost: 1 });
    expect(await new Passwords().verify(weak, PASSWORD)).toBe("outdated");
    expect(await new Passwords().verify(weak, "another password")).toBe("wrong");
  });

  it("of nobody are never right, though they are hashed as anybody's", async () => {
    expect(await new Passwords().verify(undefined, "nobody ever has this password")).toBe("wrong");
  });

  it("wait for their turn, and are sent away where too many wait", async () => {
    const passwords = new Passwords({ running: 1, waiting: 1 });
    const [first, second, third] = await Promise.allSettled([1, 2, 3].map(() => passwords.hash(PASSWORD)));
    expect([first?.status, second?.status]).toEqual(["fulfilled", "fulfilled"]);
    expect(third).toMatchObject({ status: "rejected", reason: { code: "server_busy" } });
    expect(await passwords.hash(PASSWORD)).toContain("argon2id");
  });
});
