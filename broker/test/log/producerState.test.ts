import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Offset } from '@millrace/core/ids';
import fc from 'fast-check';
import {
  IDLE_MS_MAX,
  ProducerState,
  type SequencedBatch,
} from '../../src/log/producers/producerState.ts';

const at = (value: number): Offset => value as Offset;

function batch(baseSequence: number, records = 1, producerEpoch = 0, producerId = 7) {
  return { producerId, producerEpoch, baseSequence, lastOffsetDelta: records - 1 };
}

/** Batches of two records each, from sequence 0 and offset 100 on. */
function stateOf(count: number): ProducerState {
  const state = new ProducerState(100);
  for (let index = 0; index < count; index++) {
    state.note(batch(index * 2, 2), at(100 + index * 2), 0);
  }
  return state;
}

test('the next sequence, an unknown producer and a new epoch from 0 are new', () => {
  const state = stateOf(3);
  for (const next of [batch(6), batch(6, 9), batch(0, 1, 1), batch(77, 1, 3, 8)]) {
    assert.equal(state.check(next, 0), undefined);
  }
  assert.equal(new ProducerState(1).check(batch(123), 0), undefined);
});

test('one of the last five batches again is a duplicate at its offset', () => {
  const state = stateOf(7);
  for (let index = 2; index < 7; index++) {
    const { baseOffset, endOffset } = state.check(batch(index * 2, 2), 0) ?? {};
    assert.deepEqual(
      { baseOffset, endOffset },
      { baseOffset: 100 + index * 2, endOffset: 102 + index * 2 },
    );
  }
});

test('gaps, other bounds, what is too old and new epochs past 0 are out of order', () => {
  const table: [SequencedBatch, 'unknown' | 'not-applied'][] = [
    [batch(15), 'not-applied'],
    [batch(2, 2), 'unknown'],
    [batch(12, 1), 'unknown'],
    [batch(13, 1), 'unknown'],
    [batch(11, 2), 'unknown'],
    [batch(14, 1, 1), 'not-applied'],
  ];
  for (const [wrong, outcome] of table) {
    assert.throws(() => stateOf(7).check(wrong, 0), { code: 'OUT_OF_ORDER_SEQUENCE', outcome });
  }
});

test('an older epoch is fenced, batches of it are no duplicates', () => {
  const state = stateOf(3);
  state.note(batch(0, 1, 2), at(106), 0);
  assert.throws(() => state.check(batch(4, 2, 0), 0), { code: 'PRODUCER_FENCED' });
  assert.throws(() => state.check(batch(4, 2, 2), 0), { code: 'OUT_OF_ORDER_SEQUENCE' });
  assert.equal(state.check(batch(0, 1, 2), 0)?.baseOffset, 106);
});

test('sequences wrap around at 2^31, also within a batch', () => {
  const state = new ProducerState(1);
  state.note(batch(2 ** 31 - 2, 4), at(0), 0);
  assert.equal(state.check(batch(2), 0), undefined);
  assert.equal(state.check(batch(2 ** 31 - 2, 4), 0)?.endOffset, 4);
  assert.throws(() => state.check(batch(2 ** 31 - 1, 1), 0), { outcome: 'unknown' });
  assert.throws(() => state.check(batch(3), 0), { outcome: 'not-applied' });
});

test('batches without a producer and control batches leave no trace', () => {
  const state = new ProducerState(1);
  state.note({ producerId: -1, producerEpoch: -1, baseSequence: -1, lastOffsetDelta: 0 }, at(0), 0);
  state.note({ producerId: 3, producerEpoch: 0, baseSequence: -1, lastOffsetDelta: 0 }, at(1), 0);
  assert.equal(state.size, 0);
});

test('the least recently seen producer goes at the bound, the idle one after a day', () => {
  const state = new ProducerState(2);
  for (const [offset, id] of [1, 2, 1, 3].entries())
    state.note(batch(offset, 1, 0, id), at(offset), 0);
  assert.deepEqual(
    state.remembered().map(({ producerId }) => producerId),
    [1, 3],
  );
  assert.equal(state.check(batch(50, 1, 0, 1), IDLE_MS_MAX + 1), undefined);
  assert.throws(() => state.check(batch(50, 1, 0, 1), IDLE_MS_MAX));
  state.note(batch(0, 1, 0, 9), at(9), IDLE_MS_MAX + 1);
  assert.deepEqual(
    state.remembered().map(({ producerId }) => producerId),
    [9],
  );
});

interface Step {
  readonly kind: 'send' | 'write' | 'lose';
  readonly id: number;
  readonly records: number;
}

const steps = fc.array(
  fc.record<Step>({
    kind: fc.constantFrom('send', 'send', 'send', 'send', 'write', 'lose'),
    id: fc.integer({ min: 0, max: 2 }),
    records: fc.integer({ min: 1, max: 3 }),
  }),
  { maxLength: 80 },
);

test('what is remembered is the last five batches of each in the log, whatever is lost before it is written', () => {
  fc.assert(
    fc.property(steps, (history) => {
      const state = new ProducerState(10);
      let log: { id: number; sequence: number; base: number; end: number }[] = [];
      let writtenEnd = 0;
      for (const { kind, id, records } of history) {
        const end = log.at(-1)?.end ?? 0;
        if (kind === 'write') writtenEnd = end;
        else if (kind === 'lose') {
          log = log.filter(({ base }) => base < writtenEnd);
          state.truncateTo(at(writtenEnd));
        } else {
          const mine = log.filter((entry) => entry.id === id);
          const sequence = mine.reduce((sum, entry) => sum + entry.end - entry.base, 0);
          const sent = batch(sequence, records, 0, id);
          assert.equal(state.check(sent, 0), undefined);
          for (const { sequence: old, base, end: oldEnd } of mine.slice(-5)) {
            assert.equal(state.check(batch(old, oldEnd - base, 0, id), 0)?.baseOffset, base);
          }
          state.note(sent, at(end), 0, at(writtenEnd));
          log.push({ id, sequence, base: end, end: end + records });
        }
        const expected = [...new Set(log.toReversed().map((entry) => entry.id))].toReversed();
        assert.deepEqual(
          state
            .remembered()
            .map(({ producerId, batches }) => [
              producerId,
              batches.map(({ baseOffset }) => baseOffset),
            ]),
          expected.map((known) => [
            known,
            log
              .filter((entry) => entry.id === known)
              .slice(-5)
              .map(({ base }) => base),
          ]),
        );
      }
    }),
  );
});
