import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { passwordProblem } from "./passwordRules.ts";

const KIM = { login: "kim.larsen@example.com", name: "Kim Larsen" };

describe("a password is taken", () => {
  it.each([
    "correct horse battery staple",
    "an otter reads the ledger",
    "Tr7-vexing-plinth",
    "все хорошо прекрасная",
    "今日は天気がとてもいいですね",
    "9f1c27ab30d4",
    "820374619283",
    "xxxkT9 brumal quoin",
    "pythons juggle teacups nightly while otters nap under the seventh moon, quite unbothered",
  ])("%s", (password) => {
    expect(passwordProblem(password, KIM)).toBeUndefined();
  });

  it("whatever characters it is of, when it is long and nobody's first guess", () => {
    const random = fc
      .string({ unit: "grapheme", minLength: 20, maxLength: 60 })
      .filter((text) => new Set(text).size > 12);
    fc.assert(
      fc.property(random, (password) => {
        fc.pre([...password.normalize("NFKC")].length >= 20 && [...password.normalize("NFKC")].length <= 128);
        expect(passwordProblem(password, KIM)).toBeUndefined();
      }),
    );
  });
});

describe("a password is refused", () => {
  it.each([
    ["short", "needs at least 12"],
    ["ünïcödé éé", "needs at least 12"],
    ["x1".repeat(65), "at most 128"],
    ["aaaaaaaaaaaaaa", "repeats"],
    ["abcabcabcabcabc", "repeats"],
    ["123123123123", "repeats"],
    ["qwertyuiop[]", "row of neighbours"],
    ["1234567890123", "row of neighbours"],
    ["abcdefghijklm", "row of neighbours"],
    ["1qaz2wsx3edc4rfv", "row of neighbours"],
    ["password12345", "tried first"],
    ["P@ssw0rd!2026", "tried first"],
    ["Password1234!!", "tried first"],
    ["iloveyou123456", "tried first"],
    ["WelcomeWelcome1", "tried first"],
    ["changemechangeme", "tried first"],
    ["Summer2026!!!!", "tried first"],
    ["anchorwatch2026", "tried first"],
    ["kimlarsen12345", "tried first"],
    ["KimLarsen-example", "tried first"],
    ["admin-password", "tried first"],
    ["123456password", "tried first"],
  ])("%s, since it %s", (password, why) => {
    expect(passwordProblem(password, KIM)).toContain(why);
  });
});
