/** What a person types to let a program in (RFC 8628, section 6.1): no vowels, so that it spells nothing, and no digits that look like letters. */
import type { RandomBytes } from "../secret.ts";

const LETTERS = "BCDFGHJKLMNPQRSTVWXZ";
const LENGTH = 8;
/** The largest multiple of the alphabet's size in a byte: what is above would make some letters more frequent. */
const FAIR_BELOW = 256 - (256 % LETTERS.length);

/** 20^8 of them. */
export function newUserCode(randomBytes: RandomBytes): string {
  let code = "";
  while (code.length < LENGTH) {
    for (const byte of randomBytes(LENGTH)) {
      if (byte < FAIR_BELOW && code.length < LENGTH) code += LETTERS[byte % LETTERS.length];
    }
  }
  return code;
}

/** `BCDF-GHJK`, as it is shown. */
export function shownUserCode(code: string): string {
  return `${code.slice(0, LENGTH / 2)}-${code.slice(LENGTH / 2)}`;
}

/** What people type of it, in whatever case and with whatever between. Undefined: it is none. */
export function readUserCode(typed: string): string | undefined {
  const code = typed.toUpperCase().replaceAll(/[\s-]/g, "");
  return code.length === LENGTH && [...code].every((letter) => LETTERS.includes(letter)) ? code : undefined;
}
