const UNITS: Readonly<Record<string, number>> = {
  MB: 1_000_000,
  GB: 1_000_000_000,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};

/** What an amount of memory looks like, as JSON Schema takes it too. */
export const SIZE_PATTERN = /^[1-9][0-9]{0,5}(?:\.[0-9]{1,3})?(?:MB|GB|MiB|GiB)$/;

/** Bytes of `500MB`, `1.5GiB`; undefined when it is no size. */
export function parseSize(text: string): number | undefined {
  if (!SIZE_PATTERN.test(text)) return undefined;
  const [, amount = "", unit = ""] = /^([0-9.]+)([A-Za-z]+)$/.exec(text) ?? [];
  return Math.round(Number(amount) * (UNITS[unit] ?? 0));
}
