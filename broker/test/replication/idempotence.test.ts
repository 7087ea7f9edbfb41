import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBatch } from '@millrace/core/batchWriter';
import type { MillraceError } from '@millrace/core/errors';
import { duplicateOf } from '../../src/replication/idempotence.ts';
import type { Acks } from '../../src/replication/partition.ts';
import { headersOf } from '../log/loneLog.ts';
import { contentOf } from '../log/directoryWorld.ts';
import { ReplicaWorld, type WorldOptions } from './replicaWorld.ts';

const timestamp = 1_750_000_000_000;
const rules = { batchBytesMax: 8 * 1024, nowMs: timestamp, timestampAheadMsMax: 1e9 };

function batch(baseSequence: number, producerEpoch = 0, producerId = 7): Buffer {
  const value = Buffer.from(`${producerId} ${baseSequence}`);
  return encodeBatch([{ key: null, value, timestamp }], {
    producerId,
    producerEpoch,
    baseSequence,
  });
}

interface Answer {
  offset: number;
  outcome: string;
}

function send(world: ReplicaWorld, leader: number, bytes: Buffer, acks: Acks = 'all'): Answer {
  const answer: Answer = { offset: -1, outcome: 'waiting' };
  const failed = (error: MillraceError): void => {
    answer.outcome = `${error.code} ${error.outcome}`;
  };
  try {
    world
      .broker(leader)
      .partition()
      .append(bytes, acks, rules, {
        acknowledged: ({ baseOffset }) => {
          answer.outcome = 'acknowledged';
          answer.offset = baseOffset;
        },
        failed,
      });
  } catch (error) {
    failed(error as MillraceError);
  }
  return answer;
}

const settled = (world: ReplicaWorld, answers: readonly Answer[]): Promise<void> =>
  world.until(() => answers.every(({ outcome }) => outcome !== 'waiting'));

async function valuesOf(world: ReplicaWorld, broker: number): Promise<number[]> {
  const bytes = await world.scheduler.settle(contentOf(world.broker(broker).log()));
  return headersOf(bytes).map(({ baseSequence }) => baseSequence);
}

async function threeWritten(options: WorldOptions = {}): Promise<ReplicaWorld> {
  const world = await ReplicaWorld.start(11, options);
  const answers = [0, 1, 2].map((sequence) => send(world, 0, batch(sequence)));
  await settled(world, answers);
  assert.deepEqual(
    answers.map(({ offset }) => offset),
    [0, 1, 2],
  );
  return world;
}

test('a batch that is sent again is in the log once, and answered with its offset', async () => {
  const world = await threeWritten();
  const first = send(world, 0, batch(3));
  const again = [
    send(world, 0, batch(3)),
    send(world, 0, batch(1)),
    send(world, 0, batch(3), 'leader'),
  ];
  // What is not committed yet is not acknowledged either.
  assert.deepEqual(
    again.map(({ outcome }) => outcome),
    ['waiting', 'acknowledged', 'waiting'],
  );
  await settled(world, [first, ...again]);
  assert.deepEqual(
    [first, ...again].map(({ offset }) => offset),
    [3, 3, 1, 3],
  );
  assert.deepEqual(await valuesOf(world, 0), [0, 1, 2, 3]);
});

test('a batch that is sent again after a failover is found by the new leader', async () => {
  const world = await threeWritten();
  world.broker(0).stop('none');
  world.elect(1);
  await world.until(() => world.broker(1).partition().role === 'leader');
  await world.until(() => world.status().isr.length === 2);
  const answers = [send(world, 1, batch(2)), send(world, 1, batch(3)), send(world, 1, batch(2))];
  await settled(world, answers);
  assert.deepEqual(
    answers.map(({ offset }) => offset),
    [2, 3, 2],
  );
  assert.deepEqual(await valuesOf(world, 1), [0, 1, 2, 3]);
});

test('with the rule off the batch is in the log twice', async () => {
  const world = await threeWritten({ rulesOff: new Set(['sequences-checked']) });
  await settled(world, [send(world, 0, batch(2))]);
  assert.deepEqual(await valuesOf(world, 0), [0, 1, 2, 2]);
});

test('a gap and an older epoch are refused, and nothing is appended', async () => {
  const world = await threeWritten();
  const fenced = [send(world, 0, batch(5)), send(world, 0, batch(0, 1)), send(world, 0, batch(3))];
  await settled(world, fenced);
  assert.deepEqual(
    fenced.map(({ outcome }) => outcome),
    ['OUT_OF_ORDER_SEQUENCE not-applied', 'acknowledged', 'PRODUCER_FENCED not-applied'],
  );
  assert.deepEqual(await valuesOf(world, 0), [0, 1, 2, 0]);
});

test('a batch of a producer comes alone; others may come together', () => {
  const never = { check: () => assert.fail('nothing to check') };
  const plain = encodeBatch([{ key: null, value: Buffer.from('plain'), timestamp }]);
  const alone = headersOf(Buffer.concat([plain, plain]));
  assert.equal(duplicateOf(never, alone, new Set()), undefined);
  const mixed = headersOf(Buffer.concat([plain, batch(0)]));
  assert.throws(() => duplicateOf(never, mixed, new Set()), { code: 'INVALID_RECORD' });
});
