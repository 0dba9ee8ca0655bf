import { describe, expect, test } from "vitest";
import { checkedFolder, checkedRef, parseAddress, refuseOpenToken } from "./address.ts";

describe("an address", () => {
  test.each([
    ["https://example.com/a/b.git", "https"],
    ["http://127.0.0.1:8080/a.git", "http"],
    ["ssh://git@example.com/a.git", "ssh"],
    ["git@example.com:a/b.git", "ssh"],
    ["file:///srv/git/a.git", "file"],
    ["/srv/git/a.git", "file"],
  ])("%s is reached by %s", (url, transport) => {
    expect(parseAddress(url)).toMatchObject({ url, transport });
  });

  test.each([
    "--upload-pack=touch /tmp/x",
    "ext::sh -c touch% /tmp/x",
    "fd::7",
    "git://example.com/a.git",
    "relative/path",
    "-oProxyCommand=x:y",
    "https://user:hunter2@example.com/a.git",
    "https://example.com/a\nb",
    "",
  ])("%j is refused, and no password is repeated", (url) => {
    expect(() => parseAddress(url)).toThrow(
      expect.objectContaining({
        code: "repository_address_invalid",
        message: expect.not.stringContaining("hunter2"),
      }),
    );
  });
});

test.each(["main", "release/1.0", "v1.2.3", "a".repeat(40), "HEAD"])("%s is a ref", (ref) => {
  expect(checkedRef(ref)).toBe(ref);
});

test.each(["", "-x", "a..b", "a b", "a:b", "a^", "refs//x", "x.lock", "@{-1}", "a*", "a\n"])(
  "%j is no ref",
  (ref) => {
    expect(() => checkedRef(ref)).toThrow(expect.objectContaining({ code: "repository_ref_invalid" }));
  },
);

test.each([
  ["infra", "infra"],
  ["infra/network/", "infra/network"],
])("%s is a folder", (folder, plain) => {
  expect(checkedFolder(folder)).toBe(plain);
});

test.each(["", "/etc", "../x", "a/../b", "a/*", "!a", ".git/hooks", "a\nb", "./a"])(
  "%j is no folder",
  (folder) => {
    expect(() => checkedFolder(folder)).toThrow(
      expect.objectContaining({ code: "repository_folder_invalid" }),
    );
  },
);

test("a token goes over https or to this machine, and nowhere else", () => {
  const refuse = (url: string) => () => refuseOpenToken(parseAddress(url), "hunter2");
  expect(refuse("https://example.com/a.git")).not.toThrow();
  expect(refuse("http://127.0.0.1:8080/a.git")).not.toThrow();
  for (const url of ["http://example.com/a.git", "ssh://example.com/a.git", "/srv/a.git"]) {
    expect(refuse(url)).toThrow(expect.objectContaining({ code: "repository_address_invalid" }));
  }
});
