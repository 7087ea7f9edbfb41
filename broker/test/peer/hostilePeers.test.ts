/** Peers that break the protocol, hang or vanish: typed errors, bounded memory, the others unaffected. */
import assert from 'node:assert/strict';
import { connect, createServer, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { MillraceError } from '@millrace/core/errors';
import type { FollowRequest, FollowResponse } from '@millrace/core/messages/follow';
import { decodeStatusDetails } from '@millrace/core/statusDetails';
import { connectWire } from '@millrace/wire/client';
import type { WireStatus } from '@millrace/wire/status';
import type { PeerAddress, PeerStream } from '../../src/cluster/peerTransport.ts';
import type { SessionDown, SessionUp } from '../../src/cluster/sessionMessages.ts';
import { FOLLOW, FORWARD, SESSION } from '../../src/peer/peerMethods.ts';
import { encodeForwarded } from '../../src/peer/callCodec.ts';
import { until } from '../process/until.ts';
import {
  ack,
  acked,
  data,
  listen,
  noCalls,
  serviceOf,
  watched,
} from './peerTransportConformance.ts';
import { realWorld, type RealWorld } from './peerWorlds.ts';
import { startProxy } from './proxy.ts';

type Leader = PeerStream<FollowResponse, FollowRequest>;
type ControllerEnd = PeerStream<SessionDown, SessionUp>;

const SENDER = { brokerId: 1, bootId: 'b00000000001' };

/** Sends raw messages to a method and answers with the status it ended with. */
async function exchange(
  t: TestContext,
  { host, port }: PeerAddress,
  path: string,
  bodies: readonly Uint8Array[],
): Promise<WireStatus> {
  const session = await connectWire(`http://${host}:${port}`);
  t.after(() => session.destroy());
  const stream = session.open(path, { timeoutMs: 20_000 });
  stream.onMessage(() => {});
  const status = new Promise<WireStatus>((resolve) => stream.onStatus(resolve));
  for (const body of bodies) stream.send([body]);
  stream.end();
  return status;
}

const codeOf = ({ details }: WireStatus): string | undefined =>
  details === undefined ? undefined : decodeStatusDetails(details)?.code;

async function assertServes(world: RealWorld, accepted: () => Leader | undefined): Promise<void> {
  const before = accepted();
  const follower = world.transport.follow(world.peerData);
  follower.onMessage(() => {});
  await until(() => accepted() !== before, 'a new stream is accepted');
  const leader = accepted();
  assert.ok(leader !== undefined);
  const seen = listen(leader);
  follower.send(ack(77));
  await until(() => seen.messages.length === 1, 'it works');
  follower.close();
}

test('a message that does not decode ends its stream alone, for both sides with INVALID_REQUEST', async (t) => {
  const ends: { messages: unknown[]; closed: MillraceError[] }[] = [];
  let leader: Leader | undefined;
  const service = serviceOf({
    follow: (stream) => {
      leader = stream;
      ends.push(listen(stream));
    },
    session: (stream) => void ends.push(listen(stream)),
  });
  const world = await realWorld(service, t);
  const garbage = Buffer.from('ffffffffffffffffffffffff', 'hex');
  for (const [address, path] of [
    [world.peerData, FOLLOW],
    [world.peer, SESSION],
  ] as const) {
    assert.equal(codeOf(await exchange(t, address, path, [garbage])), 'INVALID_REQUEST', path);
    const end = ends.at(-1);
    await until(() => end?.closed.length === 1, 'the service is told');
    assert.equal(end?.closed[0]?.code, 'INVALID_REQUEST');
  }
  await assertServes(world, () => leader);
  assert.deepEqual(world.faults, []);
});

test('calls that do not decode, and methods that nobody may forward, are refused with INVALID_REQUEST', async (t) => {
  const { peer } = await realWorld(serviceOf(), t);
  const garbage = Buffer.from('0affffffff', 'hex');
  const forwarded = (method: string, request = Buffer.alloc(0)): Buffer =>
    Buffer.concat(encodeForwarded({ method, request, deadlineMs: 1000 }));
  const calls: [string, Buffer][] = [
    ['/millrace.peer.v1.Controller/AlterPartitions', garbage],
    ['/millrace.peer.v1.Controller/AllocateProducerIds', garbage],
    ['/millrace.peer.v1.Controller/PrepareStop', garbage],
    [FORWARD, garbage],
    [FORWARD, forwarded('/millrace.v1.Admin/NoSuchMethod')],
    [FORWARD, forwarded('/millrace.v1.Consumer/Fetch')],
    [FORWARD, forwarded('/millrace.peer.v1.Controller/Forward')],
    [FORWARD, forwarded('/millrace.v1.Admin/CreateTopic', garbage)],
  ];
  for (const [path, body] of calls) {
    assert.equal(codeOf(await exchange(t, peer, path, [body])), 'INVALID_REQUEST', path);
  }
});

test('bytes that are no HTTP/2 at all disturb nobody', async (t) => {
  let leader: Leader | undefined;
  const world = await realWorld(serviceOf({ follow: (stream) => (leader = stream) }), t);
  for (const { host, port } of [world.peer, world.peerData]) {
    for (const bytes of [Buffer.alloc(100_000, 0xff), Buffer.from('GET / HTTP/1.1\r\n\r\n')]) {
      const socket = connect(port, host);
      let gone = false;
      socket.on('close', () => (gone = true)).on('error', () => {});
      socket.resume();
      socket.write(bytes);
      await until(() => gone, 'it is hung up');
    }
  }
  await assertServes(world, () => leader);
  const ids = watched(world.transport.controller(world.peer).allocateProducerIds(SENDER));
  await until(() => ids.done, 'a call is answered');
  assert.equal(ids.error?.code, 'NOT_CONTROLLER');
});

test('a leader that goes on sending to a follower that does not read loses the stream, not its memory', async (t) => {
  let leader: Leader | undefined;
  const world = await realWorld(serviceOf({ follow: (stream) => (leader = stream) }), t);
  const follower = world.transport.follow(world.peerData);
  follower.onMessage(() => {});
  follower.pause();
  await until(() => leader !== undefined, 'the stream is accepted');
  const stream = leader as unknown as Leader;
  const seen = listen(stream);
  let mostBytes = 0;
  for (let number = 0; number < 200 && seen.closed.length === 0; number++) {
    stream.send(data(number, 1 << 20));
    mostBytes = Math.max(mostBytes, stream.queuedBytes);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until(() => seen.closed.length > 0, 'it is cut off');
  assert.equal(seen.closed[0]?.code, 'BUFFER_FULL');
  assert.ok(mostBytes <= 40 << 20, `${mostBytes} bytes were queued`);
  assert.equal(stream.queuedBytes, 0);
});

test('a controller that goes on sending to a broker that does not read loses the session, not its memory', async (t) => {
  let controller: ControllerEnd | undefined;
  const world = await realWorld(serviceOf({ session: (stream) => (controller = stream) }), t);
  const broker = world.transport.session(world.peer);
  broker.onMessage(() => {});
  broker.pause();
  await until(() => controller !== undefined, 'the session is accepted');
  const stream = controller as unknown as ControllerEnd;
  const seen = listen(stream);
  const config = { key: 'x'.repeat(60_000) };
  const topicId = '6a2f8c1e-0000-4000-8000-000000000001';
  const copies = Array.from({ length: 8 }, (_, partition) => {
    return { topicId, topicName: 't', partition, config: { ...config } };
  });
  const message = { kind: 'createCopies', controllerEpoch: 1, copies } as unknown as SessionDown;
  for (let number = 0; number < 500 && seen.closed.length === 0; number++) {
    stream.send(message);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until(() => seen.closed.length > 0, 'it is cut off');
  assert.equal(seen.closed[0]?.code, 'BUFFER_FULL');
  assert.equal(stream.queuedBytes, 0);
});

test('a handler that throws ends its stream with INTERNAL and nothing else', async (t) => {
  let leader: Leader | undefined;
  let broken = true;
  const fail = (): never => {
    throw new Error('a bug');
  };
  const service = serviceOf({
    follow: (stream) => {
      leader = stream;
      if (broken) stream.onMessage(fail);
    },
    session: (stream) => stream.onMessage(fail),
  });
  const world = await realWorld(service, t);
  const follower = world.transport.follow(world.peerData);
  const session = world.transport.session(world.peer);
  const ends = [listen(follower), listen(session)];
  follower.send(ack(1));
  session.send({ kind: 'stopping' });
  await until(() => ends.every(({ closed }) => closed.length === 1), 'both have ended');
  assert.deepEqual(
    ends.map(({ closed: [error] }) => error?.code),
    ['INTERNAL', 'INTERNAL'],
  );
  assert.equal(world.faults.length, 2);
  broken = false;
  await assertServes(world, () => leader);
});

test('a host that takes the connection and says nothing: given up after three seconds, nothing was applied', async (t) => {
  const server = await silentHost(t);
  const world = await realWorld(serviceOf(), t);
  const from = performance.now();
  const seen = listen(world.transport.follow(server));
  const call = watched(
    world.transport.controller(server).forward('/millrace.v1.Admin/ListTopics', {}, 60_000),
  );
  await until(() => seen.closed.length === 1 && call.done, 'both are given up');
  assert.ok(performance.now() - from > 2500);
  assert.equal(seen.closed[0]?.code, 'UNAVAILABLE');
  assert.deepEqual([call.error?.code, call.error?.outcome], ['UNAVAILABLE', 'not-applied']);
});

test('a call ends at its deadline though the connection is still being made, and nothing was applied', async (t) => {
  const server = await silentHost(t);
  const { transport } = await realWorld(serviceOf(), t);
  const stream = listen(transport.follow(server));
  const call = watched(
    transport.controller(server).forward('/millrace.v1.Admin/ListTopics', {}, 100),
  );
  await until(() => call.done, 'it is over');
  assert.deepEqual([call.error?.code, call.error?.outcome], ['DEADLINE_EXCEEDED', 'not-applied']);
  assert.equal(stream.closed.length, 0, 'the three seconds for a connection are not over');
});

test('a call that is not answered ends at its deadline, its outcome unknown', async (t) => {
  const controller = { ...noCalls, forward: () => new Promise(() => {}) };
  const { transport, peer } = await realWorld(serviceOf({ controller }), t);
  const call = watched(
    transport.controller(peer).forward('/millrace.v1.Admin/ListTopics', {}, 300),
  );
  await until(() => call.done, 'it is over');
  assert.deepEqual([call.error?.code, call.error?.outcome], ['DEADLINE_EXCEEDED', 'unknown']);
});

test('a peer that comes back is reached at once', async (t) => {
  let leader: Leader | undefined;
  const world = await realWorld(serviceOf({ follow: (stream) => (leader = stream) }), t);
  const proxy = await startProxy(t, world.peerData);
  for (let round = 0; round < 3; round++) {
    leader = undefined;
    const seen = listen(world.transport.follow(proxy.address));
    await until(() => leader !== undefined, 'the stream is accepted');
    proxy.refuse();
    await until(() => seen.closed.length === 1, 'it broke');
    const refused = listen(world.transport.follow(proxy.address));
    await until(() => refused.closed.length === 1, 'it is refused');
    proxy.accept();
  }
});

test('what a tick sends leaves as one write, whatever the number of messages', async (t) => {
  let leader: Leader | undefined;
  const world = await realWorld(serviceOf({ follow: (stream) => (leader = stream) }), t);
  const proxy = await startProxy(t, world.peerData);
  const follower = world.transport.follow(proxy.address);
  const seen = listen(follower);
  await until(() => leader !== undefined, 'the stream is accepted');
  const stream = leader as unknown as Leader;
  stream.send(data(0));
  await until(() => seen.messages.length === 1, 'the stream is warm');
  const before = proxy.dataFrames();
  for (let number = 1; number <= 200; number++) stream.send(data(number, 10));
  await until(() => seen.messages.length === 201, 'all have arrived');
  assert.equal(proxy.dataFrames() - before, 1);
});

test('a peer has one connection per channel, which is closed when nobody needs it', async (t) => {
  const leaders: Leader[] = [];
  const follow = (stream: Leader): void => {
    leaders.push(stream);
    stream.onMessage(() => {});
  };
  const world = await realWorld(serviceOf({ follow }), t, { idleMs: 50 });
  const data = await startProxy(t, world.peerData);
  const peer = await startProxy(t, world.peer);
  const lanes = [world.transport.follow(data.address), world.transport.follow(data.address)];
  for (const lane of lanes) lane.onMessage(() => {});
  await until(() => leaders.length === 2, 'both lanes are accepted');
  assert.equal(data.connections(), 1);
  const calls = world.transport.controller(peer.address);
  await Promise.allSettled(
    [1, 2, 3].map(() => calls.forward('/millrace.v1.Admin/ListTopics', {}, 5000)),
  );
  await Promise.allSettled([1, 2, 3].map(() => calls.allocateProducerIds(SENDER)));
  assert.equal(peer.connections(), 2, 'control and forwarding');
  for (const lane of lanes) lane.close();
  await until(() => world.transport.connections === 0, 'all are closed');
  await until(() => data.open() + peer.open() === 0, 'the sockets too');
  const again = watched(calls.allocateProducerIds(SENDER));
  await until(() => again.done, 'a call makes a new one');
  assert.equal(again.error?.code, 'NOT_CONTROLLER');
});

test('messages wait while the connection is being made, up to a mark', async (t) => {
  let received = 0;
  const service = serviceOf({
    follow: (stream) => stream.onMessage((message) => assert.equal(acked(message), received++)),
  });
  const world = await realWorld(service, t);
  const follower = world.transport.follow(world.peerData);
  let drained = 0;
  follower.onDrain(() => drained++);
  const total = 200_000;
  let sent = 0;
  while (follower.send(ack(sent++)));
  assert.ok(sent < total, 'it is told to stop');
  assert.ok(follower.queuedBytes < 2 << 20);
  await until(() => drained > 0 && received === sent, 'all have arrived');
});

/** Takes connections and reads nothing. */
async function silentHost(t: TestContext): Promise<PeerAddress> {
  const sockets = new Set<Socket>();
  t.after(() => sockets.forEach((socket) => socket.destroy()));
  const server = createServer((socket) => void sockets.add(socket)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => server.close());
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return { host: '127.0.0.1', port: address.port };
}
