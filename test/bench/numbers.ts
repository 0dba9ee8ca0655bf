/** Sums over measurements, and how figures are written. */

/** NaN of nothing. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** The least number that so many percent of them do not exceed. NaN of nothing. */
export function percentile(numbers: readonly number[], percent: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? Number.NaN;
}

export interface Line {
  /** How much y grows for one x. */
  readonly slope: number;
  readonly intercept: number;
  /** Pearson's correlation: 1 where every point lies on a rising line. */
  readonly correlation: number;
}

/** The straight line of least squares through the points. */
export function fitLine(points: readonly (readonly [x: number, y: number])[]): Line {
  const mean = (pick: (point: readonly [number, number]) => number) =>
    points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  const meanX = mean(([x]) => x);
  const meanY = mean(([, y]) => y);
  const spreadX = mean(([x]) => (x - meanX) ** 2);
  const spreadY = mean(([, y]) => (y - meanY) ** 2);
  const together = mean(([x, y]) => (x - meanX) * (y - meanY));
  const slope = together / spreadX;
  return { slope, intercept: meanY - slope * meanX, correlation: together / Math.sqrt(spreadX * spreadY) };
}

/** `0.94 s`, `12.3 s`. */
export function seconds(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 1)} s`;
}

/** `4.7 ms`, `0.43 ms`. */
export function milliseconds(value: number): string {
  return `${value.toFixed(value < 1 ? 2 : 1)} ms`;
}

/** Megabytes of a million bytes: `412 MB`. */
export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

/** `1,000`. */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en");
}
