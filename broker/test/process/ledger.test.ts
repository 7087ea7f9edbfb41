import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConsumedRecord } from '@millrace/client/consumedRecord';
import { PartitionLedger } from './ledger.ts';
import { uniqueRecord, verified } from './uniqueRecord.ts';

// The checker of the kill test against logs of which it is known what is wrong with them.

const ACKNOWLEDGED = 20;
/** One past the last record that a consumer was shown. */
const SEEN = 12;

function consumed(sequence: number, offset = sequence, writer = 'w'): ConsumedRecord {
  const { key, value, headers } = uniqueRecord({ writer, sequence });
  return {
    topic: 't',
    partition: 0,
    offset,
    timestampMs: 0,
    key: Buffer.from(key),
    value,
    headers: headers.map((header) => ({
      key: String(header.key),
      value: header.value === null ? null : Buffer.from(header.value),
    })),
    leaderEpoch: 0,
  };
}

/** `count` records as a broker holds them that has lost nothing. */
function log(count: number): ConsumedRecord[] {
  return Array.from({ length: count }, (_, sequence) => consumed(sequence));
}

/** Offsets as a reader sees them where nothing is missing. */
function renumbered(records: readonly ConsumedRecord[]): ConsumedRecord[] {
  return records.map((record, offset) => ({ ...record, offset }));
}

/** Acknowledged all, shown to a consumer up to SEEN, and record 20 sent with an outcome that nobody knows. */
function ledgerOf(acknowledged = ACKNOWLEDGED): PartitionLedger {
  const ledger = new PartitionLedger('t/0');
  for (let at = 0; at < acknowledged; at++) {
    ledger.acknowledge({ writer: 'w', sequence: at }, at);
  }
  for (const record of log(SEEN)) ledger.see(verified(record), record.offset);
  ledger.leaveOpen({ writer: 'w', sequence: ACKNOWLEDGED });
  return ledger;
}

/** As the kill test reads the whole log. */
function checkWhole(records: readonly ConsumedRecord[], ledger = ledgerOf()): void {
  const found = records.map((record) => ({ record: verified(record), offset: record.offset }));
  ledger.check(found, ledger.snapshot());
  ledger.checkRefused();
}

function changed(at: number, change: (record: ConsumedRecord) => Partial<ConsumedRecord>) {
  return log(ACKNOWLEDGED).map((record) =>
    record.offset === at ? { ...record, ...change(record) } : record,
  );
}

function without(at: number): ConsumedRecord[] {
  return log(ACKNOWLEDGED).toSpliced(at, 1);
}

function bitFlipped(bytes: Buffer | null, at: number): Buffer {
  const flipped = Buffer.from(bytes ?? assert.fail('a tombstone has no bytes'));
  flipped.writeUInt8(flipped.readUInt8(at) ^ 1, at);
  return flipped;
}

test('a log that lost nothing passes, with and without what nobody knows of', () => {
  checkWhole(log(ACKNOWLEDGED));
  checkWhole(log(ACKNOWLEDGED + 1));
});

test('what is acknowledged while the log is read need not be in it', () => {
  const ledger = ledgerOf(ACKNOWLEDGED - 2);
  const snapshot = ledger.snapshot();
  for (const sequence of [18, 19]) ledger.acknowledge({ writer: 'w', sequence }, sequence);
  const found = log(18).map((record) => ({ record: verified(record), offset: record.offset }));
  ledger.check(found, snapshot);
});

