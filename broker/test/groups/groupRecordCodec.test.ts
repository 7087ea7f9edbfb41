import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { partitionRef } from '@millrace/core/assignors/partitionRef';
import { MillraceError } from '@millrace/core/errors';
import { toTopicId } from '@millrace/core/ids';
import fc from 'fast-check';
import type { GroupRecord } from '../../src/groups/groupRecord.ts';
import { decodeGroupRecord, encodeGroupRecord } from '../../src/groups/groupRecordCodec.ts';

const topicId = toTopicId('00000000-0000-4000-8000-000000000001');
const ref = partitionRef(topicId, 300);
const groupId = 'billing';
const memberId = 'm-1';

const RECORDS: { readonly record: GroupRecord; readonly key: string; readonly value: string }[] = [
  { record: { kind: 'barrier' }, key: '0000', value: '' },
  {
    record: {
      kind: 'offset',
      groupId,
      ref,
      value: { offset: 2 ** 40, leaderEpoch: 7, metadata: 'é', commitMs: 1_750_000_000_000 },
    },
    key: '00010a0762696c6c696e67122430303030303030302d303030302d343030302d383030302d30303030303030303030303118ac02',
    value: '00010880808080802010081a02c3a92080b883a1f732',
  },
  {
    record: {
      kind: 'group',
      groupId,
      value: { type: 'native', epoch: 5, basis: 'ab', emptySinceMs: 1 },
    },
    key: '00020a0762696c6c696e67',
    value: '000110051a0261622001',
  },
  {
    record: {
      kind: 'member',
      groupId,
      memberId,
      value: {
        instanceId: 'i',
        clientId: 'c',
        topics: ['a', 'b'],
        pattern: 'x.*',
        assignor: 'range',
        sessionTimeoutMs: 45_000,
        rebalanceTimeoutMs: 60_000,
      },
    },
    key: '00030a0762696c6c696e6712036d2d31',
    value: '00010a01691201631a01611a01622203782e2a2a0572616e676530c8df0238e0d403',
  },
  {
    record: { kind: 'target', groupId, memberId, value: { partitions: new Set([ref]) } },
    key: '00040a0762696c6c696e6712036d2d31',
    value:
      '00010a2a0a2430303030303030302d303030302d343030302d383030302d3030303030303030303030311202ac02',
  },
  {
    record: {
      kind: 'current',
      groupId,
      memberId,
      value: {
        memberEpoch: 3,
        revision: 9,
        state: 'revoking',
        assigned: new Map(),
        revoking: new Map([[ref, 2]]),
      },
    },
    key: '00050a0762696c6c696e6712036d2d31',
    value:
      '00010803100918012a2d0a2430303030303030302d303030302d343030302d383030302d3030303030303030303030311202ac021a0102',
  },
  {
    record: {
      kind: 'declaration',
      groupId,
      value: {
        uid: 'u',
        generation: 2,
        spec: {
          topics: ['a'],
          assignor: 'sticky',
          sessionTimeoutMs: 0,
          rebalanceTimeoutMs: 0,
          start: { kind: 'duration', value: 60_000 },
          pins: [{ instanceId: 'i', topic: 'a', partitions: [0, 1] }],
          paused: true,
        },
      },
    },
    key: '00060a0762696c6c696e67',
    value: '00010a017510021a210a01611206737469636b792a06080310e0d403320a0a01691201611a0200013801',
  },
  {
    record: {
      kind: 'reset',
      groupId,
      value: {
        atMs: 1,
        previous: new Map([
          [ref, { offset: 1, leaderEpoch: -1, metadata: '', commitMs: 2 }],
          [partitionRef(topicId, 0), undefined],
        ]),
      },
    },
    key: '00070a0762696c6c696e67',
    value:
      '00010801122f0a2430303030303030302d303030302d343030302d383030302d30303030303030303030303110ac021a0408012002' +
      '12260a2430303030303030302d303030302d343030302d383030302d303030303030303030303031',
  },
];

describe('records of groups', () => {
  test('keep their bytes', () => {
    for (const { record, key, value } of RECORDS) {
      const encoded = encodeGroupRecord(record);
      assert.equal(encoded.key.toString('hex'), key, record.kind);
      assert.equal(encoded.value?.toString('hex') ?? '', value, record.kind);
      assert.deepEqual(decodeGroupRecord(encoded.key, encoded.value), record);
    }
  });

  test('are tombstones without a value', () => {
    for (const { record } of RECORDS) {
      if (record.kind === 'barrier') continue;
      const dead = { ...record, value: undefined };
      const { key, value } = encodeGroupRecord(dead);
      assert.equal(value, null);
      assert.deepEqual(decodeGroupRecord(key, value), dead);
    }
  });

  test('of unknown types are ignored, unknown fields too; unknown versions are refused', () => {
    assert.equal(decodeGroupRecord(Buffer.from('0010ff', 'hex'), Buffer.from('ff')), undefined);
    assert.equal(decodeGroupRecord(Buffer.from('002fff', 'hex'), null), undefined);
    for (const { record } of RECORDS) {
      if (record.kind === 'barrier') continue;
      const { key, value } = encodeGroupRecord(record);
      const unknown = Buffer.from('a20603616263', 'hex');
      assert.ok(value !== null);
      assert.deepEqual(decodeGroupRecord(key, Buffer.concat([value, unknown])), record);
      const newer = Buffer.from(value);
      newer.writeUInt16BE(2);
      assert.throws(() => decodeGroupRecord(key, newer), { code: 'UNSUPPORTED_VERSION' });
    }
  });

  test('that are damaged are CORRUPT_STATE, or another record, never a crash', () => {
    const property = fc.property(
      fc.constantFrom(...RECORDS),
      fc.boolean(),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      fc.nat(),
      ({ record }, ofKey, at, flip, length) => {
        const { key, value } = encodeGroupRecord(record);
        const bytes = Buffer.from((ofKey ? key : value) ?? key);
        const index = at % bytes.length;
        bytes.writeUInt8(bytes.readUInt8(index) ^ flip, index);
        const cut = bytes.subarray(0, length % (bytes.length + 1));
        for (const damaged of [bytes, cut]) {
          try {
            decodeGroupRecord(ofKey ? damaged : key, ofKey ? value : damaged);
          } catch (error) {
            assert.ok(error instanceof MillraceError);
            assert.match(error.code, /^(CORRUPT_STATE|UNSUPPORTED_VERSION)$/);
          }
        }
      },
    );
    fc.assert(property, { numRuns: 2000 });
    assert.throws(() => decodeGroupRecord(null, null), { code: 'CORRUPT_STATE' });
  });
});
