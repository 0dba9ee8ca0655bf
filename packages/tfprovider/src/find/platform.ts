import { ProviderError } from "../errors.ts";

/** Operating system and processor in the words of package folders: `linux_amd64`. */
export interface Platform {
  readonly os: string;
  readonly arch: string;
}

const SYSTEMS: Readonly<Record<string, string>> = {
  darwin: "darwin",
  freebsd: "freebsd",
  linux: "linux",
  openbsd: "openbsd",
  sunos: "solaris",
  win32: "windows",
};

const PROCESSORS: Readonly<Record<string, string>> = {
  arm: "arm",
  arm64: "arm64",
  ia32: "386",
  loong64: "loong64",
  ppc64: "ppc64le",
  riscv64: "riscv64",
  s390x: "s390x",
  x64: "amd64",
};

/**
 * From what Node calls them, `process.platform` and `process.arch`.
 *
 * @throws ProviderError `find_platform_unsupported`
 */
export function platformOf(nodePlatform: string, nodeArch: string): Platform {
  const os = SYSTEMS[nodePlatform];
  const arch = PROCESSORS[nodeArch];
  if (os !== undefined && arch !== undefined) return { os, arch };
  throw new ProviderError(
    "find_platform_unsupported",
    `there are no providers for ${nodePlatform} on ${nodeArch}`,
    { hint: "Providers exist for Linux, macOS, Windows, FreeBSD, OpenBSD and Solaris." },
  );
}

export function formatPlatform(platform: Platform): string {
  return `${platform.os}_${platform.arch}`;
}
