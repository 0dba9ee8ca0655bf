import { describe, expect, it } from "vitest";
import { parseLogPlace } from "./logPlace.ts";

describe("parseLogPlace", () => {
  it("takes a folder relative to where the caller stands", () => {
    expect(parseLogPlace("logs/audit", "/home/ada")).toEqual({
      kind: "folder",
      name: "logs/audit",
      path: "/home/ada/logs/audit",
    });
    expect(parseLogPlace("/var/audit/", "/home/ada")).toMatchObject({ kind: "folder", path: "/var/audit" });
  });

  it.each([
    ["https://example.com/logs/audit", "https://example.com/logs/audit/"],
    ["HTTP://example.com", "http://example.com/"],
  ])("takes the address %s", (text, url) => {
    expect(parseLogPlace(text, "/")).toEqual({ kind: "http", name: url, url });
  });

  it.each([
    ["s3://bucket", "bucket", ""],
    ["s3://my.bucket-1/logs/prod/", "my.bucket-1", "logs/prod"],
  ])("takes the bucket of %s", (text, bucket, prefix) => {
    expect(parseLogPlace(text, "/")).toMatchObject({ kind: "s3", bucket, prefix });
  });

  it.each([
    ["", "empty"],
    ["ftp://example.com/log", "ftp://"],
    ["https://", "no address"],
    ["https://example.com/log?x=1", "query"],
    ["s3://", "names no bucket"],
    ["s3://UPPER/x", "names no bucket"],
  ])("refuses %j, and says why", (text, why) => {
    expect(() => parseLogPlace(text, "/")).toThrow(why);
    expect(() => parseLogPlace(text, "/")).toThrow(expect.objectContaining({ code: "ledger_name_invalid" }));
  });

  it.each([
    ["https://ada:geheim@example.com/", "password"],
    ["https://ada:geheim@example.com:no-port/", "no address"],
    ["https://ada:ge/geheim@example.com/", "no address"],
    ["https://example.com/log?token=geheim", "query"],
    ["https://example.com/log#geheim", "fragment"],
    ["ftp://ada:geheim@example.com/", "ftp://"],
    ["s3://AKIA:geheim@bucket/prefix", "names no bucket"],
  ])("never repeats the secret of %s", (text, why) => {
    expect(() => parseLogPlace(text, "/")).toThrow(why);
    expect(() => parseLogPlace(text, "/")).not.toThrow("geheim");
  });
});
