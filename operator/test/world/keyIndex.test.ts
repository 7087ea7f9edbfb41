import assert from 'node:assert/strict';
import test from 'node:test';
import { KeyIndex } from '../../src/world/keyIndex.ts';

test('several names have a key, until each has another or none', () => {
  const index = new KeyIndex();
  index.set('one', 'red');
  index.set('two', 'red');
  assert.deepEqual(index.of('red'), ['one', 'two']);
  index.set('one', 'blue');
  index.set('two', undefined);
  assert.deepEqual([index.of('red'), index.of('blue')], [[], ['one']]);
});

test('a key that is told again changes nothing', () => {
  const index = new KeyIndex();
  index.set('one', 'red');
  index.set('one', 'red');
  assert.deepEqual(index.of('red'), ['one']);
});
