/**
 * Milliseconds between two sweeps of a stack. The repository may only tighten: what it asks for counts where that is more often than
 * what the operator wants.
 */
export function sweepInterval(operatorMs: number, repositoryMs: number | undefined): number {
  return repositoryMs === undefined ? operatorMs : Math.min(operatorMs, repositoryMs);
}
