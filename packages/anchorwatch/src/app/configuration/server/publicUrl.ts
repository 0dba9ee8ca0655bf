import { isIP } from "node:net";

/** Where people reach the server: its origin; or why a text is none, as the rest of a sentence, and what to write instead. */
export type PublicUrl = { readonly origin: string } | { readonly problem: string; readonly hint: string };

export function parsePublicUrl(text: string): PublicUrl {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") {
    return {
      problem: "is no address of a server",
      hint: "Expected https://HOST, with :PORT where it is another one than 443.",
    };
  }
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    return {
      problem: "has more than a host and a port",
      hint: `Anchorwatch needs a host of its own: ${url.origin}.`,
    };
  }
  if (url.protocol === "http:" && url.hostname !== "localhost") {
    return {
      problem: "is not on https",
      hint: "Without TLS everybody on the way could read sign-ins. http is for http://localhost alone.",
    };
  }
  // Browsers take no passkeys and no locked cookies of a bare address, whatever its certificate.
  if (isIP(url.hostname.replace(/^\[(.*)\]$/, "$1")) !== 0) {
    return {
      problem: "names an address of the network, not a host",
      hint: "Passkeys need a name: give the host's name in DNS.",
    };
  }
  return { origin: url.origin };
}
