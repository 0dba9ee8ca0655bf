/** What Node reads into one buffer at once. */
export const MAX_STATE_BYTES = 2 ** 31 - 1;
