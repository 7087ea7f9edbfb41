import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MillraceError } from '@millrace/core/errors';
import { type BootId, type BrokerId, type Offset, toCopyId } from '@millrace/core/ids';
import type { FollowAck, FollowRequest, FollowResponse } from '@millrace/core/messages/follow';
import type { PeerStream } from '../../src/cluster/peerTransport.ts';
import { smallConfig, topicId } from '../log/directoryWorld.ts';
import { ReplicaWorld } from './replicaWorld.ts';

/** A follower that says what it likes. */
class HandFollower implements PeerStream<FollowResponse, FollowRequest> {
  queuedBytes = 0;
  readonly sent: FollowResponse[] = [];
  refusal: MillraceError | undefined;
  isCongested = false;
  #message: (message: FollowRequest) => void = () => {};
  #drain: () => void = () => {};
  #closed: (error: MillraceError) => void = () => {};

  send(message: FollowResponse): boolean {
    this.sent.push(message);
    return !this.isCongested;
  }

  say(message: Partial<FollowRequest>): void {
    this.#message({ add: [], ack: [], drop: [], creditBytes: 0, ...message });
  }

  drain(): void {
    this.isCongested = false;
    this.#drain();
  }

  leave(error: MillraceError): void {
    this.#closed(error);
  }

  onMessage(callback: (message: FollowRequest) => void): void {
    this.#message = callback;
  }

  onDrain(callback: () => void): void {
    this.#drain = callback;
  }

  onClosed(callback: (error: MillraceError) => void): void {
    this.#closed = callback;
  }

  pause(): void {}

  resume(): void {}

  close(error?: MillraceError): void {
    this.refusal = error;
  }

  get bytes(): number {
    let bytes = 0;
    for (const { data } of this.sent) {
      for (const { batches } of data) for (const buffer of batches) bytes += buffer.length;
    }
    return bytes;
  }
}

async function opened(seed: number) {
  const directory = { ...smallConfig, journalFileBytes: 1 << 20, journalFilesMax: 8 };
  const world = await ReplicaWorld.start(seed, { directory });
  await world.run(20);
  // The hand plays broker 2.
  const third = world.broker(2);
  await third.replication?.stop();
  const { replication } = world.broker(0);
  assert.ok(replication !== undefined);
  const peer = new HandFollower();
  replication.serveFollow(peer);
  const hello = {
    clusterId: third.directory!.clusterId,
    from: 2 as BrokerId,
    bootId: third.bootId,
    to: 0 as BrokerId,
    lane: 'tail' as const,
  };
  const { copyId } = third.log();
  const add = { handle: 1, topicId, partition: 0, copyId, removedBelow: 0 };
  const ackAt = (offset: number, rest: Partial<FollowAck> = {}): FollowAck => ({
    handle: 1,
    leaderEpoch: 1,
    fetchOffset: offset as Offset,
    lastFetchedEpoch: offset === 0 ? -1 : 1,
    durableEnd: offset as Offset,
    ...rest,
  });
  return { world, peer, hello, add, ackAt };
}

const credit = { creditBytes: 1 << 20 };

test('what breaks the protocol ends the stream with a typed error, and the leader goes on', async () => {
  const wrongs: [string, (it: Awaited<ReturnType<typeof opened>>) => void][] = [
    ['no hello', ({ peer }) => peer.say(credit)],
    [
      'another cluster',
      ({ peer, hello }) => peer.say({ hello: { ...hello, clusterId: topicId as never } }),
    ],
    ['another broker', ({ peer, hello }) => peer.say({ hello: { ...hello, to: 7 as BrokerId } })],
    ['from itself', ({ peer, hello }) => peer.say({ hello: { ...hello, from: 0 as BrokerId } })],
    ['a second hello', ({ peer, hello }) => [peer.say({ hello }), peer.say({ hello })]],
    ['an unknown handle', ({ peer, hello, ackAt }) => peer.say({ hello, ack: [ackAt(0)] })],
    ['an unknown drop', ({ peer, hello }) => peer.say({ hello, drop: [3] })],
    [
      'a handle twice',
      ({ peer, hello, add }) => peer.say({ hello, add: [add, { ...add, partition: 1 }] }),
    ],
    [
      'a partition twice',
      ({ peer, hello, add }) => peer.say({ hello, add: [add, { ...add, handle: 2 }] }),
    ],
    [
      'an offset past what was sent',
      ({ peer, hello, add, ackAt }) => {
        peer.say({ hello, add: [add], ack: [ackAt(0)], ...credit });
        peer.say({ ack: [ackAt(5)] });
      },
    ],
    [
      'a durable end past the log end',
      ({ peer, hello, add, ackAt }) =>
        peer.say({ hello, add: [add], ack: [ackAt(0, { durableEnd: 1 as Offset })] }),
    ],
    [
      'a flood of handles',
      ({ peer, hello, add }) => {
        const adds = Array.from({ length: 20_001 }, (_, index) => ({
          ...add,
          handle: index + 1,
          partition: index,
        }));
        peer.say({ hello, add: adds });
      },
    ],
    ['endless credit', ({ peer, hello }) => peer.say({ hello, creditBytes: 2 ** 40 })],
  ];
  for (const [what, say] of wrongs) {
    const it = await opened(31);
    say(it);
    assert.equal(it.peer.refusal?.code, 'INVALID_REQUEST', what);
    it.world.network.cut(0, 2);
    const write = it.world.broker(0).append('x');
    await it.world.until(() => write.outcome === 'acknowledged');
  }
});