const planted: readonly {
  readonly bug: string;
  readonly records: ConsumedRecord[];
  readonly message: RegExp;
}[] = [
  {
    bug: 'the last acknowledged record is dropped',
    records: log(ACKNOWLEDGED - 1),
    message: /w:19, acknowledged at 19, is lost: ends at 19/,
  },
  { bug: 'everything is dropped', records: [], message: /w:0, acknowledged at 0, is lost/ },
  {
    bug: 'an acknowledged record is dropped and leaves a gap',
    records: without(7),
    message: /a gap before offset 8/,
  },
  {
    bug: 'the first record is dropped',
    records: without(0),
    message: /a gap before offset 1/,
  },
  {
    bug: 'an acknowledged record is dropped and the next ones move up',
    records: renumbered(without(7)),
    message: /@7: w:8 read where w:7 was/,
  },
  {
    bug: 'one bit of a value is changed',
    records: changed(3, ({ value }) => ({ value: bitFlipped(value, 9) })),
    message: /t\/0@3 \(w:3\): the value changed/,
  },
  {
    bug: 'a value is cut short',
    records: changed(3, ({ value }) => ({ value: value?.subarray(0, -1) ?? null })),
    message: /the value changed/,
  },
  {
    bug: 'a tombstone becomes an empty value',
    records: changed(17, () => ({ value: Buffer.alloc(0) })),
    message: /t\/0@17 \(w:17\): the value changed/,
  },
  {
    bug: 'a value becomes a tombstone',
    records: changed(3, () => ({ value: null })),
    message: /the value changed/,
  },
  {
    bug: 'a record has the value of another one',
    records: changed(3, () => ({ value: consumed(4).value })),
    message: /the value changed/,
  },
  {
    bug: 'a key is changed to one that was sent as well',
    records: changed(3, () => ({ key: Buffer.from('w:4') })),
    message: /the value changed/,
  },
  {
    bug: 'a key is nobody’s',
    records: changed(3, () => ({ key: null })),
    message: /nobody wrote a record with key null/,
  },
  {
    bug: 'a header value is changed',
    records: changed(3, ({ headers: [first, ...rest] }) => ({
      headers: [{ key: String(first?.key), value: Buffer.from('4') }, ...rest],
    })),
    message: /t\/0@3 \(w:3\): the headers changed/,
  },
  {
    bug: 'a header is lost',
    records: changed(3, ({ headers }) => ({ headers: headers.slice(1) })),
    message: /the headers changed/,
  },
  {
    bug: 'headers change places',
    records: changed(3, ({ headers }) => ({ headers: headers.toReversed() })),
    message: /the headers changed/,
  },
  {
    bug: 'an absent header value becomes an empty one',
    records: changed(4, ({ headers: [first, second, ...rest] }) => ({
      headers: [
        { key: String(first?.key), value: first?.value ?? null },
        { key: String(second?.key), value: Buffer.alloc(0) },
        ...rest,
      ],
    })),
    message: /the headers changed/,
  },
  {
    bug: 'a record is there twice in a row',
    records: renumbered(log(ACKNOWLEDGED).toSpliced(8, 0, consumed(7))),
    message: /w:7 read where w:8 was/,
  },
  {
    bug: 'a record is there a second time at the end',
    records: [...log(ACKNOWLEDGED), consumed(7, ACKNOWLEDGED)],
    message: /w:7 read at 20, before at 7/,
  },
  {
    bug: 'a record whose outcome nobody knows is there twice',
    records: [...log(ACKNOWLEDGED + 1), consumed(ACKNOWLEDGED, ACKNOWLEDGED + 1)],
    message: /w:20 read at 21, before at 20/,
  },
  {
    bug: 'an offset is handed out twice',
    records: log(ACKNOWLEDGED).toSpliced(8, 0, consumed(7)),
    message: /a gap before offset 7/,
  },
  {
    bug: 'two acknowledged records change places',
    records: renumbered(log(ACKNOWLEDGED).toSpliced(5, 2, consumed(6), consumed(5))),
    message: /@5: w:6 read where w:5 was/,
  },
  {
    bug: 'what a retry refused as not applied is there',
    records: [...log(ACKNOWLEDGED + 1), consumed(ACKNOWLEDGED + 1)],
    message: /w:21 was refused and is there all the same/,
  },
  {
    bug: 'a record of another partition is there',
    records: [...log(ACKNOWLEDGED), consumed(0, ACKNOWLEDGED, 'other')],
    message: /other:0 was refused and is there all the same/,
  },
];

for (const { bug, records, message } of planted) {
  test(`the ledger finds that ${bug}`, () => {
    assert.throws(() => checkWhole(records), { name: 'AssertionError', message });
  });
}

test('the ledger finds that records nobody knows of change places', () => {
  const ledger = new PartitionLedger('t/0');
  ledger.leaveOpen({ writer: 'w', sequence: 0 });
  ledger.leaveOpen({ writer: 'w', sequence: 1 });
  assert.throws(() => checkWhole([consumed(1, 0), consumed(0, 1)], ledger), {
    message: /t\/0@1: w:0 after w:1/,
  });
});

test('the ledger finds that a record which a consumer was shown is gone, although nobody was promised it', () => {
  const ledger = new PartitionLedger('t/0');
  ledger.leaveOpen({ writer: 'w', sequence: 0 });
  ledger.see({ writer: 'w', sequence: 0 }, 0);
  assert.throws(() => checkWhole([], ledger), {
    message: /ends at 0; a consumer had seen it up to 1/,
  });
});

test('the ledger finds that a consumer is shown another record than before, or at another offset', () => {
  const another = ledgerOf();
  assert.throws(() => another.see({ writer: 'w', sequence: 6 }, 5), {
    message: /@5: w:6 read where w:5 was/,
  });
  const moved = ledgerOf();
  assert.throws(() => moved.see({ writer: 'w', sequence: 5 }, ACKNOWLEDGED), {
    message: /w:5 read at 20, before at 5/,
  });
});

test('the ledger finds that an acknowledgement names an offset that is taken, or comes twice', () => {
  const ledger = ledgerOf();
  assert.throws(() => ledger.acknowledge({ writer: 'w', sequence: ACKNOWLEDGED }, 5), {
    message: /@5: w:20 acknowledged where w:5 was/,
  });
  assert.throws(() => ledger.acknowledge({ writer: 'w', sequence: 5 }, 5), {
    message: /w:5 acknowledged twice/,
  });
});
