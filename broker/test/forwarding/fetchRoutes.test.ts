/** A session that reads what other brokers lead: bounded, in order, and over changes of leaders. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { millraceError } from '@millrace/core/errors';
import { Fetching, type FetchRequest } from '../../src/engine/fetching.ts';
import type { FetchedEntry, FetchSession } from '../../src/engine/fetchSession.ts';
import { LeaderWorld, TOPIC_ID } from './leaderWorld.ts';

const PATIENCE_MS = 10_000;

function opening(world: LeaderWorld, request: Partial<FetchRequest> = {}): Promise<FetchSession> {
  const all = { topicId: TOPIC_ID, partition: undefined };
  const range = { endOffset: undefined, lastLeaderEpoch: undefined };
  return new Fetching(world.topics, world.forwarding, world.clock).open({
    partitions: [{ ...all, ...range, start: { kind: 'earliest' } }],
    isolation: 'read-uncommitted',
    stopAtEnd: false,
    memory: 'shared',
    forward: { messageBytesMax: 1 << 20, patienceMs: PATIENCE_MS },
    ...request,
  });
}

/** Begun, each stream with a first message that tells positions alone. */
async function opened(world: LeaderWorld, request: Partial<FetchRequest> = {}) {
  const session = opening(world, request);
  await turn();
  for (const stream of world.streams) {
    stream.entries(stream.fetched.partitions.map(({ partition = 0 }) => ({ partition })));
  }
  const open = await session;
  assert.deepEqual(
    (await open.next(1 << 20)).map(({ nextOffset }) => nextOffset),
    world.topic.statuses.map(() => 0),
  );
  return open;
}

async function drained(session: FetchSession): Promise<FetchedEntry[]> {
  const entries: FetchedEntry[] = [];
  while (session.readable) entries.push(...(await session.next(1 << 20)));
  return entries;
}

const data = (bytes: number) => [Buffer.alloc(bytes)];
const reset = () => millraceError('UNAVAILABLE', 'connection reset', { outcome: 'unknown' });

test('one stream to each leader brings what it leads', async () => {
  const world = new LeaderWorld([1, 2, 1]);
  const session = await opened(world);
  assert.deepEqual(
    world.streams.map(({ to, fetched }) => [
      to.host,
      fetched.partitions.map(({ partition, position }) => [partition, position]),
      fetched.format,
    ]),
    [
      [
        'broker-1',
        [
          [0, 1],
          [2, 1],
        ],
        2,
      ],
      ['broker-2', [[1, 1]], 2],
    ],
  );
  world.stream(0).entries([{ partition: 2, nextOffset: 5, batches: data(10) }]);
  world.stream(1).entries([{ partition: 1, nextOffset: 3, batches: data(10) }]);
  assert.deepEqual(
    (await drained(session)).map(({ partition, fromOffset, nextOffset }) => [
      partition,
      fromOffset,
      nextOffset,
    ]),
    [
      [2, 0, 5],
      [1, 0, 3],
    ],
  );
  assert.ok(!session.finished);
  session.close();
  assert.ok(world.streams.every(({ isClosed }) => isClosed));
});

test('a client that does not read holds the leader back, and lets it go on when it reads', async () => {
  const world = new LeaderWorld([1]);
  const session = await opened(world);
  const stream = world.stream(0);
  let sent = 0;
  while (!stream.isPaused && sent < 100) {
    sent++;
    stream.entries([{ nextOffset: sent, batches: data(100_000) }]);
  }
  assert.equal(sent, 3, 'a message or two ahead');
  assert.equal((await drained(session)).length, 3);
  assert.ok(!stream.isPaused);
});

test('when a leader goes reading goes on at the next one, behind what was handed out', async () => {
  const world = new LeaderWorld([1]);
  const session = await opened(world);
  world.stream(0).entries([{ nextOffset: 7, leaderEpoch: 4, batches: data(10) }]);
  assert.equal((await drained(session)).length, 1);
  world.stream(0).break(reset());
  world.lead(0, null);
  assert.deepEqual(await drained(session), [], 'the reader is not told');
  world.clock.pass(PATIENCE_MS / 2);
  assert.ok(!session.finished);
  assert.equal(world.streams.length, 1, 'there is nobody to ask');
  world.lead(0, 2);
  const { to, fetched } = world.stream(1);
  assert.equal(to.host, 'broker-2');
  assert.deepEqual(
    fetched.partitions.map(({ offset, lastLeaderEpoch }) => [offset, lastLeaderEpoch]),
    [[7, 4]],
  );
  world.stream(1).entries([{ nextOffset: 7 }]);
  world.stream(1).entries([{ nextOffset: 9, batches: data(10) }]);
  assert.deepEqual(
    (await drained(session)).map(({ fromOffset, nextOffset }) => [fromOffset, nextOffset]),
    [[7, 9]],
    'its position is not told twice',
  );
});

test('a leader that is fenced is left although its connection stands; what it sent before is kept', async () => {
  const world = new LeaderWorld([1]);
  const session = await opened(world);
  world.stream(0).entries([{ nextOffset: 7, batches: data(10) }]);
  world.fence(1);
  world.lead(0, 2);
  assert.equal((await drained(session)).length, 1);
  world.clock.pass(100);
  assert.ok(world.stream(0).isClosed);
  assert.deepEqual(
    world.stream(1).fetched.partitions.map(({ offset }) => offset),
    [7],
  );
});