test('a follower without credit gets positions and no records, and what it is granted, about', async () => {
  const { world, peer, hello, add, ackAt } = await opened(32);
  peer.say({ hello, add: [add], ack: [ackAt(0)] });
  for (let index = 0; index < 100; index++) world.broker(0).append(`r${index}`, 'leader', 4000);
  await world.run(50);
  assert.equal(peer.bytes, 0);
  assert.ok(peer.sent.length > 0);
  peer.say({ creditBytes: 100_000 });
  await world.run(50);
  assert.ok(peer.bytes >= 100_000 && peer.bytes < 100_000 + (256 << 10), `${peer.bytes} bytes`);
  const sent = peer.bytes;
  await world.run(200);
  assert.equal(peer.bytes, sent);
});

test('a congested stream is not written to, and goes on where it was', async () => {
  const { world, peer, hello, add, ackAt } = await opened(33);
  peer.isCongested = true;
  peer.say({ hello, add: [add], ack: [ackAt(0)], creditBytes: 4 << 20 });
  await world.run(20);
  const count = peer.sent.length;
  for (let index = 0; index < 300; index++) world.broker(0).append(`r${index}`, 'leader', 4000);
  await world.run(100);
  assert.equal(peer.sent.length, count);
  peer.drain();
  await world.run(100);
  const ends = peer.sent.flatMap(({ data }) => data.map(({ batches }) => batches.length));
  assert.ok(ends.length > 1);
  assert.ok(peer.bytes > 300 * 4000);
  for (const { data } of peer.sent) {
    let bytes = 0;
    for (const { batches } of data) for (const buffer of batches) bytes += buffer.length;
    assert.ok(bytes <= (1 << 20) + 8192);
  }
});

test('a moved high watermark reaches an idle follower within 10 ms', async () => {
  const { world, peer, hello, add, ackAt } = await opened(34);
  peer.say({ hello, add: [add], ack: [ackAt(0)], ...credit });
  world.broker(0).append('x');
  const last = () => peer.sent.at(-1)?.data.at(-1);
  await world.until(() => last()?.batches.length === 1);
  await world.until(() => world.broker(1).log().durableEndOffset === 1);
  await world.run(5);
  peer.say({ ack: [ackAt(1)] });
  await world.until(() => world.broker(0).partition().highWatermark === 1);
  const atMs = world.scheduler.nowMs;
  await world.until(() => last()?.highWatermark === 1);
  assert.ok(world.scheduler.nowMs - atMs < 60, 'timers of the simulation are up to 50 ms late');
});

test('the handle that told its position last is served, another one of the same broker is told so', async () => {
  const { world, peer, hello, add, ackAt } = await opened(35);
  peer.say({ hello, add: [add], ack: [ackAt(0)], ...credit });
  await world.run(20);
  const other = new HandFollower();
  world.broker(0).replication?.serveFollow(other);
  other.say({ hello: { ...hello, lane: 'catchup' }, add: [add], ack: [ackAt(0)], ...credit });
  await world.run(20);
  assert.deepEqual(
    peer.sent.flatMap(({ status }) => status),
    [{ handle: 1, code: 'NOT_LEADER' }],
  );
  const before = peer.bytes;
  world.broker(0).append('x', 'leader');
  await world.run(20);
  assert.equal(peer.bytes, before);
  assert.ok(other.bytes > 0);
});

test('a handle of a partition that is not here is told so, and served once it is', async () => {
  const { world, peer, hello, add, ackAt } = await opened(36);
  const { replication } = world.broker(0);
  const partition = world.broker(0).partition();
  replication?.remove(partition);
  peer.say({ hello, add: [add], ack: [ackAt(0)], ...credit });
  await world.run(20);
  assert.deepEqual(peer.sent.at(-1)?.status, [{ handle: 1, code: 'NOT_LEADER' }]);
  replication?.add(partition);
  peer.say({ ack: [ackAt(0)] });
  world.broker(0).append('x', 'leader');
  await world.run(20);
  assert.ok(peer.bytes > 0);
});

test('a copy of another boot that has less than it acknowledged is told, on its stream alone', async () => {
  const { world, peer, hello, add, ackAt } = await opened(37);
  peer.say({ hello, add: [add], ack: [ackAt(0)], ...credit });
  world.broker(0).append('x', 'leader');
  await world.until(() => peer.bytes > 0);
  peer.say({ ack: [ackAt(1)] });
  const other = new HandFollower();
  world.broker(0).replication?.serveFollow(other);
  const bootId = '0123456789ab' as BootId;
  other.say({ hello: { ...hello, bootId }, add: [add], ack: [ackAt(0)], ...credit });
  await world.run(20);
  assert.deepEqual(other.sent.at(-1)?.status, [{ handle: 1, code: 'REGRESSED' }]);
  const fresh = new HandFollower();
  world.broker(0).replication?.serveFollow(fresh);
  const copyId = toCopyId('0123456789ab');
  fresh.say({ hello: { ...hello, bootId }, add: [{ ...add, copyId }], ack: [ackAt(0)], ...credit });
  await world.run(20);
  assert.ok(fresh.bytes > 0);
});
