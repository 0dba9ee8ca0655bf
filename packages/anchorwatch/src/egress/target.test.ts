import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type EgressRules, INTERNET_ONLY, parseAllowed } from "./rules.ts";
import { ALLOWED_ADDRESSES, REFUSED_ADDRESSES, REFUSED_HOSTS } from "./spellings.fixture.ts";
import { addressProblem, targetOf } from "./target.ts";

function allowing(...texts: readonly string[]): EgressRules {
  return {
    allow: texts.map((text) => {
      const allowed = parseAllowed(text);
      if ("problem" in allowed) throw new TypeError(`${text} ${allowed.problem}`);
      return allowed;
    }),
  };
}

describe("without the operator's word", () => {
  for (const [what, hosts] of Object.entries(REFUSED_HOSTS)) {
    it.each(hosts)(`${what}: https://%s/ is refused`, (host) => {
      const found = addressProblem(`https://${host}/`, INTERNET_ONLY);
      expect(found).toMatchObject({ code: "egress_refused", hint: expect.stringContaining("egress.allow") });
      expect(() => targetOf(`https://${host}/`, INTERNET_ONLY)).toThrow(
        expect.objectContaining({ code: "egress_refused" }),
      );
    });
  }

  it.each(REFUSED_ADDRESSES)("%j is refused, and not repeated", (address) => {
    const found = addressProblem(address, INTERNET_ONLY);
    expect(found?.code).toMatch(/^egress_(invalid|refused)$/);
    expect(JSON.stringify(found)).not.toContain("hunter2");
  });

  it.each(ALLOWED_ADDRESSES)("%s is fine", (address) => {
    expect(addressProblem(address, INTERNET_ONLY)).toBeUndefined();
  });
});

describe("what the operator allows", () => {
  it.each([
    ["10.0.0.0/8", "https://10.1.2.3/"],
    ["10.0.0.0/8", "https://10.1.2.3:22/"],
    ["127.0.0.1", "https://127.1/"],
    ["::1", "https://[::1]/"],
    ["fd00::/8", "https://[fd12::1]:8443/"],
    ["[fd00::1]:8443", "https://[fd00::1]:8443/"],
    ["http://127.0.0.1:4010", "http://127.0.0.1:4010/"],
    ["http://127.0.0.1:4010", "https://127.0.0.1:4010/"],
    ["http://splunk.corp.example:8088", "http://SPLUNK.corp.example.:8088/services"],
    ["splunk.corp.example", "https://splunk.corp.example:25/"],
    ["169.254.169.254", "https://169.254.169.254/"],
  ])("%s lets %s through", (allowed, address) => {
    expect(addressProblem(address, allowing(allowed))).toBeUndefined();
  });

  it.each([
    ["10.0.0.0/8", "https://11.0.0.1:22/"],
    ["10.0.0.0/8", "http://10.1.2.3/"],
    ["127.0.0.1:8443", "https://127.0.0.1:8444/"],
    ["127.0.0.1", "https://[::ffff:127.0.0.1]/"],
    ["::ffff:0:0/96", "https://127.0.0.1/"],
    ["http://127.0.0.1:4010", "http://127.0.0.1:4011/"],
    ["splunk.corp.example", "http://splunk.corp.example/"],
    ["splunk.corp.example:8088", "https://splunk.corp.example:636/"],
    ["corp.example", "http://splunk.corp.example/"],
    // A network of translated addresses opens nothing that is closed without translation.
    ["64:ff9b::/96", "https://[64:ff9b::7f00:1]/"],
  ])("%s does not let %s through", (allowed, address) => {
    expect(addressProblem(address, allowing(allowed))).toBeDefined();
  });

  it("to what is public behind NAT64, and to what is not where that is allowed as well", () => {
    expect(addressProblem("https://[64:ff9b::8.8.8.8]/", allowing("64:ff9b::/96"))).toBeUndefined();
    expect(
      addressProblem("https://[64:ff9b::a00:1]/", allowing("64:ff9b::/96", "10.0.0.0/8")),
    ).toBeUndefined();
  });

  it.each([
    "",
    "*",
    "*.example.com",
    "https://example.com",
    "a/b",
    "10.0.0.5/8",
    "10.0.0.0/33",
    "0.0.0.0/0",
    "::/0",
    "a b",
    "a@b",
    "http://",
    "a:99999",
  ])("cannot be written as %j", (text) => {
    expect(parseAllowed(text)).toMatchObject({
      problem: expect.stringMatching(/^is /),
      hint: expect.any(String),
    });
  });
});

describe("the verdict depends on the address, not on how it is written", () => {
  const byte = fc.integer({ min: 0, max: 255 });
  // Half of them in networks that matter, so that both verdicts come.
  const start = fc.constantFrom(
    [10, 1],
    [127, 0],
    [169, 254],
    [192, 168],
    [172, 16],
    [100, 64],
    [8, 8],
    [1, 1],
    [93, 184],
  );
  const octets = fc.tuple(start, byte, byte).map(([[a = 0, b = 0], c, d]) => [a, b, c, d]);
  const radix = fc.constantFrom(8, 10, 16);

  it("of IPv4", () => {
    fc.assert(
      fc.property(
        octets,
        fc.array(radix, { minLength: 4, maxLength: 4 }),
        fc.integer({ min: 1, max: 4 }),
        (bytes, radixes, parts) => {
          // Fewer parts than four: the last one holds what is left.
          const last = bytes.slice(parts - 1).reduce((sum, part) => sum * 256 + part, 0);
          const written = [...bytes.slice(0, parts - 1), last].map((part, index) => {
            const base = radixes[index] ?? 10;
            return `${base === 16 ? "0x" : base === 8 ? "0" : ""}${part.toString(base)}`;
          });
          const plain = addressProblem(`https://${bytes.join(".")}/`, INTERNET_ONLY);
          expect(addressProblem(`https://${written.join(".")}/`, INTERNET_ONLY)?.problem).toBe(
            plain?.problem,
          );
        },
      ),
    );
  });

  it("of IPv6", () => {
    const first = fc.constantFrom(0x2600, 0x2a00, 0xfc00, 0xfe80, 0xff02, 0x64, 0x2001, 0x2002, 0);
    const groups = fc.tuple(
      first,
      fc.array(fc.constantFrom(0, 0, 0xff9b, 0x5efe, 1, 0xffff), { minLength: 7, maxLength: 7 }),
    );
    fc.assert(
      fc.property(groups, ([head, tail]) => {
        const all = [head, ...tail];
        const long = all.map((group) => group.toString(16).padStart(4, "0").toUpperCase()).join(":");
        const [high = 0, low = 0] = all.slice(6);
        const dotted = [high >> 8, high & 255, low >> 8, low & 255].join(".");
        const mixed = `${all
          .slice(0, 6)
          .map((group) => group.toString(16))
          .join(":")}:${dotted}`;
        const verdicts = [long, mixed].map(
          (text) => addressProblem(`https://[${text}]/`, INTERNET_ONLY)?.problem,
        );
        expect(new Set(verdicts).size).toBe(1);
      }),
    );
  });

  it("and what carries an IPv4 address inside is never better than that address", () => {
    fc.assert(
      fc.property(
        octets,
        fc.constantFrom("::ffff:", "::", "::ffff:0:", "64:ff9b::", "64:ff9b:1::", "2600::5efe:"),
        (bytes, prefix) => {
          expect(addressProblem(`https://[${prefix}${bytes.join(".")}]/`, INTERNET_ONLY)).toMatchObject({
            code: "egress_refused",
          });
        },
      ),
    );
  });
});