test('a partition without a leader fails in the end, with the reason, and the others go on', async () => {
  const world = new LeaderWorld([1, 2]);
  const session = await opened(world);
  world.stream(0).break(reset());
  world.lead(0, null);
  await drained(session);
  let entries: FetchedEntry[] = [];
  for (let waited = 0; waited < PATIENCE_MS * 2; waited += 500) {
    world.clock.pass(500);
    entries = entries.concat(await drained(session));
  }
  assert.deepEqual(
    entries.map(({ partition, error }) => [partition, error?.code]),
    [[0, 'LOADING']],
  );
  world.stream(1).entries([{ partition: 1, nextOffset: 3, batches: data(10) }]);
  assert.equal((await drained(session)).length, 1);
  assert.ok(!session.finished);
});

test('what was asked for and cannot begin as asked begins nowhere; a leader that is only away does not count', async () => {
  const world = new LeaderWorld([1, 2]);
  const refused = opening(world);
  await turn();
  world.stream(1).break(reset(), 'nothing');
  world.stream(0).break(millraceError('OFFSET_OUT_OF_RANGE', 'no such offset'));
  await assert.rejects(refused, { code: 'OFFSET_OUT_OF_RANGE' });
  assert.ok(world.stream(0).isClosed);

  const patient = new LeaderWorld([1]);
  const session = opening(patient);
  await turn();
  patient.stream(0).break(reset(), 'nothing');
  const open = await session;
  await drained(open);
  assert.deepEqual(
    open.unanswered().map(({ error }) => [error?.code, error?.leader]),
    [['UNAVAILABLE', 'broker-1:7074']],
  );
  patient.clock.pass(100);
  assert.equal(patient.streams.length, 2);
});

test('a leader that is silent holds up no other partition, and is read when it answers', async () => {
  const world = new LeaderWorld([1, 2]);
  const opened = opening(world);
  await turn();
  world.stream(0).entries([{ partition: 0, nextOffset: 0 }]);
  world.clock.pass(1000);
  const session = await opened;
  assert.deepEqual(
    (await drained(session)).map(({ partition }) => partition),
    [0],
  );
  assert.deepEqual(
    session.unanswered().map(({ partition, error }) => [partition, error?.code]),
    [[1, 'UNAVAILABLE']],
  );
  world.stream(1).break(millraceError('OFFSET_OUT_OF_RANGE', 'late'));
  assert.deepEqual(
    (await drained(session)).map(({ partition, error }) => [partition, error?.code]),
    [[1, 'OFFSET_OUT_OF_RANGE']],
  );
});

test('a request refused at the next leader costs only the partition that it concerns', async () => {
  const world = new LeaderWorld([1, 1, 1]);
  const session = await opened(world);
  world.stream(0).break(reset());
  await drained(session);
  world.clock.pass(100);
  world.stream(1).break(millraceError('OFFSET_OUT_OF_RANGE', 'one of them'));
  assert.deepEqual(
    [2, 3].map((index) => world.stream(index).fetched.partitions.length),
    [2, 1],
  );
  world.stream(2).entries([{ partition: 0 }, { partition: 1, nextOffset: 4, batches: data(10) }]);
  world.stream(3).break(millraceError('OFFSET_OUT_OF_RANGE', 'this one'));
  assert.deepEqual(
    (await drained(session)).map(({ partition, error }) => [partition, error?.code]),
    [
      [1, undefined],
      [2, 'OFFSET_OUT_OF_RANGE'],
    ],
  );
});

test('a stream that ends at the high watermark ends there although the leader changes', async () => {
  const world = new LeaderWorld([1]);
  const session = opening(world, { stopAtEnd: true });
  await turn();
  assert.ok(world.stream(0).fetched.stopAtEnd);
  world.stream(0).entries([{ highWatermark: 50 }]);
  const open = await session;
  await drained(open);
  world.lead(0, 2);
  world.stream(0).entries([{ error: millraceError('NOT_LEADER', 'moved') }]);
  await drained(open);
  world.clock.pass(100);
  const { fetched } = world.stream(1);
  assert.deepEqual([fetched.stopAtEnd, fetched.partitions[0]?.endOffset], [false, 50]);
  world.stream(1).entries([{ nextOffset: 50, end: true, highWatermark: 70 }]);
  assert.deepEqual(
    (await drained(open)).map(({ end }) => end),
    [true],
  );
  assert.ok(open.finished);
});

test('where nothing is forwarded the client is told who leads', async () => {
  const world = new LeaderWorld([1]);
  await assert.rejects(opening(world, { forward: undefined }), {
    code: 'NOT_LEADER',
    leader: 'broker-1:7074',
  });
});

test('a broker that stops tells its readers', async () => {
  const world = new LeaderWorld([1, 2]);
  const session = await opened(world);
  world.stream(0).break(reset());
  await drained(session);
  world.leaders.stop(millraceError('SHUTTING_DOWN', 'the broker is stopping'));
  assert.deepEqual(
    (await drained(session)).map(({ error }) => error?.code),
    ['SHUTTING_DOWN', 'SHUTTING_DOWN'],
  );
  assert.ok(session.finished);
});
