/** Members of `server` that say where the server listens and how it is reached. */
import { isIP } from "node:net";
import { resolve } from "node:path";
import ipaddr from "ipaddr.js";
import { written } from "../issues.ts";
import type { DocumentPath } from "../yamlDocument.ts";
import type { ListenSettings } from "./listenSettings.ts";
import { parsePublicUrl } from "./publicUrl.ts";
import type { ServerFile } from "./schema.ts";
import type { SectionContext } from "./section.ts";

const AT = ["server"];

export function readListen(section: ServerFile["server"], context: SectionContext): ListenSettings {
  const { publicUrl, host, trustedProxies = [], tls } = section ?? {};
  const { folder } = context;
  const origin = publicUrl === undefined ? undefined : readPublicUrl(publicUrl, context);
  if (host !== undefined) checkHost(host, context);
  return {
    ...(origin === undefined ? {} : { publicUrl: origin }),
    ...(host === undefined ? {} : { host }),
    trustedProxies: trustedProxies.map((text, index) =>
      readNetwork(text, [...AT, "trustedProxies", index], context),
    ),
    ...(tls === undefined
      ? {}
      : { tls: { certFile: resolve(folder, tls.certFile), keyFile: resolve(folder, tls.keyFile) } }),
  };
}

/** Its origin; undefined when a problem was reported. */
function readPublicUrl(text: string, { problems }: SectionContext): string | undefined {
  const at = [...AT, "publicUrl"];
  const read = parsePublicUrl(text);
  if ("origin" in read) return read.origin;
  problems.reportAt(at, `${written(at)} ${read.problem}`, read.hint);
  return undefined;
}

function checkHost(host: string, { problems }: SectionContext): void {
  if (isIP(host) !== 0 || host === "localhost") return;
  const at = [...AT, "host"];
  problems.reportAt(
    at,
    `${written(at)} is no address of this machine`,
    "Expected an address such as 0.0.0.0, :: or 10.0.0.5. The name that people use belongs into server.publicUrl.",
  );
}

/** In CIDR form. */
function readNetwork(text: string, at: DocumentPath, { problems }: SectionContext): string {
  const network = isIP(text) === 0 ? text : `${text}/${isIP(text) === 4 ? 32 : 128}`;
  const [address = "", prefix = ""] = network.split("/");
  // ipaddr.js would take 10.1/8 and 010.0.0.1, of which each reader thinks something else.
  if (isIP(address) === 0 || !ipaddr.isValidCIDR(network)) {
    const hint = "Expected an address or a network in CIDR form, such as 10.0.0.0/8 or fd00::/8.";
    problems.reportAt(at, `${written(at)} is no network`, hint);
    return text;
  }
  const family = isIP(address) === 4 ? ipaddr.IPv4 : ipaddr.IPv6;
  const first = family.networkAddressFromCIDR(network).toString();
  if (prefix === "0") {
    const hint = "Whoever connects could then claim any address. Name the proxies alone.";
    problems.reportAt(at, `${written(at)} is the whole Internet`, hint);
  } else if (first !== ipaddr.parse(address).toString()) {
    const hint = `The network is ${first}/${prefix}; a single proxy is named without /${prefix}.`;
    problems.reportAt(at, `${written(at)} is an address in a network, not the network`, hint);
  }
  return `${first}/${prefix}`;
}
