import assert from 'node:assert/strict';
import test from 'node:test';
import { checkBatches } from '@millrace/core/batchCheck';
import { readBatchHeader, SEQUENCES } from '@millrace/core/batchHeader';
import { BatchBuilder } from '@millrace/core/batchWriter';
import { splitBatch } from '../src/batchSplit.ts';
import { BuilderPool } from '../src/builderPool.ts';
import { LaneSequences } from '../src/laneSequences.ts';
import { ProducerBatch } from '../src/producerBatch.ts';

const LATER = { crc: 'later' } as const;
const RULES = { batchBytesMax: 1 << 20, timestampAheadMsMax: 1e6, nowMs: 1e6 };

function sealed(records: number, compression: 'none' | 'gzip' = 'none'): ProducerBatch {
  const batch = new ProducerBatch('t', 0, 0, new BatchBuilder());
  for (let n = 0; n < records; n++) batch.append(n, null, `value ${n}`, undefined, undefined);
  batch.seal({ ...LATER, compression });
  return batch;
}

/** Producer id, epoch and first sequence as they are in the bytes, which are whole. */
function fieldsOf(batch: ProducerBatch): number[] {
  const [header] = checkBatches(Buffer.from(batch.bytes), RULES);
  assert.ok(header !== undefined);
  return [header.producerId, header.producerEpoch, header.baseSequence];
}

function begun(): LaneSequences {
  const sequences = new LaneSequences();
  sequences.identify(9);
  return sequences;
}

test('each batch begins where the one before it ended, and keeps its place however often it is sent', () => {
  const sequences = begun();
  const batches = [sealed(3), sealed(1, 'gzip'), sealed(2)];
  for (const batch of batches) sequences.stamp(batch);
  const bytes = batches.map((batch) => Buffer.from(batch.bytes));
  for (const batch of batches) sequences.stamp(batch);
  assert.deepEqual(batches.map(fieldsOf), [
    [9, 0, 0],
    [9, 0, 3],
    [9, 0, 4],
  ]);
  assert.deepEqual(
    batches.map((batch) => batch.bytes),
    bytes,
  );
});

test('sequences go on at 0 after 2^31 - 1, within a batch and between two', () => {
  const sequences = begun();
  const first = sealed(1);
  sequences.stamp(first);
  // As after two milliards of records.
  const nearEnd = { recordCount: SEQUENCES - 4, place: undefined, inDoubt: false, stamp: () => {} };
  sequences.stamp(nearEnd as unknown as ProducerBatch);
  const batches = [sealed(2), sealed(3), sealed(1)];
  for (const batch of batches) sequences.stamp(batch);
  assert.deepEqual(
    batches.map((batch) => fieldsOf(batch)[2]),
    [SEQUENCES - 3, SEQUENCES - 1, 2],
  );
  const halves = splitBatch(batches[1] as ProducerBatch, LATER, new BuilderPool());
  assert.deepEqual(
    halves.map((half) => [fieldsOf(half)[2], half.recordCount]),
    [
      [SEQUENCES - 1, 1],
      [0, 2],
    ],
  );
});

test('after a batch was given up the next run has a higher epoch and begins at 0', () => {
  const sequences = begun();
  const [lost, next] = [sealed(2), sealed(1)];
  sequences.stamp(lost);
  sequences.confirm();
  sequences.stamp(next);
  sequences.lose(lost);
  assert.ok(sequences.isBroken && sequences.goesAlone);
  assert.throws(() => sequences.stamp(sealed(1)));
  sequences.renew();
  const before = next.bytes;
  next.attempts = 1;
  sequences.stamp(next);
  assert.deepEqual(fieldsOf(next), [9, 1, 0]);
  assert.equal(readBatchHeader(before, 0).producerEpoch, 0, 'what was sent is not changed');
  assert.ok(sequences.goesAlone, 'until the leader knows the new epoch');
});

test('a batch that may be in the log gets no second place', () => {
  const sequences = begun();
  const batch = sealed(1);
  sequences.stamp(batch);
  batch.inDoubt = true;
  sequences.stamp(batch);
  sequences.lose(batch);
  sequences.renew();
  assert.throws(() => sequences.stamp(batch));
});

test('a batch that was given up in an earlier run does not end this one', () => {
  const sequences = begun();
  const batch = sealed(1);
  sequences.stamp(batch);
  sequences.restart();
  sequences.lose(batch);
  assert.equal(sequences.isBroken, false);
});

test('after the last epoch another producer id is needed', () => {
  const sequences = begun();
  for (let epoch = 1; epoch < 2 ** 15; epoch++) sequences.renew();
  const last = sealed(1);
  sequences.stamp(last);
  assert.deepEqual(fieldsOf(last), [9, 2 ** 15 - 1, 0]);
  sequences.renew();
  assert.deepEqual([sequences.producerId, sequences.spentId], [undefined, 9]);
  sequences.identify(10);
  const next = sealed(1);
  sequences.stamp(next);
  assert.deepEqual(fieldsOf(next), [10, 0, 0]);
});
