// How long to wait before looking again.

/** Waits longer each time: 1 s, 1.5 s, … up to 10 s. */
export function backing_off(round: number): number {
  return Math.min(10_000, 1000 * 1.5 ** (round - 1));
}
