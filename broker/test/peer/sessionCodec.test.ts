import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MillraceError, millraceError } from '@millrace/core/errors';
import type { BootId, BrokerId, ClusterId, CopyId, Offset, TopicId } from '@millrace/core/ids';
import type { PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import fc from 'fast-check';
import type { TopicMetadata } from '../../src/cluster/metadata.ts';
import type { CopyReport, SessionDown, SessionUp } from '../../src/cluster/sessionMessages.ts';
import {
  decodeAlterPartitions,
  decodeForwarded,
  decodeForwardedReply,
  decodeProducerIds,
  decodeProposalAnswers,
  decodeSender,
  encodeAlterPartitions,
  encodeForwarded,
  encodeForwardedReply,
  encodeProducerIds,
  encodeProposalAnswers,
  encodeSender,
} from '../../src/peer/callCodec.ts';
import { encodeSessionDown, SessionDownDecoder } from '../../src/peer/sessionDownCodec.ts';
import { decodeSessionUp, encodeSessionUp } from '../../src/peer/sessionUpCodec.ts';
import { alterPartitions, proposalAnswers, sessionDown, sessionUp } from './arbitraries.ts';
import { again, encodeLoaded } from './protoLoader.ts';

const MESSAGE_BYTES_MAX = 4 << 20;
const topicId = '6a2f8c1e-0000-4000-8000-00000000000a' as TopicId;
const bootId = 'b00000000001' as BootId;
const copyId = 'c00000000001' as CopyId;

const joined = (messages: readonly Uint8Array[][]): Buffer[] =>
  messages.map((parts) => Buffer.concat(parts));

function only(messages: readonly Uint8Array[][]): Buffer {
  assert.equal(messages.length, 1);
  return joined(messages)[0] ?? Buffer.alloc(0);
}

function decodeDown(messages: readonly Uint8Array[][]): SessionDown[] {
  const decoder = new SessionDownDecoder();
  return joined(messages)
    .map((body) => decoder.decode(body))
    .filter((message) => message !== undefined);
}

test('what a broker says arrives as it was said, in the fields of the .proto file', () => {
  fc.assert(
    fc.property(sessionUp, (message) => {
      const body = only(encodeSessionUp(message));
      assert.deepEqual(decodeSessionUp(body), message);
      assert.deepEqual(again('SessionRequest', body), body);
    }),
  );
});

test('what the controller says arrives as it was said, in the fields of the .proto file', () => {
  fc.assert(
    fc.property(sessionDown, (message) => {
      const messages = encodeSessionDown(message);
      const [said, ...more] = decodeDown(messages);
      assert.deepEqual([said ?? { kind: message.kind, copies: [] }, more], [plain(message), []]);
      for (const body of joined(messages)) assert.deepEqual(again('SessionResponse', body), body);
    }),
  );
});

/** Nothing to create or to report needs no message. */
function plain(message: SessionDown): object {
  return message.kind === 'createCopies' && message.copies.length === 0
    ? { kind: message.kind, copies: [] }
    : message;
}

test('calls of the controller arrive as they were made', () => {
  fc.assert(
    fc.property(alterPartitions, proposalAnswers, (request, answers) => {
      const asked = Buffer.concat(encodeAlterPartitions(request));
      assert.deepEqual(decodeAlterPartitions(asked), request);
      assert.deepEqual(again('AlterPartitionsRequest', asked), asked);
      const answered = Buffer.concat(encodeProposalAnswers(answers));
      assert.deepEqual(decodeProposalAnswers(answered), answers);
      assert.deepEqual(again('AlterPartitionsResponse', answered), answered);
    }),
  );
  const sender = { brokerId: 3 as BrokerId, bootId };
  assert.deepEqual(decodeSender(Buffer.concat(encodeSender(sender))), sender);
  const block = { first: 2 ** 40, count: 1000 };
  assert.deepEqual(decodeProducerIds(Buffer.concat(encodeProducerIds(block))), block);
  const forwarded = { method: '/a.B/C', request: Buffer.alloc(9000, 1), deadlineMs: 30_000 };
  assert.deepEqual(decodeForwarded(Buffer.concat(encodeForwarded(forwarded))), forwarded);
  const reply = Buffer.alloc(9000, 2);
  assert.deepEqual(decodeForwardedReply(Buffer.concat(encodeForwardedReply(reply))), reply);
});

test('fields have the names of the .proto file', () => {
  const register = encodeLoaded('SessionRequest', {
    register: {
      brokerId: 3,
      bootId,
      clusterId: topicId,
      endpoints: [{ listener: 'peer', protocol: 'grpc', host: 'h', port: 7072, tls: true }],
      rack: 'r',
      features: { min: 1, max: 2 },
      controllerEpoch: 7,
      copies: [
        {
          topicId,
          partition: 5,
          copyId,
          lastEpoch: 1,
          adoptedEpoch: 2,
          seenLeaderEpoch: 3,
          seenEpoch: 4,
          durableEnd: 5,
          wasIsr: true,
          minIsr: 2,
        },
      ],
      complete: true,
    },
  });
  assert.deepEqual(decodeSessionUp(register), {
    kind: 'register',
    brokerId: 3,
    bootId,
    clusterId: topicId as string as ClusterId,
    endpoints: [{ listener: 'peer', protocol: 'grpc', host: 'h', port: 7072, tls: true }],
    rack: 'r',
    features: { min: 1, max: 2 },
    controllerEpoch: 7,
    copies: [
      {
        topicId,
        partition: 5,
        copyId,
        lastEpoch: 1,
        adoptedEpoch: 2,
        seenLeaderEpoch: 3,
        seenEpoch: 4,
        durableEnd: 5,
        wasIsr: true,
        minIsr: 2,
      },
    ],
    complete: true,
  });
  const state = {
    initialized: true,
    replicas: [0, 1],
    adding: [2],
    leader: `0:${copyId}:${bootId}`,
    isr: [`0:${copyId}`],
    eligible: [`1:${copyId}`],
    leaderEpoch: 4,
    epoch: 5,
    minIsr: 2,
    uncleanEpoch: 3,
  };
  const topic = { topicId, name: 't', replicationFactor: 2, configSet: ['k'], deleted: true };
  const head = { controllerEpoch: 1, seq: 2, featureLevel: 1, controllerId: 2 };
  const broker = { brokerId: 1, bootId, fenced: true, cordoned: true, draining: true, rack: 'r' };
  const brokers = [{ ...broker, endpoints: [], features: { min: 1, max: 1 } }];
  const image = encodeLoaded('SessionResponse', {
    image: {
      ...head,
      brokers,
      topics: [{ ...topic, config: { k: 'v' }, partitions: [{ partition: 0, ...state }] }],
      complete: true,
    },
  });
  assert.deepEqual(new SessionDownDecoder().decode(image), {
    kind: 'image',
    image: {
      ...head,
      brokers,
      topics: [{ ...topic, config: { k: 'v' }, partitions: [{ p: 0, ...state }] }],
    },
  });
});

const state = (p: number): PartitionStatus => ({
  p,
  initialized: true,
  replicas: [0, 1, 2] as BrokerId[],
  adding: [],
  leader: `0:${copyId}:${bootId}`,
  isr: [`0:${copyId}`, `1:${copyId}`, `2:${copyId}`],
  eligible: [],
  leaderEpoch: 12,
  epoch: 345,
  minIsr: 2,
  uncleanEpoch: -1,
});

function topicOf(index: number, partitions: number): TopicMetadata {
  return {
    topicId: topicId.replace(/0{12}|0+a$/, index.toString(16).padStart(12, '0')) as TopicId,
    name: `topic-${index}`,
    replicationFactor: 3,
    config: Object.fromEntries(
      Array.from({ length: 12 }, (_, k) => [`configKey${k}`, `${k * 1000}`]),
    ),
    configSet: ['configKey1'],
    deleted: false,
    partitions: Array.from({ length: partitions }, (_, p) => state(p)),
  };
}

test('no message of a large image, delta or registration passes 4 MiB', () => {
  const head = { controllerEpoch: 3, seq: 9, featureLevel: 1 };
  const shapes = {
    'a topic of 10,000 partitions': [topicOf(0, 10_000)],
    '10,000 topics': Array.from({ length: 10_000 }, (_, index) => topicOf(index, 1)),
    'topics of all sizes': Array.from({ length: 100 }, (_, index) => topicOf(index, index * 3)),
  };
  for (const [shape, topics] of Object.entries(shapes)) {
    const controllerId = 2 as BrokerId;
    for (const message of [
      { kind: 'image' as const, image: { ...head, controllerId, brokers: [], topics } },
      { kind: 'delta' as const, delta: { ...head, brokers: [], topics, topicsGone: [] } },
    ]) {
      const messages = encodeSessionDown(message);
      const bytes = joined(messages).map(({ length }) => length);
      assert.ok(Math.max(...bytes) < MESSAGE_BYTES_MAX, `${shape}: ${bytes.join()}`);
      assert.deepEqual(decodeDown(messages), [message]);
    }
  }
  const copies = Array.from(
    { length: 100_000 },
    (_, index): CopyReport => ({
      topicId,
      partition: index % 10_000,
      copyId,
      lastEpoch: 12,
      adoptedEpoch: -1,
      seenLeaderEpoch: 13,
      seenEpoch: 14,
      durableEnd: 123_456_789 as Offset,
      wasIsr: true,
      minIsr: 2,
    }),
  );
  const register: SessionUp = {
    kind: 'register',
    brokerId: 1 as BrokerId,
    bootId,
    clusterId: topicId as string as ClusterId,
    endpoints: [],
    rack: '',
    features: { min: 1, max: 1 },
    controllerEpoch: 4,
    copies,
    complete: true,
  };
  const messages = joined(encodeSessionUp(register));
  assert.ok(Math.max(...messages.map(({ length }) => length)) < MESSAGE_BYTES_MAX);
  const said = messages.map(decodeSessionUp).map((each) => {
    assert.ok(each.kind === 'register' || each.kind === 'copies');
    return each;
  });
  assert.deepEqual(
    said.flatMap((each) => each.copies),
    copies,
  );
  assert.deepEqual(
    said.map(({ kind, complete }) => [kind, complete]),
    said.map((_, i) => [i === 0 ? 'register' : 'copies', i === said.length - 1]),
  );
});

test('parts of metadata that do not belong together are refused', () => {
  const head = { controllerEpoch: 3, controllerId: 2 as BrokerId, featureLevel: 1, brokers: [] };
  const image = (seq: number): Buffer[] =>
    joined(
      encodeSessionDown({
        kind: 'image',
        image: { ...head, seq, topics: [topicOf(0, 10_000), topicOf(1, 9000)] },
      }),
    );
  const [first = Buffer.alloc(0), second = Buffer.alloc(0), ...rest] = image(1);
  assert.ok(rest.length > 0, 'it comes in parts');
  const fenced = only(
    encodeSessionDown({ kind: 'fenced', reason: 'refused', error: millraceError('INTERNAL', '') }),
  );
  const orders: Record<string, readonly (Buffer | undefined)[]> = {
    'a part is missing': [first, ...rest],
    'another image begins': [first, ...image(2)],
    'something comes between': [first, fenced, second],
    'the first part is missing': [second, ...rest],
  };
  for (const [what, bodies] of Object.entries(orders)) {
    const decoder = new SessionDownDecoder();
    assert.throws(() => bodies.forEach((body) => decoder.decode(body ?? first)), isRefusal, what);
  }
});

test('values that no broker would send are refused', () => {
  const copy = { topicId, copyId, partition: 0 };
  const part = { controllerEpoch: 1, seq: 1, complete: true };
  const requests: Record<string, object> = {
    'a boot id of another shape': { heartbeat: { bootId: 'B00', diskState: 1 } },
    'no boot id': { heartbeat: { diskState: 1 } },
    'a disk state of a newer version': { heartbeat: { bootId, diskState: 9 } },
    'a negative broker id': { register: { brokerId: -1, bootId, clusterId: topicId } },
    'feature levels upside down': {
      register: { bootId, clusterId: topicId, features: { min: 2, max: 1 } },
    },
    'a partition beyond all': { copies: { copies: [{ ...copy, partition: 10_000 }] } },
    'a negative end': { copies: { copies: [{ ...copy, durableEnd: -1 }] } },
    'an epoch beyond int32': { copies: { copies: [{ ...copy, lastEpoch: -2 }] } },
    'no message at all': {},
  };
  for (const [what, message] of Object.entries(requests)) {
    assert.throws(() => decodeSessionUp(encodeLoaded('SessionRequest', message)), isRefusal, what);
  }
  const topic = { topicId, name: 't' };
  const responses: Record<string, object> = {
    'a topic that climbs out of its directory': {
      image: { ...part, topics: [{ topicId, name: '../x' }] },
    },
    'a copy that is none': {
      image: { ...part, topics: [{ ...topic, partitions: [{ minIsr: 1, isr: ['1:2'] }] }] },
    },
    'a leader without a boot': {
      image: {
        ...part,
        topics: [{ ...topic, partitions: [{ minIsr: 1, leader: `1:${copyId}` }] }],
      },
    },
    'an image with a hole': {
      image: { ...part, topics: [{ ...topic, partitions: [{ partition: 1, minIsr: 1 }] }] },
    },
    'a reason of a newer version': { fenced: { reason: 9, error: {} } },
    'a port beyond 65535': {
      delta: { ...part, brokers: [{ bootId, features: {}, endpoints: [{ port: 65_536 }] }] },
    },
  };
  for (const [what, message] of Object.entries(responses)) {
    const body = encodeLoaded('SessionResponse', message);
    assert.throws(() => new SessionDownDecoder().decode(body), isRefusal, what);
  }
});

test('random and mutated bytes are decoded or refused with INVALID_REQUEST, never anything else', () => {
  const bodies = fc.oneof(
    sessionUp.map((message) => only(encodeSessionUp(message))),
    sessionDown.map((message) => joined(encodeSessionDown(message))[0] ?? Buffer.alloc(0)),
    alterPartitions.map((request) => Buffer.concat(encodeAlterPartitions(request))),
    proposalAnswers.map((answers) => Buffer.concat(encodeProposalAnswers(answers))),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  );
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 5 });
  const decoders = [
    decodeSessionUp,
    (body: Buffer) => new SessionDownDecoder().decode(body),
    decodeAlterPartitions,
    decodeProposalAnswers,
    decodeSender,
    decodeProducerIds,
    decodeForwarded,
    decodeForwardedReply,
  ];
  fc.assert(
    fc.property(bodies, changes, fc.nat(), (valid, edits, cut) => {
      const body = Buffer.from(
        valid.subarray(0, cut % 4 === 0 ? cut % (valid.length + 1) : undefined),
      );
      for (const [at, byte] of edits) if (body.length > 0) body[at % body.length] = byte;
      for (const decode of decoders) {
        try {
          decode(body);
        } catch (thrown) {
          assert.ok(isRefusal(thrown), String(thrown));
        }
      }
    }),
    { numRuns: 1000 },
  );
});

function isRefusal(thrown: unknown): boolean {
  return thrown instanceof MillraceError && thrown.code === 'INVALID_REQUEST';
}
