import fc from "fast-check";
import { expect, it } from "vitest";
import { stringify } from "yaml";
import { readYaml } from "./yamlDocument.ts";

it.each([
  ["plain", "when: a == BAD\n", 1, 12],
  ["plain over lines", "when: a ==\n   b &&\n   BAD\n", 3, 4],
  ["in double quotes", 'when: "a == \\"x\\" && BAD"\n', 1, 22],
  ["in single quotes", "when: 'a == ''x'' && BAD'\n", 1, 22],
  ["in a literal block", "when: |\n    a == 1 &&\n    BAD\n", 3, 5],
  ["in a block that is indented by more", "when: |\n    a == 1 &&\n      b &&\n\n        BAD\n", 5, 9],
  ["in a folded block", "when: >-\n  a == 1 &&\n  b &&\n  BAD\n", 4, 3],
  ["behind escapes", 'when: "\\u0061\\x62 \\n\\t BAD"\n', 1, 24],
  ["behind what is beyond 65,536", 'when: "\\U0001F600 😀 BAD"\n', 1, 22],
  ["behind a line that goes on", 'when: "a ==\\\n   b BAD"\n', 2, 6],
  ["with Windows line ends", "when: |\r\n  a ==\r\n  BAD\r\n", 3, 3],
])("%s", (_, source, line, column) => {
  const document = readYaml(source);
  const { when } = document.value as { readonly when: string };
  expect(document.locateIn(["when"], when.indexOf("BAD"))).toEqual({ line, column });
});

it("finds every character again, whichever way a text is written", () => {
  const word = fc.stringMatching(/^[a-z(){}&|=!."'$#:-]{1,8}$/);
  const style = fc.constantFrom("PLAIN", "QUOTE_DOUBLE", "QUOTE_SINGLE", "BLOCK_LITERAL", "BLOCK_FOLDED");
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1, maxLength: 20 }),
      fc.constantFrom(" ", "\n"),
      style,
      (words, by, type) => {
        const source = stringify(
          { rules: [{ when: `${words.join(by)} MARK` }] },
          { defaultStringType: type, lineWidth: 40 },
        );
        const document = readYaml(source);
        const { rules } = document.value as { readonly rules: readonly { readonly when: string }[] };
        const offset = rules[0]?.when.indexOf("MARK") ?? 0;
        const { line, column } = document.locateIn(["rules", 0, "when"], offset);
        expect(source.split("\n")[line - 1]?.slice(column - 1, column + 3)).toBe("MARK");
      },
    ),
  );
});
