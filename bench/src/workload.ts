/**
 * What the bench measures. One row of the report is one workload on every target; the numbers here are the same for
 * all of them, so that only the systems differ.
 */
export type WorkloadKind = 'produce' | 'consume' | 'rate';

export interface Workload {
  readonly name: string;
  readonly title: string;
  readonly kind: WorkloadKind;
  readonly recordBytes: number;
  readonly partitions: number;
  /** Offered load; only for kind rate. */
  readonly perSecond: number;
  /** The producer's batch limit. */
  readonly batchBytes: number;
  /** Flat out a producer may wait to fill batches; at a fixed rate every system sends at once. */
  readonly lingerMs: number;
}

const FLAT_OUT = { partitions: 6, perSecond: 0, batchBytes: 256 * 1024, lingerMs: 5 };
const FIXED_RATE = { recordBytes: 1024, perSecond: 5000, batchBytes: 256 * 1024, lingerMs: 0 };

export const produce1k: Workload = {
  name: 'produce-1k',
  title: 'produce 1 KiB records flat out',
  kind: 'produce',
  recordBytes: 1024,
  ...FLAT_OUT,
};

export const workloads: readonly Workload[] = [
  produce1k,
  {
    name: 'produce-100',
    title: 'produce 100 B records flat out',
    kind: 'produce',
    recordBytes: 100,
    ...FLAT_OUT,
  },
  {
    name: 'consume-1k',
    title: 'consume 1 KiB records from the disk cache',
    kind: 'consume',
    recordBytes: 1024,
    ...FLAT_OUT,
  },
  {
    name: 'rate-6',
    title: '5,000 records/s of 1 KiB, 6 partitions',
    kind: 'rate',
    partitions: 6,
    ...FIXED_RATE,
  },
  {
    name: 'rate-1000',
    title: '5,000 records/s of 1 KiB, 1,000 partitions',
    kind: 'rate',
    partitions: 1000,
    ...FIXED_RATE,
  },
];
