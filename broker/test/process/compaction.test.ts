/** Compaction by a real broker loses no latest value to kill -9. MILLRACE_KILLS sets how often. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { MillraceError } from '@millrace/core/errors';
import { Millrace } from '@millrace/client/millrace';
import { startBrokerProcess } from '../../../client/test/brokerProcess.ts';
import { until } from './until.ts';

const KILLS = Number(process.env.MILLRACE_KILLS ?? 2);
const KEYS = 100;
const UPDATES_PER_KILL = 1200;
const IN_FLIGHT_MAX = 200;

/** Everything small: each second has some passes, checkpoints and rolls. */
const ENV = {
  MILLRACE_JOURNAL_FILE_BYTES: '1MiB',
  MILLRACE_JOURNAL_FILES_MAX: '3',
  MILLRACE_CHECKPOINT_MS: '150',
  MILLRACE_TAIL_CACHE_BYTES: '1MiB',
  MILLRACE_FREE_SPACE_BYTES_MIN: '1MiB',
  MILLRACE_COMPACTION_CHECK_MS: '100',
};
const CONFIG = {
  cleanupPolicy: 'compact',
  segmentBytesMax: '64KiB',
  batchBytesMax: '16KiB',
  minCleanableDirtyRatio: '0.1',
};

/** Versions of one key: what was acknowledged last, and what may have been written since. */
interface KeyHistory {
  acknowledged: number;
  sent: number;
}

test(`the latest value of each key survives ${KILLS} kill -9 amid compaction`, async (t) => {
  const first = await startBrokerProcess({ env: ENV });
  let broker = first;
  const client = new Millrace({ server: broker.server });
  t.after(async () => {
    await client.close().catch(() => {});
    // Before its directory goes.
    await broker.kill();
    await first[Symbol.asyncDispose]();
  });
  await client.admin.createTopic({ name: 'state', partitions: 1, config: CONFIG });
  const producer = client.producer({ lingerMs: 1, batchBytes: 8 * 1024 });
  const keys: KeyHistory[] = Array.from({ length: KEYS }, () => ({ acknowledged: 0, sent: 0 }));

  let isWriting = true;
  let acknowledged = 0;
  const write = async (): Promise<void> => {
    const inFlight = new Set<Promise<void>>();
    for (let at = 0; isWriting; at = (at + 1) % KEYS) {
      const key = keys[at] ?? assert.fail();
      const version = ++key.sent;
      const value = `${version}`.padEnd(100, '.');
      const sent = producer
        .send({ topic: 'state', partition: 0, key: `key-${at}`, value })
        .then(() => {
          key.acknowledged = Math.max(key.acknowledged, version);
          acknowledged += 1;
        })
        .catch((error: unknown) => assert.ok(error instanceof MillraceError, String(error)));
      inFlight.add(sent);
      void sent.then(() => inFlight.delete(sent));
      if (inFlight.size >= IN_FLIGHT_MAX) await Promise.race(inFlight);
      if (at % 50 === 0) await delay(5);
    }
    await Promise.all(inFlight);
  };
  const writing = write();
  for (let kill = 1; kill <= KILLS; kill++) {
    const before = acknowledged;
    await until(() => acknowledged > before + UPDATES_PER_KILL, `acknowledgements (kill ${kill})`);
    await delay(Math.random() * 300);
    await broker.kill();
    broker = await startBrokerProcess({ dataDir: first.dataDir, ports: first.ports, env: ENV });
  }
  isWriting = false;
  await writing;

  let count = await checkLatest(client, keys);
  while (count > acknowledged / 2) {
    await delay(200);
    count = await checkLatest(client, keys);
  }
  t.diagnostic(`${acknowledged} updates acknowledged, ${count} records left of them`);
});

async function checkLatest(client: Millrace, keys: readonly KeyHistory[]): Promise<number> {
  const found = new Map<string, number>();
  let count = 0;
  const records = client.consume({ topic: 'state', from: 'earliest', stopAtEnd: true });
  for await (const { key, value } of records) {
    const version = Number.parseInt(Buffer.from(value ?? []).toString(), 10);
    const name = Buffer.from(key ?? []).toString();
    assert.ok(version > 0);
    found.set(name, version);
    count += 1;
  }
  for (const [at, { acknowledged, sent }] of keys.entries()) {
    const version = found.get(`key-${at}`) ?? 0;
    assert.ok(version >= acknowledged, `key-${at}: ${acknowledged} acknowledged, ${version} found`);
    assert.ok(version <= sent, `key-${at}: ${version} found, ${sent} sent`);
  }
  return count;
}
