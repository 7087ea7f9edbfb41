import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MillraceError } from '@millrace/core/errors';
import { toBootId, toBrokerId, toClusterId, toCopyId, toTopicId } from '@millrace/core/ids';
import {
  FOLLOW_ELEMENTS_MAX,
  type FollowAck,
  type FollowAdd,
  type FollowData,
  type FollowHello,
  type FollowRequest,
  type FollowResponse,
  type FollowStatus,
} from '@millrace/core/messages/follow';
import { decodeFollowRequest, encodeFollowRequest } from '@millrace/core/messages/followRequest';
import { decodeFollowResponse, encodeFollowResponse } from '@millrace/core/messages/followResponse';
import type { Offset } from '@millrace/core/ids';
import fc from 'fast-check';
import * as any from './arbitraries.ts';
import { implicit, loadedMessage } from './protoLoader.ts';

const loadedRequest = loadedMessage('FollowRequest', 'millrace.peer.v1');
const loadedResponse = loadedMessage('FollowResponse', 'millrace.peer.v1');

const CODES = ['FENCED', 'UNKNOWN_EPOCH', 'NOT_LEADER', 'REGRESSED', 'UNKNOWN_COPY'] as const;

const hexOf = (length: number): fc.Arbitrary<string> =>
  fc
    .array(fc.nat(15), { minLength: length, maxLength: length })
    .map((digits) => digits.map((digit) => digit.toString(16)).join(''));
const uuid = hexOf(30).map(
  (hex) =>
    `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(12, 15)}-a${hex.slice(15, 18)}-${hex.slice(18)}`,
);
const offset = fc
  .oneof(fc.maxSafeNat(), fc.constantFrom(0, 2 ** 53 - 1))
  .map((value) => value as Offset);
const epoch = fc.oneof(fc.nat(), fc.constantFrom(0, 2 ** 31 - 1));
const maybeEpoch = fc.oneof(epoch, fc.constant(-1));

const hello: fc.Arbitrary<FollowHello> = any.row({
  clusterId: uuid.map(toClusterId),
  from: epoch.map(toBrokerId),
  bootId: hexOf(12).map(toBootId),
  to: epoch.map(toBrokerId),
  lane: fc.constantFrom('tail' as const, 'catchup' as const),
});
const add: fc.Arbitrary<FollowAdd> = any.row({
  handle: any.uint32,
  topicId: uuid.map(toTopicId),
  partition: epoch,
  copyId: hexOf(12).map(toCopyId),
  removedBelow: offset,
});
const ack: fc.Arbitrary<FollowAck> = any.row({
  handle: any.uint32,
  leaderEpoch: epoch,
  fetchOffset: offset,
  lastFetchedEpoch: maybeEpoch,
  durableEnd: offset,
});
const request: fc.Arbitrary<FollowRequest> = any.row({
  hello: any.maybe(hello),
  add: any.few(add),
  ack: any.few(ack),
  drop: any.few(any.uint32),
  creditBytes: any.uint64,
});

const status: fc.Arbitrary<FollowStatus> = fc.oneof(
  any.row({ handle: any.uint32, code: fc.constantFrom(...CODES) }),
  any.row({
    handle: any.uint32,
    code: fc.constant('DIVERGED' as const),
    epoch: maybeEpoch,
    endOffset: offset,
  }),
  any.row({ handle: any.uint32, code: fc.constant('RESET' as const), logStart: offset }),
);
const data: fc.Arbitrary<FollowData> = any.row({
  handle: any.uint32,
  leaderEpoch: epoch,
  highWatermark: offset,
  logStart: offset,
  lastStable: offset,
  tombstonesRemovedBelow: offset,
  batches: any.few(any.bytes),
});
const response: fc.Arbitrary<FollowResponse> = any.row({
  status: any.few(status),
  data: any.few(data),
});

function requestObject({ hello: first, add: adds, ack: acks, ...rest }: FollowRequest): object {
  const lane = first?.lane === 'tail' ? 1 : 2;
  return {
    ...implicit({ ...rest, add: adds.map(implicit), ack: acks.map(implicit) }),
    ...(first === undefined ? {} : { hello: implicit({ ...first, lane }) }),
  };
}

function responseObject(message: FollowResponse): object {
  const codes = [...CODES, 'DIVERGED', 'RESET'];
  return implicit({
    status: message.status.map((one) => implicit({ ...one, code: codes.indexOf(one.code) + 1 })),
    data: message.data.map(({ batches, ...facts }) => ({
      ...implicit(facts),
      ...(Buffer.concat(batches).length === 0 ? {} : { batches: Buffer.concat(batches) }),
    })),
  });
}

test('a follow request has the bytes that proto-loader gives it, and is read back as it was', () => {
  fc.assert(
    fc.property(request, (message) => {
      const bytes = Buffer.concat(encodeFollowRequest(message));
      assert.equal(
        bytes.toString('hex'),
        loadedRequest.encode(requestObject(message)).toString('hex'),
      );
      assert.deepEqual(decodeFollowRequest(bytes), message);
    }),
  );
});

