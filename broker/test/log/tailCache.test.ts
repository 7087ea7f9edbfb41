import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTick } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Offset } from '@millrace/core/ids';
import { CachedTail } from '../../src/log/tail/cachedTail.ts';
import { TailCache } from '../../src/log/tail/tailCache.ts';

const at = (value: number): Offset => value as Offset;

/** Ten offsets, 600 bytes. With a budget of 12,000 a slab holds one piece, and there are 12. */
const PIECE_BYTES = 600;
const BUDGET_OF_12 = 12_000;

function add(cache: TailCache, tail: CachedTail, from: number): Buffer {
  const buffer = cache.allocate(PIECE_BYTES).fill(from / 10);
  const fields = { segmentBase: at(0), position: from * 60, lastEpoch: 1 };
  tail.add({ ...fields, from: at(from), endOffset: at(from + 10), buffer });
  cache.written([buffer]);
  return buffer;
}

test('one budget holds for all logs, and the oldest memory goes first', () => {
  const cache = new TailCache(BUDGET_OF_12);
  const [left, right] = [new CachedTail(cache), new CachedTail(cache)];
  add(cache, left, 0);
  for (let from = 0; from < 110; from += 10) add(cache, right, from);
  assert.equal(cache.bytes, 12 * PIECE_BYTES);
  assert.notEqual(left.indexOf(at(3)), -1);
  add(cache, right, 110);
  assert.equal(cache.bytes, 12 * PIECE_BYTES);
  assert.equal(left.indexOf(at(3)), -1);
  assert.notEqual(right.indexOf(at(3)), -1);
});

test('memory is used again, but not under a reader', () => {
  const cache = new TailCache(BUDGET_OF_12);
  const tail = new CachedTail(cache);
  const unread = add(cache, tail, 0);
  const read = add(cache, tail, 10);
  const lent = tail.at(tail.indexOf(at(10)))?.buffer;
  assert.ok(lent !== undefined);
  assert.equal(tail.lend(lent), read);
  const before = Buffer.from(read);
  const later: Buffer[] = [];
  for (let from = 20; from < 400; from += 10) later.push(add(cache, tail, from));
  assert.ok(later.some((buffer) => buffer.buffer === unread.buffer));
  assert.ok(later.every((buffer) => buffer.buffer !== read.buffer));
  assert.deepEqual(read, before);
});

test('readers that let go of nothing keep a bounded part of it alive, and still read what was written', () => {
  const cache = new TailCache(BUDGET_OF_12);
  const tail = new CachedTail(cache);
  const held: Buffer[] = [];
  for (let from = 0; from < 4000; from += 10) {
    const buffer = add(cache, tail, from);
    // A corner of each slab.
    held.push(tail.lend(buffer.subarray(0, 1)));
  }
  const slabs = new Set(held.map(({ buffer }) => buffer).filter((memory) => memory.byteLength > 1));
  assert.ok(slabs.size <= 15, `${slabs.size} slabs of a cache of 12 are held`);
  assert.deepEqual(
    held.map((view) => view[0]),
    held.map((_, index) => index % 256),
  );
});

test('readers share memory again once it was let go', async () => {
  const cache = new TailCache(BUDGET_OF_12);
  const tail = new CachedTail(cache);
  const isLentView = (from: number): boolean => {
    const buffer = add(cache, tail, from);
    return tail.lend(buffer) === buffer;
  };
  const held: Buffer[] = [];
  for (let from = 0; from < 400; from += 10) held.push(tail.lend(add(cache, tail, from)));
  assert.equal(isLentView(400), false);
  held.length = 0;
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // What was looked at in a tick is kept to its end.
  await nextTick();
  collect();
  assert.equal([410, 420].some(isLentView), true);
});

test('memory that is still to be written is not used again', () => {
  const cache = new TailCache(BUDGET_OF_12);
  const tail = new CachedTail(cache);
  const unwritten = cache.allocate(PIECE_BYTES).fill(7);
  for (let from = 0; from < 400; from += 10) add(cache, tail, from);
  assert.deepEqual(unwritten, Buffer.alloc(PIECE_BYTES, 7));
});

test('a piece answers for the gap before it', () => {
  const cache = new TailCache(1 << 20);
  const tail = new CachedTail(cache);
  add(cache, tail, 0);
  const fields = { segmentBase: at(0), position: 600, lastEpoch: 1 };
  tail.add({ ...fields, from: at(10), endOffset: at(100), buffer: cache.allocate(61) });
  assert.equal(tail.indexOf(at(9)), 0);
  assert.equal(tail.indexOf(at(10)), 1);
  assert.equal(tail.indexOf(at(99)), 1);
  assert.equal(tail.indexOf(at(100)), -1);
});

test('a cut and a clear forget what they concern', () => {
  const cache = new TailCache(1 << 20);
  const tail = new CachedTail(cache);
  for (let from = 0; from < 50; from += 10) add(cache, tail, from);
  tail.cut(at(25));
  assert.equal(cache.bytes, 2 * PIECE_BYTES);
  assert.equal(tail.indexOf(at(25)), -1);
  add(cache, tail, 20);
  assert.notEqual(tail.indexOf(at(25)), -1);
  tail.clear();
  assert.equal(cache.bytes, 0);
});

test('a log that runs through the cache keeps no trace of what was evicted', () => {
  const cache = new TailCache(BUDGET_OF_12);
  const tail = new CachedTail(cache);
  for (let from = 0; from < 100_000; from += 10) add(cache, tail, from);
  assert.ok(cache.bytes <= BUDGET_OF_12);
  let index = 0;
  while (index < 1000 && tail.at(index) === undefined) index += 1;
  assert.ok(index < 200, 'evicted pieces are dropped from the list');
});

test('what is larger than a slab, or finds no budget at all, is not kept', () => {
  for (const budget of [0, 100]) {
    const cache = new TailCache(budget);
    const tail = new CachedTail(cache);
    add(cache, tail, 0);
    assert.equal(cache.bytes, 0);
    assert.equal(tail.indexOf(at(0)), -1);
  }
});
