/**
 * What every PeerTransport promises, whatever is below: the network, memory, the simulator. Time passes only in
 * `until` and `settle`, so that a simulated world can drive its own.
 */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { BootId, BrokerId, Offset, TopicId } from '@millrace/core/ids';
import type { FollowRequest, FollowResponse } from '@millrace/core/messages/follow';
import type {
  ControllerCalls,
  PeerAddress,
  PeerService,
  PeerStream,
  PeerTransport,
} from '../../src/cluster/peerTransport.ts';
import type { SessionDown, SessionUp } from '../../src/cluster/sessionMessages.ts';

export interface PeerWorld {
  /** Of the side that opens. */
  readonly transport: PeerTransport;
  /** Of the side that serves. */
  readonly peer: PeerAddress;
  readonly peerData: PeerAddress;
  /** Nobody listens here; undefined where there is no such address. */
  readonly nobody?: PeerAddress;
  until(condition: () => boolean, what: string): Promise<void>;
  /** Lets happen what is under way. */
  settle(): Promise<void>;
  /** The serving process dies; undefined where it is the same process. */
  readonly kill?: () => Promise<void>;
}

export type StartPeerWorld = (service: PeerService, t: TestContext) => Promise<PeerWorld>;

type Follower = PeerStream<FollowRequest, FollowResponse>;
type Leader = PeerStream<FollowResponse, FollowRequest>;
type BrokerEnd = PeerStream<SessionUp, SessionDown>;
type ControllerEnd = PeerStream<SessionDown, SessionUp>;

/** More than any sender may queue before it is told to stop, its receiver's windows included. */
const PINNED_BYTES_MAX = 48 << 20;

const refuse = (): Promise<never> => Promise.reject(millraceError('NOT_CONTROLLER', 'not here'));

export const noCalls: ControllerCalls = {
  alterPartitions: refuse,
  allocateProducerIds: refuse,
  forward: refuse,
};

/** A service that keeps what was opened; each part may be replaced. */
export function serviceOf(parts: Partial<PeerService> = {}): PeerService {
  const close = (stream: { close(error: MillraceError): void }): void =>
    stream.close(millraceError('NOT_CONTROLLER', 'not here'));
  return { follow: close, session: close, controller: noCalls, ...parts };
}

export function ack(fetchOffset: number): FollowRequest {
  const at = fetchOffset as Offset;
  const entry = { handle: 1, leaderEpoch: 3, fetchOffset: at, lastFetchedEpoch: -1 };
  return {
    hello: undefined,
    add: [],
    ack: [{ ...entry, durableEnd: at }],
    drop: [],
    creditBytes: 7,
  };
}

export function data(highWatermark: number, bytes = 0): FollowResponse {
  const offset = highWatermark as Offset;
  const entry = { handle: 1, leaderEpoch: 3, highWatermark: offset, logStart: 0 as Offset };
  const batches = bytes === 0 ? [] : [Buffer.alloc(bytes, highWatermark)];
  const rest = { lastStable: offset, tombstonesRemovedBelow: 0 as Offset, batches };
  return { status: [], data: [{ ...entry, ...rest }] };
}

export const acked = ({ ack: [first] }: FollowRequest): number => Number(first?.fetchOffset);
export const dataOf = ({ data: [first] }: FollowResponse): number => Number(first?.highWatermark);

const heartbeat = (metadataSeq: number): SessionUp => ({
  kind: 'heartbeat',
  bootId: 'b00000000001' as BootId,
  metadataSeq,
  loopLagP99Ms: 1.5,
  diskState: 'ok',
});

/** Sends numbered messages from `from` up to `total`, stopping when told. Answers how many were sent. */
export function pump<Out>(
  stream: Pick<PeerStream<Out, never>, 'send' | 'onDrain'>,
  total: number,
  message: (number: number) => Out,
): () => number {
  let next = 0;
  const run = (): void => {
    while (next < total) if (!stream.send(message(next++))) return;
  };
  stream.onDrain(run);
  run();
  return () => next;
}

