import assert from 'node:assert/strict';
import test from 'node:test';
import { CopySizes } from '../../src/reassign/copySizes.ts';
import { progressOf, ReassignmentWatch } from '../../src/reassign/reassignmentProgress.ts';

const moving = {
  topicId: 'id',
  topicName: 't',
  partition: 0,
  replicas: [0, 1],
  wanted: [1, 2, 3],
  adding: [2, 3],
  isr: [0, 1],
  leader: 0,
};

function sizes(bytes: Readonly<Record<number, number>>): CopySizes {
  const known = new CopySizes();
  for (const [id, size] of Object.entries(bytes)) known.set('t', 0, Number(id), size);
  return known;
}

test('progress is what new copies hold of the largest old one', () => {
  const bytesOf = (known: CopySizes, isr = moving.isr) => {
    const { bytesTotal, bytesCopied } = progressOf({ ...moving, isr }, known);
    return [bytesTotal, bytesCopied];
  };
  assert.deepEqual(bytesOf(sizes({ 0: 100, 1: 90 })), [200, 0]);
  assert.deepEqual(bytesOf(sizes({ 0: 100, 1: 90, 2: 40 })), [200, 40]);
  assert.deepEqual(bytesOf(sizes({ 0: 100, 2: 40, 3: 140 })), [200, 140], 'never more than all');
  assert.deepEqual(bytesOf(sizes({ 0: 100, 3: 10 }), [0, 1, 2]), [200, 110], 'in sync is done');
  assert.deepEqual(bytesOf(sizes({ 2: 40 })), [undefined, 0], 'nobody knows how much it is');
});

test('a watch counts those that have ended, and those that come while it looks', () => {
  const watch = new ReassignmentWatch();
  const known = sizes({ 0: 100, 2: 40 });
  const first = progressOf({ ...moving, wanted: [0, 2] }, known);
  assert.deepEqual(watch.look([first], 0), {
    partitionsLeft: 1,
    partitions: 1,
    bytesTotal: 100,
    bytesCopied: 40,
    etaSeconds: null,
  });
  known.set('t', 1, 0, 50);
  const second = progressOf({ ...moving, partition: 1, wanted: [0, 3] }, known);
  assert.deepEqual(watch.look([second], 500), {
    partitionsLeft: 1,
    partitions: 2,
    bytesTotal: 150,
    bytesCopied: 100,
    // 60 bytes were missing, now it is the 50 of another one.
    etaSeconds: 3,
  });
  const { partitionsLeft, bytesCopied } = watch.look([], 1000);
  assert.deepEqual([partitionsLeft, bytesCopied], [0, 150]);
});

test('what is left takes as long as the last while says, and nobody knows while nothing moves', () => {
  const watch = new ReassignmentWatch();
  const etaOf = (copied: number, nowMs: number): number | null => {
    const part = progressOf({ ...moving, wanted: [0, 2] }, sizes({ 0: 1000, 2: copied }));
    return watch.look([part], nowMs).etaSeconds;
  };
  assert.equal(etaOf(0, 0), null);
  assert.equal(etaOf(100, 1000), 9);
  assert.equal(etaOf(300, 2000), 5, '150 a second');
  assert.equal(etaOf(300, 30_000), null, 'it stands still');
  assert.equal(etaOf(1000, 31_000), 0);
});
