import assert from 'node:assert/strict';
import { test } from 'node:test';
import { table } from '../../src/output/table.ts';

test('columns are as wide as their widest cell, numbers to the right', () => {
  const text = table(
    ['NAME', 'PARTITIONS', 'NOTE'],
    [
      ['a', 3, ''],
      ['longer', 12, 'x'],
    ],
  );
  assert.equal(text, 'NAME    PARTITIONS  NOTE\na                3\nlonger          12  x\n');
});

test('no rows leave the heading', () => {
  assert.equal(table(['NAME', 'SIZE'], []), 'NAME  SIZE\n');
});
