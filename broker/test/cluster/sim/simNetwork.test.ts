import assert from 'node:assert/strict';
import { test } from 'node:test';
import { millraceError } from '@millrace/core/errors';
import type { FollowRequest, FollowResponse } from '@millrace/core/messages/follow';
import type { PeerService, PeerStream } from '../../../src/cluster/peerTransport.ts';
import { SeededRandom } from '../../../src/io/seededRandom.ts';
import { SimProcess } from '../../../src/io/sim/simProcess.ts';
import { SimScheduler } from '../../../src/io/sim/simScheduler.ts';
import { withCode } from '../../store/storedExamples.ts';
import { noNetworkFaults, SimNetwork } from './simNetwork.ts';
import { SimTransport } from './simTransport.ts';

const address = { host: 'b0', port: 7072 };

interface Followed {
  readonly stream: PeerStream<FollowResponse, FollowRequest>;
  readonly received: FollowRequest[];
  readonly closed: string[];
}

function pair(seed = 1) {
  const random = new SeededRandom(seed);
  const scheduler = new SimScheduler(random.fork());
  const network = new SimNetwork(scheduler, random.fork());
  const server = new SimProcess(scheduler);
  const client = new SimProcess(scheduler);
  const followed: Followed[] = [];
  let allocated = 0;
  const service: PeerService = {
    follow: (stream) => {
      const each: Followed = { stream, received: [], closed: [] };
      stream.onMessage((message) => each.received.push(message));
      stream.onClosed((error) => each.closed.push(error.message));
      followed.push(each);
    },
    session: () => assert.fail('nobody asks for a session'),
    controller: {
      alterPartitions: () => Promise.reject(millraceError('NOT_CONTROLLER', 'not me')),
      allocateProducerIds: async () => ({ first: allocated++, count: 1 }),
      forward: () => new Promise(() => {}),
    },
  };
  network.listen(server, address, service);
  const transport = new SimTransport(network, client, 'b1');
  return { scheduler, network, server, client, followed, transport, allocated: () => allocated };
}

function request(creditBytes: number): FollowRequest {
  return { add: [], ack: [], drop: [], creditBytes };
}

function response(bytes: Buffer): FollowResponse {
  const positions = { highWatermark: 0, logStart: 0, lastStable: 0, tombstonesRemovedBelow: 0 };
  const data = { handle: 1, leaderEpoch: 0, ...positions, batches: [bytes] };
  return { status: [], data: [data] } as unknown as FollowResponse;
}

test('messages arrive in order, each once, on a stream of their own', async () => {
  const { scheduler, transport, followed } = pair();
  const streams = [transport.follow(address), transport.follow(address)];
  for (let count = 0; count < 50; count++) {
    for (const stream of streams) stream.send(request(count));
  }
  await scheduler.runFor(1000);
  assert.equal(followed.length, 2);
  for (const { received } of followed) {
    assert.deepEqual(
      received.map(({ creditBytes }) => creditBytes),
      Array.from({ length: 50 }, (_, count) => count),
    );
  }
});

test('who does not read holds the sender back', async () => {
  const { scheduler, network, transport, followed } = pair();
  network.windowBytes = 1000;
  const stream = transport.follow(address);
  let drained = 0;
  const received: FollowResponse[] = [];
  stream.onMessage((message) => received.push(message));
  stream.pause();
  await scheduler.runFor(100);
  const sender = followed[0]?.stream ?? assert.fail();
  sender.onDrain(() => drained++);
  assert.equal(sender.send(response(Buffer.alloc(400))), true);
  assert.equal(sender.send(response(Buffer.alloc(600))), false);
  await scheduler.runFor(100);
  assert.ok(sender.queuedBytes >= 1000);
  assert.deepEqual([drained, received.length], [0, 0]);
  stream.resume();
  await scheduler.runFor(100);
  assert.deepEqual([drained, received.length, sender.queuedBytes], [1, 2, 0]);
});

test('what was sent is frozen, buffers arrive as copies, and a changed one is noticed', async () => {
  const { scheduler, network, transport, followed } = pair();
  const violations: string[] = [];
  network.onViolation = (what) => violations.push(what);
  const stream = transport.follow(address);
  const received: FollowResponse[] = [];
  stream.onMessage((message) => received.push(message));
  await scheduler.runFor(10);
  const sender = followed[0]?.stream ?? assert.fail();
  const [good, bad] = [Buffer.from('good'), Buffer.from('bad')];
  const message = response(good);
  sender.send(message);
  sender.send(response(bad));
  assert.throws(() => (message.data as unknown[]).push('more'), TypeError);
  bad.write('BAD');
  await scheduler.runFor(10);
  const arrived = received.map(({ data }) => data[0]?.batches[0]?.toString());
  assert.deepEqual(arrived, ['good', 'bad']);
  assert.notEqual(received[0]?.data[0]?.batches[0], good);
  assert.deepEqual(violations, ['b0 changed what it had sent']);
});

test('a closed stream brings what was sent before, then the reason', async () => {
  const { scheduler, transport, followed } = pair();
  const stream = transport.follow(address);
  stream.send(request(1));
  stream.close(millraceError('INVALID_REQUEST', 'enough'));
  stream.send(request(2));
  await scheduler.runFor(10);
  assert.equal(followed[0]?.received.length, 1);
  assert.deepEqual(followed[0]?.closed, ['enough']);
});

