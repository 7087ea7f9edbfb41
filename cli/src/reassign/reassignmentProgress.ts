/** How far reassignments are: bytes that the new copies hold of what they will. Pure. */
import type { Reassignment } from '@millrace/client/clusterAdmin';
import type { CopySizes } from './copySizes.ts';

export interface PartitionProgress extends Reassignment {
  /** All new copies together; undefined: nobody who knows answered. */
  readonly bytesTotal: number | undefined;
  readonly bytesCopied: number;
}

export function progressOf(reassignment: Reassignment, sizes: CopySizes): PartitionProgress {
  const { topicName, partition, replicas, wanted, isr } = reassignment;
  const whole = sizes.largest(topicName, partition, replicas);
  const coming = wanted.filter((id) => !replicas.includes(id));
  const copied = coming.map((id) => {
    if (isr.includes(id)) return whole ?? 0;
    // A copy may be larger than the leader's for a while: retention and compaction run on each by itself.
    return Math.min(whole ?? 0, sizes.of(topicName, partition, id) ?? 0);
  });
  return {
    ...reassignment,
    bytesTotal: whole === undefined ? undefined : whole * coming.length,
    bytesCopied: copied.reduce((sum, bytes) => sum + bytes, 0),
  };
}

export interface ProgressSum {
  readonly partitionsLeft: number;
  readonly partitions: number;
  readonly bytesTotal: number;
  readonly bytesCopied: number;
  /** At the pace of the last while; null: nothing moves, or it is too early to say. */
  readonly etaSeconds: number | null;
}

/** The pace is that of so many milliseconds. */
const PACE_MS = 15_000;

/** Over looks at reassignments that end one by one, and new ones that come. */
export class ReassignmentWatch {
  /** Bytes of all that were ever seen, by partition. */
  readonly #totals = new Map<string, number>();
  #looks: { readonly atMs: number; readonly missing: number }[] = [];

  /** `nowMs`: monotonic. */
  look(now: readonly PartitionProgress[], nowMs: number): ProgressSum {
    const left = new Map<string, number>();
    for (const { topicName, partition, bytesTotal = 0, bytesCopied } of now) {
      const name = `${topicName}/${partition}`;
      this.#totals.set(name, Math.max(bytesTotal, this.#totals.get(name) ?? 0));
      left.set(name, bytesTotal - bytesCopied);
    }
    const total = [...this.#totals.values()].reduce((sum, bytes) => sum + bytes, 0);
    const missing = [...left.values()].reduce((sum, bytes) => sum + bytes, 0);
    return {
      partitionsLeft: left.size,
      partitions: this.#totals.size,
      bytesTotal: total,
      bytesCopied: Math.max(0, total - missing),
      etaSeconds: this.#etaSeconds(missing, nowMs),
    };
  }

  /** What is missing grows when new reassignments come: then the pace is told anew. */
  #etaSeconds(missing: number, nowMs: number): number | null {
    const last = this.#looks.at(-1);
    if (last !== undefined && missing > last.missing) this.#looks = [];
    this.#looks.push({ atMs: nowMs, missing });
    while (nowMs - (this.#looks[0]?.atMs ?? nowMs) > PACE_MS) this.#looks.shift();
    const [first] = this.#looks;
    if (missing === 0) return 0;
    if (first === undefined || first.missing === missing) return null;
    return Math.ceil((missing * (nowMs - first.atMs)) / (first.missing - missing) / 1000);
  }
}
