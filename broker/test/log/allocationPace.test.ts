import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AllocationPace } from '../../src/log/journal/allocationPace.ts';

const PIECES = 64;

/** How many pieces a file has that is made as fast as its pace allows. */
function piecesMade(pace: AllocationPace, from: number): number {
  let pieces = from;
  while (pieces < PIECES && pace.turn(pieces / PIECES) === undefined) pieces += 1;
  return pieces;
}

test('the next file grows while the current one fills from a quarter to three quarters', () => {
  const pace = new AllocationPace();
  assert.equal(pace.used(0.25), false);
  assert.equal(pace.used(0.26), true);
  pace.begin();
  let pieces = 0;
  const made = [0.26, 0.375, 0.5, 0.75].map((used) => {
    pace.used(used);
    pieces = piecesMade(pace, pieces);
    return pieces;
  });
  assert.deepEqual(made, [2, 16, 32, 64]);
});

test('who waits for its turn goes on once the current file is fuller, or writing waits for a file', async () => {
  const pace = new AllocationPace();
  pace.begin();
  pace.used(0.3);
  const half = pace.turn(0.5);
  pace.used(0.4);
  pace.used(0.51);
  await half;
  const rest = pace.turn(0.9);
  pace.hurry();
  await rest;
  assert.equal(piecesMade(pace, 0), PIECES);
});

test('a file that was hurried says nothing of the next one', () => {
  const pace = new AllocationPace();
  pace.hurry();
  pace.begin();
  assert.equal(piecesMade(pace, 0), 0);
});

test('who waits when the journal ends is refused, and who comes later, too', async () => {
  const pace = new AllocationPace();
  pace.begin();
  const waiting = pace.turn(0);
  pace.stop(new Error('closed'));
  await assert.rejects(async () => waiting, /closed/);
  await assert.rejects(async () => pace.turn(0), /closed/);
});
