import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { drain } from "./outputTail.ts";

const same = (text: string) => text;

/** What is told after a program printed that, in these pieces. */
function told(pieces: readonly string[], mask = same): string {
  const stream = new PassThrough();
  const tail = drain([stream], mask);
  for (const piece of pieces) stream.emit("data", piece);
  return tail.text();
}

test("lines are told as they were printed, in whatever pieces they came, the last one also without its end", () => {
  expect(told(["one\ntw", "o\n", "\nfo", "ur"])).toBe("one\ntwo\n\nfour");
});

test("only the last lines are kept", () => {
  const lines = Array.from({ length: 1000 }, (_, index) => `line ${index}`);
  expect(told([`${lines.join("\n")}\n`])).toBe(lines.slice(-40).join("\n"));
});

test("a secret is masked wherever it stands, also where its line came in pieces", () => {
  const mask = (text: string) => text.replaceAll("hunter2", "(sensitive)");
  expect(told(["token=hun", "ter2\nand hunter2"], mask)).toBe("token=(sensitive)\nand (sensitive)");
});

test.each([0, 5_000, 16_370, 16_380, 40_000])(
  "an overlong line shows no part of a secret that begins at %i",
  (at) => {
    const secret = "a-secret-that-is-thirty-two-long";
    const line = `${"x".repeat(at)}${secret}${"y".repeat(50_000)}`;
    for (const size of [1000, 7000, line.length]) {
      const pieces = line.match(new RegExp(`.{1,${size}}`, "g")) ?? [];
      expect(told(["before\n", ...pieces, "\nafter"])).toBe(
        `before\n(a line of ${line.length} characters)\nafter`,
      );
      expect(told(pieces)).toBe(`(a line of ${line.length} characters)`);
    }
  },
);

test("a mask that is put over the lines stays there, and what comes later is not touched by it", () => {
  const stream = new PassThrough();
  const tail = drain([stream], same);
  tail.maskLines(() => "nothing was printed yet");
  stream.emit("data", "token=hunter2\nhunter2\nunfinished hunter2");
  tail.maskLines((text) => text.replaceAll("hunter2\nhunter2", "(two lines)"));
  expect(tail.text()).toBe("token=(two lines)\nunfinished hunter2");
});

test("a stream that breaks is no failure of ours", () => {
  const stream = new PassThrough();
  const tail = drain([stream], same);
  stream.emit("data", "so far");
  stream.destroy(new RangeError("broken"));
  expect(tail.text()).toBe("so far");
});