/** Collects what arrives and how it ended. */
export function listen<Out, In>(stream: PeerStream<Out, In>) {
  const seen: { messages: In[]; closed: MillraceError[] } = { messages: [], closed: [] };
  stream.onMessage((message) => {
    assert.equal(seen.closed.length, 0, 'a message after the end');
    seen.messages.push(message);
  });
  stream.onClosed((error) => seen.closed.push(error));
  return seen;
}

export function peerTransportConformance(name: string, start: StartPeerWorld): void {
  const it = (what: string, run: (t: TestContext) => Promise<void>): void =>
    void test(`${name}: ${what}`, run);

  /** A Follow stream, both ends of it. */
  async function followed(t: TestContext): Promise<[PeerWorld, Follower, Leader]> {
    let leader: Leader | undefined;
    const world = await start(serviceOf({ follow: (stream) => (leader = stream) }), t);
    const follower = world.transport.follow(world.peerData);
    await world.until(() => leader !== undefined, 'the stream is accepted');
    return [world, follower, leader as unknown as Leader];
  }

  async function inSession(t: TestContext): Promise<[PeerWorld, BrokerEnd, ControllerEnd]> {
    let controller: ControllerEnd | undefined;
    const world = await start(serviceOf({ session: (stream) => (controller = stream) }), t);
    const broker = world.transport.session(world.peer);
    await world.until(() => controller !== undefined, 'the session is accepted');
    return [world, broker, controller as unknown as ControllerEnd];
  }

  it('100,000 messages arrive once and in order, in both directions at once', async (t) => {
    const total = 100_000;
    const [world, follower, leader] = await followed(t);
    let acks = 0;
    let responses = 0;
    leader.onMessage((message) => assert.equal(acked(message), acks++));
    follower.onMessage((message) => assert.equal(dataOf(message), responses++));
    pump(follower, total, ack);
    pump(leader, total, data);
    await world.until(() => acks === total && responses === total, 'all have arrived');
    await world.settle();
    assert.deepEqual([acks, responses], [total, total]);
  });

  it('a session carries what both sides say, in order', async (t) => {
    const [world, broker, controller] = await inSession(t);
    const up = listen(controller);
    const down = listen(broker);
    const sent = Array.from({ length: 100 }, (_, seq) => heartbeat(seq));
    for (const message of sent) broker.send(message);
    const head = { controllerEpoch: 1, featureLevel: 1, brokers: [], topics: [] };
    const images = Array.from({ length: 50 }, (_, seq): SessionDown => {
      return { kind: 'image', image: { ...head, seq, controllerId: 2 as BrokerId } };
    });
    for (const image of images) controller.send(image);
    await world.until(
      () => up.messages.length === sent.length && down.messages.length === images.length,
      'all have arrived',
    );
    assert.deepEqual(up.messages, sent);
    assert.deepEqual(down.messages, images);
  });

  it('batches of a megabyte arrive as they were', async (t) => {
    const [world, follower, leader] = await followed(t);
    const seen = listen(follower);
    pump(leader, 20, (number) => data(number, 1 << 20));
    await world.until(() => seen.messages.length === 20, 'all have arrived');
    for (const [number, { data: entries }] of seen.messages.entries()) {
      const bytes = Buffer.concat(entries.flatMap(({ batches }) => batches));
      assert.ok(bytes.equals(Buffer.alloc(1 << 20, number)), `batch ${number}`);
    }
  });

  it('who does not read holds up who sends, with bounded memory; on resume all arrives', async (t) => {
    const [world, follower, leader] = await followed(t);
    let arrived = 0;
    follower.onMessage((message) => assert.equal(dataOf(message), arrived++));
    follower.pause();
    await world.settle();
    const before = arrived;
    const bytes = 64 * 1024;
    const total = 2000;
    const sent = pump(leader, total, (number) => data(number, bytes));
    let last = -1;
    while (last !== sent()) {
      last = sent();
      await world.settle();
    }
    assert.ok(sent() * bytes <= PINNED_BYTES_MAX, `${sent()} messages were sent`);
    assert.ok(leader.queuedBytes <= PINNED_BYTES_MAX, `${leader.queuedBytes} bytes are queued`);
    assert.equal(arrived, before, 'nothing arrives while paused');
    follower.resume();
    await world.until(() => arrived === total, 'all have arrived');
    await world.until(() => leader.queuedBytes === 0, 'nothing is queued');
  });

  it('who accepted closes with an error: it arrives after the last message, once', async (t) => {
    const [world, follower, leader] = await followed(t);
    const there = listen(leader);
    const here = listen(follower);
    for (let number = 0; number < 100; number++) leader.send(data(number, 1000));
    const error = millraceError('NOT_LEADER', 'größer: 100 %', { leader: 'host:7071' });
    leader.close(error);
    leader.close();
    leader.send(data(100));
    await world.until(() => here.closed.length > 0, 'it is told');
    await world.settle();
    assert.equal(here.messages.length, 100);
    assertSame(here.closed, [error]);
    assertSame(there.closed, []);
  });

  it('who opened closes with an error: it arrives after the last message, once', async (t) => {
    const [world, follower, leader] = await followed(t);
    const there = listen(leader);
    const here = listen(follower);
    for (let number = 0; number < 100; number++) follower.send(ack(number));
    const error = millraceError('CORRUPT_BATCH', 'from the leader');
    follower.close(error);
    follower.send(ack(100));
    await world.until(() => there.closed.length > 0, 'it is told');
    await world.settle();
    assert.equal(there.messages.length, 100);
    assertSame(there.closed, [error]);
    assertSame(here.closed, []);
  });

  it('a session ends with why, at either side', async (t) => {
    for (const side of ['broker', 'controller'] as const) {
      const [world, broker, controller] = await inSession(t);
      const ends = { broker: listen(broker), controller: listen(controller) };
      const error = millraceError('NOT_CONTROLLER', side);
      if (side === 'broker') broker.close(error);
      else controller.close(error);
      const other = side === 'broker' ? ends.controller : ends.broker;
      await world.until(() => other.closed.length > 0, 'it is told');
      await world.settle();
      assertSame(other.closed, [error]);
      assertSame(ends[side].closed, []);
    }
  });

  it('an end without an error reaches the other side as one that a retry may help', async (t) => {
    for (const closing of ['opened', 'accepted'] as const) {
      const [world, follower, leader] = await followed(t);
      const there = listen(leader);
      const here = listen(follower);
      if (closing === 'opened') follower.close();
      else leader.close();
      const other = closing === 'opened' ? there : here;
      await world.until(() => other.closed.length > 0, 'it is told');
      await world.settle();
      assert.deepEqual([other.closed.length, other.closed[0]?.retriable], [1, true]);
      assertSame((closing === 'opened' ? here : there).closed, []);
    }
  });

  it('both sides close at once: neither is told', async (t) => {
    const [world, follower, leader] = await followed(t);
    const there = listen(leader);
    const here = listen(follower);
    follower.close();
    leader.close();
    await world.settle();
    assertSame([...here.closed, ...there.closed], []);
  });

  it('who listens for the end late is told all the same', async (t) => {
    const [world, follower, leader] = await followed(t);
    follower.onMessage(() => {});
    leader.close(millraceError('NOT_LEADER', 'gone'));
    await world.settle();
    const closed: MillraceError[] = [];
    follower.onClosed((error) => closed.push(error));
    await world.until(() => closed.length > 0, 'it is told');
    assert.equal(closed[0]?.code, 'NOT_LEADER');
  });

  it('calls carry their answers and their errors', async (t) => {
    const topicId = '6a2f8c1e-0000-4000-8000-000000000001' as TopicId;
    const failure = millraceError('STORE_UNAVAILABLE', 'no store', { retryAfterMs: 123 });
    const forwarded: unknown[] = [];
    const controller: ControllerCalls = {
      alterPartitions: async ({ changes }) => ({
        answers: changes.map(({ epoch }) =>
          epoch === 7 ? { code: 'OK', epoch: 8 } : { code: 'FENCED' },
        ),
      }),
      allocateProducerIds: () => Promise.reject(failure),
      forward: async (method, request, deadlineMs) => {
        forwarded.push(method, (request as { name: string }).name, deadlineMs > 0);
        return { existed: true };
      },
    };
    const world = await start(serviceOf({ controller }), t);
    const calls = world.transport.controller(world.peer);
    const sender = { brokerId: 1 as BrokerId, bootId: 'b00000000001' as BootId };
    const change = { topicId, partition: 3, leaderEpoch: 2, isr: [] };
    const altered = watched(
      calls.alterPartitions({
        ...sender,
        changes: [
          { ...change, epoch: 7 },
          { ...change, epoch: 6 },
        ],
      }),
    );
    const ids = watched(calls.allocateProducerIds(sender));
    const created = watched(calls.forward('/millrace.v1.Admin/CreateTopic', { name: 't' }, 5000));
    await world.until(() => [altered, ids, created].every(({ done }) => done), 'all are answered');
    assert.deepEqual(altered.value, { answers: [{ code: 'OK', epoch: 8 }, { code: 'FENCED' }] });
    assertSame([ids.error], [failure]);
    assert.equal((created.value as { existed?: boolean }).existed, true);
    assert.deepEqual(forwarded, ['/millrace.v1.Admin/CreateTopic', 't', true]);
  });

  it('an address where nobody listens: typed errors, never within the call', async (t) => {
    const { nobody, ...world } = await start(serviceOf(), t);
    if (nobody === undefined) return;
    const stream = world.transport.follow(nobody);
    const seen = listen(stream);
    stream.send(ack(0));
    const call = watched(
      world.transport
        .controller(nobody)
        .allocateProducerIds({ brokerId: 1, bootId: 'b00000000001' }),
    );
    assert.equal(seen.closed.length, 0);
    await world.until(() => seen.closed.length > 0 && call.done, 'both have failed');
    await world.settle();
    assert.deepEqual(
      seen.closed.map(({ code }) => code),
      ['UNAVAILABLE'],
    );
    assert.deepEqual([call.error?.code, call.error?.outcome], ['UNAVAILABLE', 'not-applied']);
    const probe = watched(world.transport.probe(nobody, 2000));
    await world.until(() => probe.done, 'the probe is answered');
    assert.equal(probe.value, 'refused');
  });

  it('a peer that serves accepts a probe', async (t) => {
    const world = await start(serviceOf(), t);
    const probe = watched(world.transport.probe(world.peer, 2000));
    await world.until(() => probe.done, 'the probe is answered');
    assert.equal(probe.value, 'accepted');
  });

  it('a peer that dies ends its streams once; a call under way is unknown', async (t) => {
    let leader: Leader | undefined;
    let asked = false;
    const controller: ControllerCalls = {
      ...noCalls,
      allocateProducerIds: () => {
        asked = true;
        return new Promise(() => {});
      },
    };
    const service = serviceOf({ controller, follow: (stream) => (leader = stream) });
    const { kill, ...world } = await start(service, t);
    if (kill === undefined) return;
    const seen = listen(world.transport.follow(world.peerData));
    const sender = { brokerId: 1, bootId: 'b00000000001' };
    const call = watched(world.transport.controller(world.peer).allocateProducerIds(sender));
    await world.until(() => leader !== undefined && asked, 'both have arrived');
    await kill();
    await world.until(() => seen.closed.length > 0 && call.done, 'both have failed');
    await world.settle();
    assert.deepEqual(
      seen.closed.map(({ code, retriable }) => [code, retriable]),
      [['UNAVAILABLE', true]],
    );
    assert.deepEqual([call.error?.code, call.error?.outcome], ['UNAVAILABLE', 'unknown']);
  });
}

export interface Watched<T> {
  done: boolean;
  value?: T;
  error?: MillraceError;
}

/** A promise whose state can be looked at while time passes. */
export function watched<T>(promise: Promise<T>): Watched<T> {
  const state: Watched<T> = { done: false };
  promise.then(
    (value) => Object.assign(state, { done: true, value }),
    (error: unknown) => Object.assign(state, { done: true, error }),
  );
  return state;
}

/** By what a peer can tell: code, message, outcome. */
function assertSame(
  actual: readonly (MillraceError | undefined)[],
  expected: readonly MillraceError[],
): void {
  const told = (errors: readonly (MillraceError | undefined)[]) =>
    errors.map((error) => [error?.code, error?.message, error?.outcome, error?.leader]);
  assert.deepEqual(told(actual), told(expected));
}
