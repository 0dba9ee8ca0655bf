/** So many entries a batch may have. What a crash leaves behind is at most one batch; more than that is no crash. */
export const MAX_BATCH_ENTRIES = 16_384;
