/**
 * Which passwords are taken (NIST SP 800-63B, section 3.1.1.2): long ones, of whatever characters, unless they are among those that are
 * tried first. No rule about digits and signs, no expiry.
 */
import { COMMON_WORDS } from "./commonWords.ts";

const SHORTEST = 12;
const LONGEST = 128;

export interface PasswordOwner {
  readonly login: string;
  readonly name: string;
}

/** What is wrong with it, as the end of “the password …”; undefined: nothing. */
export function passwordProblem(password: string, owner: PasswordOwner): string | undefined {
  const plain = password.normalize("NFKC");
  const { length } = [...plain];
  if (length < SHORTEST) return `has ${length} characters, and needs at least ${SHORTEST}`;
  if (length > LONGEST) return `has ${length} characters, and may have at most ${LONGEST}`;
  const core = unadorned(plain);
  if (isRepetition(plain)) return "repeats a few characters over and over";
  if (isRun(plain)) return "is a row of neighbours on the keyboard, in the alphabet or among the digits";
  const expected = [...COMMON_WORDS, ...wordsOf(owner)];
  if (isMadeOf(core, expected) || isMadeOf(plain.toLowerCase(), expected)) {
    return "is one of those that are tried first: common words, your own name, the name of this program";
  }
  return undefined;
}

/** Without what people put around a word to please a rule: letters for signs, no digits or signs at the ends. */
function unadorned(password: string): string {
  const ends = password.toLowerCase().replaceAll(/^[^\p{L}]+|[^\p{L}@$]+$/gu, "");
  return ends
    .replaceAll(/[@4]/g, "a")
    .replaceAll("0", "o")
    .replaceAll(/[1!]/g, "i")
    .replaceAll("3", "e")
    .replaceAll(/[$5]/g, "s");
}

function wordsOf({ login, name }: PasswordOwner): readonly string[] {
  return `${login} ${name}`
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length >= 3);
}

/** Whether nothing is left that nobody expects: at most three characters beside the words, digits and signs apart. */
function isMadeOf(text: string, words: readonly string[]): boolean {
  let rest = text;
  for (const word of [...words].sort((a, b) => b.length - a.length)) rest = rest.replaceAll(word, "");
  if (rest.length === text.length) return false;
  return rest.replaceAll(/[^\p{L}]/gu, "").length <= 3;
}

/** `abcabcabcabc`, `aaaaaaaaaaaa`. */
function isRepetition(password: string): boolean {
  const text = password.toLowerCase();
  for (let size = 1; size <= 4; size++) {
    if (
      text ===
      text
        .slice(0, size)
        .repeat(Math.ceil(text.length / size))
        .slice(0, text.length)
    )
      return true;
  }
  return false;
}

const ROWS = [
  "abcdefghijklmnopqrstuvwxyz",
  "01234567890",
  "qwertyuiop[]",
  "asdfghjkl;'",
  "zxcvbnm,./",
  "qwertzuiopü",
  "azertyuiop",
  "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
  "!@#$%^&*()_+",
];
const STEPS = new Set(
  ROWS.flatMap((row) => {
    return [...row].slice(1).flatMap((character, index) => {
      const before = [...row][index] ?? "";
      return [before + character, character + before];
    });
  }),
);

/** Where nearly every character is a neighbour of the one before it. */
function isRun(password: string): boolean {
  const text = password.toLowerCase();
  let jumps = 0;
  for (let at = 1; at < text.length; at++) {
    const [before = "", here = ""] = [text[at - 1], text[at]];
    if (before !== here && !STEPS.has(before + here)) jumps++;
  }
  return jumps <= Math.floor(text.length / 6) + 1;
}
