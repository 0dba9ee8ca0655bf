/** Where the server listens and how it is reached (`server`), checked. What flags of `serve` say goes before it. */
export interface ListenSettings {
  /** Origin that people type, such as `https://anchorwatch.example.com`, without a slash at its end; absent: this machine alone. */
  readonly publicUrl?: string;
  /** Address to listen on, such as `0.0.0.0`; absent: loopback. */
  readonly host?: string;
  /** Networks in CIDR form, whose word about a client's address counts. */
  readonly trustedProxies: readonly string[];
  /** Absolute paths of PEM files; absent: it speaks no TLS itself. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
}

/** Of a file without these, and of no file. */
export const DEFAULT_LISTEN: ListenSettings = { trustedProxies: [] };
