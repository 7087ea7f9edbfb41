/** A fault that does nothing would prove nothing: in namespaces, links are blocked and disks are full when they should be. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';

const PROBE = path.join(import.meta.dirname, 'isolatedProbe.ts');

test('links are blocked one way and silently, a disk is full and has room again', async (t) => {
  const { stdout } = await promisify(execFile)(process.execPath, [PROBE], { timeout: 100_000 });
  const { skipped, disk, ...links } = JSON.parse(stdout) as Record<string, string>;
  if (skipped !== undefined) return t.skip(skipped);
  assert.deepEqual(links, {
    blocked: 'silent',
    clientsMeanwhile: 'yes',
    blockedByTwo: 'silent',
    unblocked: 'yes',
    answersBlocked: 'silent',
    clientsBlocked: 'silent',
    clientsUnblocked: 'yes',
  });
  if (disk?.startsWith('skipped') === true) t.diagnostic(disk);
  else assert.equal(disk, 'written, ENOSPC, written');
});
