/** Of every answer: nothing is guessed about it, framed, kept, or readable from another origin. */
const RESPONSE_HEADERS = {
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
} as const;

/** Two years, as browsers' lists of such hosts ask for. */
const ONLY_TLS = { "strict-transport-security": "max-age=63072000" } as const;

/** @param isOnlyTls browsers talk TLS with us, and shall never talk otherwise */
export function responseHeaders(isOnlyTls: boolean): Readonly<Record<string, string>> {
  return isOnlyTls ? { ...RESPONSE_HEADERS, ...ONLY_TLS } : RESPONSE_HEADERS;
}