test('a follow response has the bytes that proto-loader gives it, and is read back as it was', () => {
  const joined = (message: FollowResponse): unknown => ({
    status: message.status,
    data: message.data.map((entry) => ({ ...entry, batches: Buffer.concat(entry.batches) })),
  });
  fc.assert(
    fc.property(response, (message) => {
      const bytes = Buffer.concat(encodeFollowResponse(message));
      assert.equal(
        bytes.toString('hex'),
        loadedResponse.encode(responseObject(message)).toString('hex'),
      );
      assert.deepEqual(joined(decodeFollowResponse(bytes)), joined(message));
    }),
  );
});

test('batches of a follow response are not copied on their way out', () => {
  const batches = [Buffer.alloc(100_000, 1), Buffer.alloc(50_000, 2)];
  const zero = 0 as Offset;
  const parts = encodeFollowResponse({
    status: [],
    data: [
      {
        handle: 1,
        leaderEpoch: 1,
        highWatermark: zero,
        logStart: zero,
        lastStable: zero,
        tombstonesRemovedBelow: zero,
        batches,
      },
    ],
  });
  assert.deepEqual(
    batches.map((buffer) => parts.includes(buffer)),
    [true, true],
  );
});

const isRefusal = (error: unknown): boolean =>
  error instanceof MillraceError && error.code === 'INVALID_REQUEST';

test('numbers and ids out of range are refused', () => {
  const valid = {
    add: [
      {
        handle: 1,
        topicId: '3f2b8c1e-5d6a-4b7c-8d9e-0f1a2b3c4d5e',
        partition: 1,
        copyId: '0a1b2c3d4e5f',
      },
    ],
    ack: [{ handle: 1, leaderEpoch: 1, fetchOffset: 1, lastFetchedEpoch: 1, durableEnd: 1 }],
  };
  decodeFollowRequest(loadedRequest.encode(valid));
  const [goodAdd] = valid.add;
  const [goodAck] = valid.ack;
  for (const wrong of [
    { add: [{ ...goodAdd, topicId: 'x' }] },
    { add: [{ ...goodAdd, copyId: '' }] },
    { add: [{ ...goodAdd, partition: -1 }] },
    { add: [{ ...goodAdd, removedBelow: -1 }] },
    { ack: [{ ...goodAck, fetchOffset: -1 }] },
    { ack: [{ ...goodAck, durableEnd: '9007199254740992' }] },
    { ack: [{ ...goodAck, leaderEpoch: -1 }] },
    { ack: [{ ...goodAck, lastFetchedEpoch: -2 }] },
    { hello: { clusterId: '3f2b8c1e-5d6a-4b7c-8d9e-0f1a2b3c4d5e', bootId: '0a1b2c3d4e5f' } },
    { hello: { lane: 1, from: 1, to: 1 } },
  ]) {
    const bytes = loadedRequest.encode({ ...valid, ...wrong });
    assert.throws(() => decodeFollowRequest(bytes), isRefusal, JSON.stringify(wrong));
  }
  for (const wrong of [
    { status: [{ handle: 1, code: 0 }] },
    { status: [{ handle: 1, code: 8 }] },
    { status: [{ handle: 1, code: 6, epoch: -2 }] },
    { data: [{ handle: 1, leaderEpoch: -1 }] },
    { data: [{ handle: 1, highWatermark: -5 }] },
  ]) {
    const bytes = loadedResponse.encode(wrong);
    assert.throws(() => decodeFollowResponse(bytes), isRefusal, JSON.stringify(wrong));
  }
});

test('handles and epochs past their width are refused, not wrapped', () => {
  // ack { handle: 2^32 } and ack { leader_epoch: 2^31 }
  for (const hex of ['1a06088080808010', '1a06108080808008']) {
    assert.throws(() => decodeFollowRequest(Buffer.from(hex, 'hex')), isRefusal, hex);
  }
});

test('random and mutated bytes are decoded or refused, and a message of too many elements is refused', () => {
  const [sample] = fc.sample(request, { numRuns: 1, seed: 7 });
  const valid = Buffer.concat(encodeFollowRequest(sample as FollowRequest));
  const mutated = fc
    .array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 })
    .map((changes) => {
      const bytes = Buffer.from(valid);
      for (const [at, value] of changes) bytes[at] = value;
      return bytes;
    });
  const random = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));
  fc.assert(
    fc.property(fc.oneof(mutated, random), (body) => {
      for (const decode of [decodeFollowRequest, decodeFollowResponse]) {
        try {
          decode(body);
        } catch (error) {
          assert.ok(isRefusal(error), String(error));
        }
      }
    }),
  );
  const flood = Buffer.alloc((FOLLOW_ELEMENTS_MAX + 1) * 2);
  for (let at = 0; at < flood.length; at += 2) flood[at] = 0x1a;
  assert.throws(() => decodeFollowRequest(flood), isRefusal);
});
