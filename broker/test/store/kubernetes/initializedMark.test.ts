import assert from 'node:assert/strict';
import { it } from 'node:test';
import * as fc from 'fast-check';
import {
  formatMark,
  initializedIndexes,
  parseMark,
  without,
} from '../../../src/store/kubernetes/initializedMark.ts';

it('a mark is a hex digit for each four partitions, the lowest bit first', () => {
  assert.equal(formatMark([]), '');
  assert.equal(formatMark([0]), '1');
  assert.equal(formatMark([0, 1, 2, 3, 5]), 'f2');
  assert.equal(formatMark([199]).length, 50);
  assert.deepEqual(parseMark(undefined), []);
  assert.deepEqual(parseMark('f2'), [0, 1, 2, 3, 5]);
});

it('a mark is read as it was written', () => {
  const indexes = fc.uniqueArray(fc.nat(199)).map((list) => list.toSorted((a, b) => a - b));
  fc.assert(fc.property(indexes, (list) => assert.deepEqual(parseMark(formatMark(list)), list)));
});

it('what is no mark is refused', () => {
  for (const text of ['F', 'g', '0x1', '1,2', '-1'])
    assert.throws(() => parseMark(text), SyntaxError);
});

it('those that are not known are told apart', () => {
  assert.deepEqual(without([0, 2, 5], [2]), [0, 5]);
});

it('a status that nobody has checked is looked at with care', () => {
  const partitions = [
    { initialized: true },
    null,
    7,
    { initialized: 'yes' },
    { initialized: true },
  ];
  assert.deepEqual(initializedIndexes({ partitions }), [0, 4]);
  assert.deepEqual(initializedIndexes(undefined), []);
});
