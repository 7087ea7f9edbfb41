/** A disk that fills up: produce is refused early and says so, reading goes on, nothing acknowledged is lost. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { Millrace } from '@millrace/client/millrace';
import { MillraceError } from '@millrace/core/errors';
import { startBrokerProcess } from '../../../client/test/brokerProcess.ts';
import { PartitionLedger } from './ledger.ts';
import { uniqueRecord, verified } from './uniqueRecord.ts';
import { until } from './until.ts';

const run = promisify(execFile);
const MIB = 2 ** 20;

test('below the free-space watermark produce is refused with a retry hint, and reading goes on', async (t) => {
  const first = await startBrokerProcess({ env: { MILLRACE_FREE_SPACE_BYTES_MIN: '1MiB' } });
  t.after(() => first[Symbol.asyncDispose]());
  const { dataDir, ports } = first;
  const client = new Millrace({ server: first.server });
  t.after(() => client.close().catch(() => {}));
  await client.admin.createTopic({ name: 't' });
  await client.producer().send({ topic: 't', value: 'before' });
  assert.equal(await first.stop(), 0);

  const { bsize, bavail } = await statfs(dataDir);
  const tooMuch = String(bsize * bavail * 2);
  const full = await startBrokerProcess({
    dataDir,
    ports,
    env: { MILLRACE_FREE_SPACE_BYTES_MIN: tooMuch },
  });
  t.after(() => full.kill());
  const hurried = client.producer({ deliveryTimeoutMs: 700 });
  const refusal: unknown = await hurried.send({ topic: 't', value: 'no' }).then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(refusal instanceof MillraceError);
  assert.equal(refusal.outcome, 'not-applied');
  assert.match(
    `${refusal.code} ${refusal.message} ${String(refusal.cause)}`,
    /DISK_FULL|bytes free/,
  );
  assert.deepEqual(await values(client), ['before']);
  assert.equal(await full.stop(), 0);

  const last = await startBrokerProcess({
    dataDir,
    ports,
    env: { MILLRACE_FREE_SPACE_BYTES_MIN: '1MiB' },
  });
  t.after(() => last.kill());
  await client.producer().send({ topic: 't', value: 'after' });
  assert.deepEqual(await values(client), ['before', 'after']);
});

async function values(client: Millrace): Promise<string[]> {
  const found: string[] = [];
  for await (const { value } of client.consume({ topic: 't', from: 'earliest', stopAtEnd: true })) {
    found.push(String(value));
  }
  return found;
}

/** A file system of its own, of `mib` MiB; undefined where this process may not mount one. */
async function smallDisk(t: TestContext, mib: number): Promise<string | undefined> {
  const directory = await mkdtemp(path.join(tmpdir(), 'millrace-disk-'));
  const image = path.join(directory, 'image');
  const mountPoint = path.join(directory, 'mounted');
  try {
    await run('truncate', ['-s', `${mib}M`, image]);
    await run('mkfs.ext4', ['-q', '-m', '0', image]);
    await run('mkdir', [mountPoint]);
    await run('mount', ['-o', 'loop', image, mountPoint]);
  } catch {
    await rm(directory, { recursive: true, force: true });
    return undefined;
  }
  t.after(async () => {
    await run('umount', ['-l', mountPoint]);
    await rm(directory, { recursive: true, force: true });
  });
  return mountPoint;
}

/** From 0 on, what the broker acknowledged, until it takes no more. */
async function fill(client: Millrace, ledger: PartitionLedger, from: number): Promise<number> {
  const producer = client.producer({ deliveryTimeoutMs: 1000, lingerMs: 1, batchBytes: 64 * 1024 });
  let sequence = from;
  let refused = 0;
  while (refused === 0) {
    const sends = Array.from({ length: 200 }, async () => {
      const identity = { writer: 'w', sequence: sequence++ };
      try {
        const { offset } = await producer.send({
          topic: 't',
          partition: 0,
          ...uniqueRecord(identity),
        });
        ledger.acknowledge(identity, offset);
      } catch (error) {
        if (!(error instanceof MillraceError)) throw error;
        refused++;
        if (error.outcome !== 'not-applied') ledger.leaveOpen(identity);
      }
    });
    await Promise.all(sends);
  }
  await producer.close({ timeoutMs: 100 }).catch(() => {});
  return sequence;
}

