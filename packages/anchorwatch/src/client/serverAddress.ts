import { AnchorwatchError } from "../domain/errors.ts";

/**
 * The origin of a server, such as `https://anchorwatch.example.com`, without a slash at its end. A token is sent there with every request:
 * it may cross a network under TLS alone.
 * @throws AnchorwatchError `server_url_invalid`
 */
export function parseServerAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw invalid(text, "it is no address of a server");
  if (url.username !== "" || url.password !== "") throw invalid(text, "it holds a user name or password");
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    throw invalid(text, "it names more than the server itself");
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw invalid(text, "without TLS everybody on the way could read the token");
  }
  return url.origin;
}

/** Whether a text is meant as the address of a server, right or wrong; else it is a file. */
export function looksLikeServer(text: string): boolean {
  return /^https?:\/\//i.test(text);
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function invalid(text: string, why: string): AnchorwatchError {
  // What looks like a password must not be printed again.
  const shown = JSON.stringify(
    text
      .replace(/\/\/.*@/s, "//…@")
      .replace(/[?#].*$/s, "…")
      .slice(0, 200),
  );
  return new AnchorwatchError("server_url_invalid", `${shown} does not name a server: ${why}`, {
    hint: "Give its address alone, such as https://anchorwatch.example.com; http:// is for this very machine, as in http://localhost:7478.",
  });
}
