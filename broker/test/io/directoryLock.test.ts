import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { DirectoryLock } from '../../src/io/directoryLock.ts';

const module = new URL('../../src/io/directoryLock.ts', import.meta.url).href;

/** A process that takes the lock, says so, and keeps it until it is killed. */
function holder(directory: string) {
  const code = `
    const { DirectoryLock } = await import(${JSON.stringify(module)});
    try {
      DirectoryLock.acquire(${JSON.stringify(directory)});
      console.log('locked');
      setInterval(() => {}, 1000);
    } catch (error) {
      console.log(error.code);
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = once(child.stdout, 'data').then(([bytes]) => String(bytes).trim());
  return { child, said };
}

test('one process holds a data directory, until it ends in whatever way', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'millrace-lock-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const directory = join(root, 'a', 'data');

  const first = holder(directory);
  assert.equal(await first.said, 'locked');
  const second = holder(directory);
  assert.equal(await second.said, 'CONFLICT');
  assert.throws(() => DirectoryLock.acquire(directory), { code: 'CONFLICT' });

  const exited = once(first.child, 'exit');
  first.child.kill('SIGKILL');
  await exited;
  const lock = DirectoryLock.acquire(directory);
  assert.throws(() => DirectoryLock.acquire(directory), { code: 'CONFLICT' });
  lock.release();
  DirectoryLock.acquire(directory).release();
});

test('with one-process off two hold one directory', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-lock-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const off = new Set(['one-process'] as const);
  const locks = [DirectoryLock.acquire(directory, off), DirectoryLock.acquire(directory, off)];
  for (const lock of locks) lock.release();
});

test('a file that is no lock is an error of its own', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-lock-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(join(directory, 'broker.db'), 'not a database, but long enough to be read as one.');
  assert.throws(() => DirectoryLock.acquire(directory), { code: 'SQLITE_NOTADB' });
});
