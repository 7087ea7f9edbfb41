/**
 * How long a start takes until a record is acknowledged: with an empty directory, and after kill -9 with a log of
 * MILLRACE_RESTART_GB (default 0.1). Times are reported; what is asserted is only that recovery does not read the log.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { Millrace } from '@millrace/client/millrace';
import { type BrokerProcess, startBrokerProcess } from '../../../client/test/brokerProcess.ts';

const LOG_BYTES = Number(process.env.MILLRACE_RESTART_GB ?? 0.1) * 2 ** 30;
const VALUE = Buffer.alloc(1024, 'v');
const PARTITIONS = 6;
const START_MS_MAX = 20_000;

/** From the start of the process to its first acknowledgement, in milliseconds. */
async function timed(
  start: () => Promise<BrokerProcess>,
  prepare: (client: Millrace) => Promise<unknown>,
) {
  const from = performance.now();
  const broker = await start();
  const readyMs = performance.now() - from;
  const client = new Millrace({ server: broker.server });
  await prepare(client);
  await client.producer({ lingerMs: 0 }).send({ topic: 't', partition: 0, value: 'first' });
  return {
    broker,
    client,
    readyMs: Math.round(readyMs),
    ackMs: Math.round(performance.now() - from),
  };
}

async function fill(client: Millrace): Promise<void> {
  const producer = client.producer({ batchBytes: 512 * 1024, onBatch: () => {} });
  for (let sent = 0, partition = 0; sent < LOG_BYTES; sent += VALUE.length) {
    if (sent % (512 * 1024) === 0) partition = (partition + 1) % PARTITIONS;
    if (!producer.append({ topic: 't', partition, value: VALUE })) await producer.ready();
  }
  await producer.close();
}

test('a start is fast with an empty directory, and after kill -9 whatever the size of the log', async (t) => {
  const empty = await timed(
    () => startBrokerProcess(),
    (client) => client.admin.createTopic({ name: 't', partitions: PARTITIONS }),
  );
  t.after(() => empty.broker[Symbol.asyncDispose]());
  t.diagnostic(
    `empty directory: ready after ${empty.readyMs} ms, first record after ${empty.ackMs} ms`,
  );
  await fill(empty.client);
  await empty.broker.kill();
  await empty.client.close().catch(() => {});

  const { dataDir } = empty.broker;
  const again = await timed(
    () => startBrokerProcess({ dataDir }),
    () => Promise.resolve(),
  );
  t.after(() => again.broker.kill());
  const gib = (LOG_BYTES / 2 ** 30).toFixed(1);
  t.diagnostic(
    `after kill -9 with ${gib} GiB: ready after ${again.readyMs} ms, first record after ${again.ackMs} ms`,
  );
  t.diagnostic(again.broker.diagnostics().split('\n')[0] ?? '');
  const { offset } = await again.client
    .producer()
    .send({ topic: 't', partition: 0, value: 'next' });
  assert.ok(offset > LOG_BYTES / VALUE.length / PARTITIONS / 2);
  await again.client.close();
  assert.ok(empty.ackMs < START_MS_MAX && again.ackMs < START_MS_MAX);
});
