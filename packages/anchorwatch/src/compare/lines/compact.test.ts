import { describe, expect, it } from "vitest";
import { SSH_RULE } from "../../cli/formats/checkResult.fixture.ts";
import { Decimal, objectOf, unknown, type Value } from "../../domain/value.ts";
import { compact } from "./compact.ts";

const text = (value: Value) => compact(value, 1000).text;

describe("a value in one line", () => {
  it.each<[Value, string]>([
    [null, "null"],
    ["", '""'],
    ["a\u001b", '"a\\u001b"'],
    [true, "true"],
    [18446744073709551615n, "18446744073709551615"],
    [new Decimal("0.1234567890123456789"), "0.1234567890123456789"],
    [unknown, "(known after apply)"],
    [[], "[]"],
    [objectOf([]), "{}"],
    [["a", 1, null], '["a", 1, null]'],
    [
      objectOf([
        ["name", "x"],
        ["tags", objectOf([["k v", "1"]])],
      ]),
      'name="x" tags={"k v"="1"}',
    ],
    [
      objectOf([
        ["a", null],
        ["b", ""],
        ["c", []],
        ["d", false],
        ["e", 0],
      ]),
      "d=false e=0",
    ],
    [[objectOf([["a", ""]])], "[{}]"],
    [objectOf([["a", ""]]), "{}"],
    [objectOf([["__proto__", "x"]]), '__proto__="x"'],
  ])("is short and clear (%#)", (value, expected) => {
    expect(text(value)).toBe(expected);
  });

  it("says protocol and ports of a firewall rule as people do", () => {
    const rule = (protocol: string, from: number, to: number) =>
      objectOf([
        ["from_port", from],
        ["protocol", protocol],
        ["to_port", to],
      ]);
    expect(text(SSH_RULE)).toBe('tcp 22 cidr_blocks=["0.0.0.0/0"] self=false');
    expect(text(rule("udp", 5000, 5010))).toBe("udp 5000-5010");
    expect(text(rule("-1", 0, 0))).toBe("all traffic");
    expect(text(rule("\u001b", 1, 1))).toBe("\\u001b 1");
  });

  it("is cut when it is long, and says how long it was", () => {
    const long = compact("x".repeat(5000), 50);
    expect(long).toEqual({ text: `"${"x".repeat(50)}"… (5,000 characters)`, cut: true });
    const list = compact(
      Array.from({ length: 1000 }, (_, i) => i),
      20,
    );
    expect(list.text).toBe("[0, 1, 2, 3, 4, 5, 6 …]");
    expect(list.cut).toBe(true);
    const object = compact(objectOf(Array.from({ length: 1000 }, (_, i) => [`k${i}`, "v"])), 40);
    expect(object.cut).toBe(true);
    expect(object.text.length).toBeLessThan(80);
  });
});
