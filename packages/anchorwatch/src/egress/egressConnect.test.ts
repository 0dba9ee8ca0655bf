import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { newConnect } from "./egressConnect.ts";
import { parseAllowed } from "./rules.ts";
import { REFUSED_HOSTS } from "./spellings.fixture.ts";

const NAME = "smtp.example.com";
let server: Server;
let connections: number;
let port: number;

beforeEach(async () => {
  connections = 0;
  server = createServer((socket) => {
    connections += 1;
    socket.on("error", () => {}).end("220 here\r\n");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});
afterEach(async () => {
  server.close();
  await once(server, "close");
});

interface Given {
  readonly allow?: readonly string[];
  /** Answers of the DNS, one after the other; the last for ever. */
  readonly dns?: readonly (readonly string[])[];
  readonly resolve?: Parameters<typeof newConnect>[0]["resolve"];
}

function connecting({ allow = [], dns = [["127.0.0.1"]], resolve }: Given = {}) {
  const asked: string[] = [];
  const rules = {
    allow: allow.map((text) => {
      const allowed = parseAllowed(text);
      if ("problem" in allowed) throw new TypeError(text);
      return allowed;
    }),
  };
  const answering = async (name: string) => {
    const addresses = dns[Math.min(asked.length, dns.length - 1)] ?? [];
    asked.push(name);
    return addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
  };
  const connect = newConnect({ rules: () => rules, resolve: resolve ?? answering, timeoutMs: 250 });
  /** What the other side says first. */
  const to = async (host: string, at = port, signal = new AbortController().signal) => {
    const socket = await connect(host, at, signal);
    onTestFinished(() => void socket.destroy());
    const [said] = (await once(socket, "data")) as [Buffer];
    return said.toString();
  };
  return { to, asked };
}

describe("a host that mail should go to", () => {
  for (const [what, hosts] of Object.entries(REFUSED_HOSTS)) {
    it(`that is ${what} is refused, in every spelling, before anybody is asked where it is`, async () => {
      const { to, asked } = connecting();
      for (const host of hosts) {
        const refusal: unknown = await to(host, 587).catch((error: unknown) => error);
        expect([host, refusal]).toEqual([
          host,
          expect.objectContaining({ code: expect.stringMatching(/^egress_(?:refused|invalid)$/) }),
        ]);
      }
      expect(asked).toEqual([]);
      expect(connections).toBe(0);
    });
  }

  it.each([
    "https://smtp.example.com",
    "smtp.example.com/",
    "smtp.example.com:25",
    "ada:hunter2@smtp.example.com",
    "smtp.example.com#",
    "smtp example.com",
    "smtp.example.com\r\nQUIT",
    "smtp.example.com\u0000",
    "fe80::1%eth0",
    "[fe80::1%eth0]",
    "",
    "/var/run/postfix",
    "%2e",
  ])("cannot be %j, and that is not repeated", async (host) => {
    const refusal: unknown = await connecting()
      .to(host, 25)
      .catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "egress_invalid" });
    expect(String(refusal)).not.toContain("hunter2");
  });

  it.each([22, 80, 110, 143, 993])("is not asked on port %i, which is another service's", async (other) => {
    await expect(connecting().to(NAME, other)).rejects.toMatchObject({ code: "egress_refused" });
  });

  it.each([
    ["localhost", ["127.0.0.1"]],
    ["localhost.", ["::1"]],
    ["LocalHost", ["127.0.0.1"]],
    ["mail.localhost", ["127.0.0.1"]],
    ["metadata.google.internal", ["169.254.169.254"]],
    ["instance-data", ["169.254.169.254"]],
    ["xn--80ak6aa92e.com", ["10.0.0.5"]],
    ["smtp.example.com.", ["192.168.1.1"]],
    [NAME, ["8.8.8.8", "127.0.0.1"]],
    [NAME, ["::ffff:127.0.0.1"]],
    [NAME, ["64:ff9b::7f00:1"]],
    [NAME, ["fe80::1%lo"]],
    [NAME, ["fd00:ec2::254"]],
    [NAME, ["not an address"]],
  ])("called %s, at %j, is refused without a connection", async (host, addresses) => {
    const refusal: unknown = await connecting({ dns: [addresses] })
      .to(host)
      .catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "egress_refused" });
    expect(String(refusal)).not.toMatch(/127\.0|10\.0|192\.168|169\.254/);
    expect(connections).toBe(0);
  });

  it("never wins by being somewhere else the next time: it is asked for once, and that is connected to", async () => {
    // The same port of another address of this machine stands for what is inside.
    const inside = createServer((socket) => {
      connections += 100;
      socket.destroy();
    });
    inside.listen(port, "127.0.0.2");
    await once(inside, "listening");
    onTestFinished(() => void inside.close());
    const { to, asked } = connecting({
      allow: ["127.0.0.1"],
      dns: [["127.0.0.1"], ["127.0.0.2"], ["127.0.0.1"]],
    });
    expect(await to(NAME)).toBe("220 here\r\n");
    await expect(to(NAME)).rejects.toMatchObject({ code: "egress_refused" });
    expect(await to(NAME)).toBe("220 here\r\n");
    expect(asked).toEqual([NAME, NAME, NAME]);
    expect(connections).toBe(2);
  });
});

describe("what the operator allows", () => {
  it.each([
    ["by its name", NAME, (at: number) => `${NAME}:${at}`],
    ["by its name, with a dot", `${NAME.toUpperCase()}.`, () => NAME],
    ["by its address", "127.0.0.1", () => "127.0.0.1"],
    ["by its network", "2130706433", () => "127.0.0.0/8"],
  ])("%s is connected to", async (_how, host, allow) => {
    expect(await connecting({ allow: [allow(port)] }).to(host)).toBe("220 here\r\n");
  });

  it("by its name may be inside, and yet not at the metadata, nor on another port", async () => {
    const { to } = connecting({
      allow: [`${NAME}:${port}`],
      dns: [["169.254.169.254"], ["fd00:ec2::23"], ["127.0.0.1"]],
    });
    await expect(to(NAME)).rejects.toMatchObject({ code: "egress_refused" });
    await expect(to(NAME)).rejects.toMatchObject({ code: "egress_refused" });
    await expect(to(NAME, 25)).rejects.toMatchObject({ code: "egress_refused" });
    expect(connections).toBe(0);
  });
});

describe("a connection that does not come about", () => {
  it("since nobody knows the name, or the DNS is silent, or nobody listens, is told as such", async () => {
    const unknown = connecting({ allow: [NAME], dns: [[]] });
    await expect(unknown.to(NAME)).rejects.toMatchObject({
      code: "egress_unreachable",
      message: `The host ${NAME} is not known`,
    });
    const silent = connecting({ allow: [NAME], resolve: () => new Promise(() => {}) });
    await expect(silent.to(NAME)).rejects.toMatchObject({
      code: "egress_unreachable",
      message: `${NAME}:${port} did not answer within 0.25 s`,
    });
    const closed = connecting({ allow: ["127.0.0.3"] });
    await expect(closed.to("127.0.0.3")).rejects.toMatchObject({
      code: "egress_unreachable",
      message: `127.0.0.3:${port} cannot be reached: ECONNREFUSED`,
    });
  });

  it("since nobody wants it any more, ends as it was told to", async () => {
    const abort = new AbortController();
    const silent = connecting({
      allow: [NAME],
      resolve: () => new Promise(() => abort.abort(new TypeError("enough"))),
    });
    await expect(silent.to(NAME, port, abort.signal)).rejects.toThrow("enough");
  });
});
