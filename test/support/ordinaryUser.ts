/** What Linux calls `nobody`. */
const NOBODY = 65_534;

/** Does it without root's right to read and write everything. Whoever is not root has no such right anyway. */
export async function asOrdinaryUser<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return work();
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}
