/** Batches as the original client writes them. */
import golden from './fixtures/recordBatches.json' with { type: 'json' };

export type GoldenName = keyof typeof golden.batches;

export function goldenBatch(name: GoldenName): Buffer {
  return Buffer.from(golden.batches[name], 'hex');
}

export const GOLDEN_TIME = 1_700_000_000_000;

/** What `mixed`, `gzip`, `zstd`, `lz4`, `snappy` and `idempotent` hold. */
export const GOLDEN_RECORDS = [
  { timestamp: GOLDEN_TIME, key: 'key-1', value: 'value-1' },
  { timestamp: GOLDEN_TIME + 5, key: null, value: 'no key' },
  { timestamp: GOLDEN_TIME - 3, key: 'tombstone', value: null },
  { timestamp: GOLDEN_TIME + 1_000_000, key: null, value: null },
  { timestamp: GOLDEN_TIME + 5, key: '', value: '' },
  {
    timestamp: GOLDEN_TIME + 6,
    key: 'k',
    value: 'v',
    headers: [
      { key: 'a', value: '1' },
      { key: 'a', value: '2' },
      { key: 'null', value: null },
      { key: 'empty', value: '' },
      { key: 'hä', value: '€' },
    ],
  },
  {
    timestamp: GOLDEN_TIME + 7,
    key: 'big',
    value: Buffer.from(Array.from({ length: 300 }, (_, index) => index & 0xff)),
  },
];
