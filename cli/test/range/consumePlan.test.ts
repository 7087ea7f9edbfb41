import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OffsetQuery } from '@millrace/client/topicOffsets';
import { type ConsumePlan, type OffsetSource, planConsume } from '../../src/range/consumePlan.ts';
import { parseOffsetOptions } from '../../src/range/offsetRange.ts';

/** Partition 0 holds 10..19, partition 1 is empty, partition 2 holds 0..4; a record's time is its offset. */
const LOGS = [
  { earliest: 10, latest: 20 },
  { earliest: 0, latest: 0 },
  { earliest: 0, latest: 5 },
] as const;

const source: OffsetSource = {
  listOffsets: (_topic, at, options) => {
    const asked = options?.partitions ?? [0, 1, 2];
    return Promise.resolve(asked.map((partition) => offsetIn(partition, at)));
  },
};

function offsetIn(partition: number, at: OffsetQuery) {
  const log = LOGS[partition] ?? { earliest: 0, latest: 0 };
  let offset: number;
  if (at === 'earliest') offset = log.earliest;
  else if (at === 'latest') offset = log.latest;
  else offset = Math.min(Math.max(at.timestampMs, log.earliest), log.latest);
  return { partition, offset, timestampMs: undefined, leaderEpoch: 0, error: undefined };
}

function plan(option: string, partitions?: number[]): Promise<ConsumePlan> {
  const range = parseOffsetOptions([option], 100);
  return planConsume(source, { topic: 't', partitions, range });
}

test('one start for all partitions needs no offsets', async () => {
  assert.deepEqual(await plan('start'), { kind: 'follow', from: 'earliest' });
  assert.deepEqual(await plan('end'), { kind: 'follow', from: 'latest' });
  assert.deepEqual(await plan('7'), { kind: 'follow', from: { offset: 7 } });
  assert.deepEqual(await plan('@7'), { kind: 'follow', from: { timestampMs: 7 } });
});

test('a relative start is an offset of each partition', async () => {
  const starts = (of: ConsumePlan) => of.kind === 'follow-each' && [...of.starts];
  assert.deepEqual(starts(await plan('-3')), [
    [0, 17],
    [1, 0],
    [2, 2],
  ]);
  assert.deepEqual(starts(await plan('+2', [0])), [[0, 12]]);
});

const BOUNDED: readonly [option: string, bounds: number[][], missing: number[][]][] = [
  [
    'start:end',
    [
      [0, 10, 20],
      [2, 0, 5],
    ],
    [],
  ],
  [
    '-2:end',
    [
      [0, 18, 20],
      [2, 3, 5],
    ],
    [],
  ],
  ['12:14', [[0, 12, 14]], []],
  [
    '3:12',
    [
      [0, 10, 12],
      [2, 3, 5],
    ],
    [[0, 3, 10]],
  ],
  ['90:99', [], []],
  ['@12:15', [[0, 12, 15]], []],
  ['@:3', [[2, 0, 3]], []],
];

for (const [option, bounds, missing] of BOUNDED) {
  test(`-o ${option} is cut to what each log has, and says what is gone`, async () => {
    const planned = await plan(option);
    assert.ok(planned.kind === 'bounded');
    const rows = (of: typeof planned.bounds) => of.map((p) => [p.partition, p.from, p.to]);
    assert.deepEqual(rows(planned.bounds), bounds);
    assert.deepEqual(rows(planned.missing), missing);
  });
}