async function checkAll(client: Millrace, ledger: PartitionLedger): Promise<void> {
  const promised = ledger.snapshot();
  const found = [];
  for await (const record of client.consume({ topic: 't', from: 'earliest', stopAtEnd: true })) {
    found.push({ record: verified(record), offset: record.offset });
  }
  ledger.check(found, promised);
}

const SMALL = {
  MILLRACE_JOURNAL_FILE_BYTES: '1MiB',
  MILLRACE_JOURNAL_FILES_MAX: '3',
  MILLRACE_CHECKPOINT_MS: '300',
  MILLRACE_RETENTION_CHECK_MS: '500',
};

test('a disk that is really full costs nothing that was acknowledged', async (t) => {
  const dataDir = await smallDisk(t, 48);
  if (dataDir === undefined) return t.skip('no loop device can be mounted here');
  // A watermark too low to help: writes do fail with ENOSPC.
  const env = { ...SMALL, MILLRACE_FREE_SPACE_BYTES_MIN: '1' };
  const first = await startBrokerProcess({ dataDir, env });
  t.after(() => first.kill());
  const client = new Millrace({ server: first.server });
  t.after(() => client.close().catch(() => {}));
  await client.admin.createTopic({
    name: 't',
    config: { segmentBytesMax: '4MiB', batchBytesMax: '256KiB' },
  });
  const ballast = path.join(dataDir, 'ballast');
  await writeFile(ballast, Buffer.alloc(8 * MIB));

  const ledger = new PartitionLedger('t/0');
  await fill(client, ledger, 0);
  const survived = (
    await fetch(`http://127.0.0.1:${first.ports.http}/livez`).catch(() => undefined)
  )?.ok;
  t.diagnostic(
    `${ledger.acknowledgedCount} acknowledged; the broker ${survived === true ? 'goes on' : 'stopped'}`,
  );
  if (survived === true) await checkAll(client, ledger);
  else assert.match(first.diagnostics(), /ENOSPC|no space|disk/i, 'it says why it stopped');
  await first.kill();

  await rm(ballast);
  const again = await startBrokerProcess({ dataDir, env, ports: first.ports });
  t.after(() => again.kill());
  await checkAll(client, ledger);
  const { offset } = await client.producer().send({ topic: 't', value: 'room again' });
  assert.ok(offset >= ledger.acknowledgedCount);
});

test('the watermark of its own file system refuses before anything fails, and lets go once there is room', async (t) => {
  const dataDir = await smallDisk(t, 64);
  if (dataDir === undefined) return t.skip('no loop device can be mounted here');
  const env = { ...SMALL, MILLRACE_FREE_SPACE_BYTES_MIN: '8MiB' };
  const broker = await startBrokerProcess({ dataDir, env });
  t.after(() => broker.kill());
  const client = new Millrace({ server: broker.server });
  t.after(() => client.close().catch(() => {}));
  await client.admin.createTopic({
    name: 't',
    config: { segmentBytesMax: '4MiB', batchBytesMax: '256KiB' },
  });
  const ledger = new PartitionLedger('t/0');
  const next = await fill(client, ledger, 0);
  await checkAll(client, ledger);
  assert.ok(!/ENOSPC/.test(broker.diagnostics()), broker.diagnostics());

  await client.admin.alterTopic({ topic: 't', config: { retentionBytes: '8MiB' } });
  // Not the SDK's own retries: it waits the 10 s that the refusal asks for.
  let offset = -1;
  await until(async () => {
    const record = { topic: 't', partition: 0, ...uniqueRecord({ writer: 'w', sequence: next }) };
    const hurried = client.producer({ deliveryTimeoutMs: 300 });
    const sent = await hurried.send(record).catch(() => undefined);
    offset = sent?.offset ?? -1;
    return sent !== undefined;
  }, 'retention makes room');
  assert.ok(offset >= ledger.acknowledgedCount);
  assert.equal(await broker.stop(), 0);
});
