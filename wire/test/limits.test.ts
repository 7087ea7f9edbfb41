import assert from 'node:assert/strict';
import { test } from 'node:test';
import { streamWindowBytes } from '@millrace/wire/receiveWindow';
import { SendBudget } from '@millrace/wire/sendBudget';
import { withDefaults } from '@millrace/wire/serverOptions';

const MIB = 1024 * 1024;

test('stream windows together stay within the connection limit', () => {
  for (const streams of [0, 1, 3, 4, 5, 8, 9, 100, 500]) {
    const window = streamWindowBytes(8 * MIB, 32 * MIB, streams);
    assert.ok(window * streams <= 32 * MIB, `${streams} streams of ${window}`);
    assert.ok(window <= 8 * MIB);
  }
  assert.equal(streamWindowBytes(8 * MIB, 32 * MIB, 4), 8 * MIB);
  assert.equal(streamWindowBytes(8 * MIB, 32 * MIB, 100_000), 65_535);
});

test('a stream may queue its high-water mark while there is room, then half of what is left', () => {
  const server = new SendBudget(100 * MIB);
  const connection = new SendBudget(10 * MIB, server);
  assert.equal(connection.share(MIB), MIB);
  connection.add(9 * MIB);
  assert.equal(connection.share(MIB), MIB / 2);
  connection.add(MIB);
  assert.equal(connection.share(MIB), 16 * 1024, 'never nothing');
  const other = new SendBudget(10 * MIB, server);
  assert.equal(other.share(MIB), MIB, 'another connection is not affected');
  server.add(86 * MIB);
  assert.equal(other.share(8 * MIB), 2 * MIB, 'but by the limit of the server');
  connection.add(-10 * MIB);
  server.add(-86 * MIB);
  assert.equal(server.usedBytes, 0);
});

test('contradicting limits are refused', () => {
  const base = { methods: new Map(), onFault: () => {} };
  assert.throws(
    () => withDefaults({ ...base, messageBytesMax: 2 * MIB, connectionBytesMax: MIB }),
    RangeError,
  );
  assert.throws(() => withDefaults({ ...base, windowBytes: 1000 }), RangeError);
  assert.throws(() => withDefaults({ ...base, windowBytes: 2 ** 31 }), RangeError);
});
