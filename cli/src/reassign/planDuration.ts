/** How long a reassignment takes at a pace. Pure. */

export interface PlannedCopies {
  readonly from: readonly number[];
  readonly replicas: readonly number[];
  /** Of all new copies together; null: not known. */
  readonly bytes: number | null;
}

/**
 * Brokers fill their copies beside each other, each at `bytesPerSecond`: the one that gets most decides. Undefined if
 * nobody knows how much there is to copy.
 */
export function planSeconds(
  changes: readonly PlannedCopies[],
  bytesPerSecond: number,
): number | undefined {
  const coming = new Map<number, number>();
  for (const { from, replicas, bytes } of changes) {
    if (bytes === null) return undefined;
    const comers = replicas.filter((id) => !from.includes(id));
    for (const id of comers) coming.set(id, (coming.get(id) ?? 0) + bytes / comers.length);
  }
  return Math.ceil(Math.max(0, ...coming.values()) / bytesPerSecond);
}