test('a broken stream brings a first part of what was sent, then each end hears of it once', async () => {
  let lost = 0;
  for (let seed = 1; seed < 20; seed++) {
    const { scheduler, network, transport, followed } = pair(seed);
    const stream = transport.follow(address);
    let closed = 0;
    stream.onClosed(() => closed++);
    await scheduler.runFor(50);
    for (let count = 0; count < 20; count++) stream.send(request(count));
    network.breakSome(1);
    await scheduler.runFor(1000);
    const [far] = followed;
    assert.equal(closed, 1);
    assert.equal(far?.closed.length, 1);
    const received = far?.received.map(({ creditBytes }) => creditBytes) ?? [];
    assert.deepEqual(
      received,
      Array.from({ length: received.length }, (_, count) => count),
    );
    if (received.length < 20) lost += 1;
  }
  assert.ok(lost > 5);
});

test('the peer of a killed process is told soon, that of a dead host by its keepalive', async () => {
  for (const [ending, soonest, latest] of [
    ['kill', 0, 20],
    ['power', 3000, 16_000],
  ] as const) {
    const { scheduler, network, server, transport } = pair();
    const stream = transport.follow(address);
    let closedMs = 0;
    stream.onClosed(() => (closedMs = scheduler.nowMs));
    await scheduler.runFor(100);
    if (ending === 'power') network.powerOff('b0');
    server.kill();
    await scheduler.runFor(20_000);
    assert.ok(closedMs > 100 + soonest && closedMs < 100 + latest, `${ending}: ${closedMs}`);
  }
});

test('what is sent over a blocked link arrives once it opens, unless a keepalive gave up', async () => {
  for (const [blockedMs, arrives] of [
    [1000, true],
    [20_000, false],
  ] as const) {
    const { scheduler, network, transport, followed } = pair();
    const stream = transport.follow(address);
    let closed = 0;
    stream.onClosed(() => closed++);
    await scheduler.runFor(100);
    network.block('b1', 'b0');
    stream.send(request(1));
    await scheduler.runFor(blockedMs);
    assert.equal(followed[0]?.received.length, 0);
    network.unblock('b1', 'b0');
    await scheduler.runFor(100);
    assert.equal(followed[0]?.received.length, arrives ? 1 : 0);
    assert.equal(closed, arrives ? 0 : 1);
  }
});

test('a probe tells who listens from who refuses and who is silent', async () => {
  const { scheduler, network, server, transport } = pair();
  const probe = () => scheduler.settle(transport.probe(address, 100));
  assert.equal(await probe(), 'accepted');
  server.pause();
  assert.equal(await probe(), 'accepted');
  network.block('b0', 'b1');
  assert.equal(await probe(), 'silent');
  network.unblock('b0', 'b1');
  server.kill();
  assert.equal(await probe(), 'refused');
  network.powerOff('b0');
  assert.equal(await probe(), 'silent');
});

test('nobody listens: a stream and a call are refused', async () => {
  const { scheduler, transport } = pair();
  const elsewhere = { host: 'b0', port: 1 };
  const stream = transport.follow(elsewhere);
  const closed: string[] = [];
  stream.onClosed(({ code, outcome }) => closed.push(`${code} ${outcome}`));
  const calling = transport.controller(elsewhere).allocateProducerIds({ brokerId: 1, bootId: '' });
  await scheduler.settle(assert.rejects(calling, withCode('UNAVAILABLE', 'not-applied')));
  assert.deepEqual(closed, ['UNAVAILABLE not-applied']);
});

test('a call is answered or refused in words; if either way is lost, its outcome is unknown', async () => {
  const { scheduler, network, transport, allocated } = pair();
  const calls = transport.controller(address);
  const allocate = () => calls.allocateProducerIds({ brokerId: 1, bootId: '' });
  assert.deepEqual(await scheduler.settle(allocate()), { first: 0, count: 1 });
  const altering = calls.alterPartitions({ changes: [] } as never);
  await scheduler.settle(assert.rejects(altering, withCode('NOT_CONTROLLER')));
  network.faults = { ...noNetworkFaults, loseCall: 1 };
  await scheduler.settle(assert.rejects(allocate(), withCode('UNAVAILABLE', 'unknown')));
  assert.equal(allocated(), 1);
  network.faults = { ...noNetworkFaults, loseAnswer: 1 };
  await scheduler.settle(assert.rejects(allocate(), withCode('UNAVAILABLE', 'unknown')));
  assert.equal(allocated(), 2);
});

test('a call to a process that dies before it answers fails at once', async () => {
  const { scheduler, server, transport } = pair();
  const calling = transport.controller(address).forward('CreateTopic', {}, 1000);
  calling.catch(() => undefined);
  await scheduler.runFor(100);
  server.kill();
  const beforeMs = scheduler.nowMs;
  await scheduler.settle(assert.rejects(calling, withCode('UNAVAILABLE', 'unknown')));
  assert.ok(scheduler.nowMs < beforeMs + 100);
});
