/** Records before an offset are deleted, for good, whoever is asked. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { Millrace } from '@millrace/client/millrace';
import { startBrokerProcess } from '../../../client/test/brokerProcess.ts';

test('a partition begins where records were deleted up to, over a kill -9 too', async (t) => {
  const first = await startBrokerProcess();
  let broker = first;
  let client = new Millrace({ server: broker.server });
  t.after(async () => {
    await client.close().catch(() => {});
    await broker.kill();
    await first[Symbol.asyncDispose]();
  });
  const { admin } = client;
  await admin.createTopic({ name: 'events', partitions: 1 });
  await admin.createTopic({ name: 'state', partitions: 1, config: { cleanupPolicy: 'compact' } });
  const producer = client.producer({ lingerMs: 0 });
  for (let at = 0; at < 20; at++) {
    await producer.send({ topic: 'events', partition: 0, key: 'k', value: `event ${at}` });
  }

  assert.equal(await admin.deleteRecords('events', 0, 12), 12);
  const [earliest] = await admin.listOffsets('events', 'earliest');
  assert.equal(earliest?.offset, 12);
  assert.deepEqual(await valuesOf(client), range(12, 20));
  // Nothing comes back.
  assert.equal(await admin.deleteRecords('events', 0, 5), 12);
  await assert.rejects(admin.deleteRecords('events', 0, 21), { code: 'OFFSET_OUT_OF_RANGE' });
  await assert.rejects(admin.deleteRecords('events', 7, 0), { code: 'UNKNOWN_PARTITION' });
  await assert.rejects(admin.deleteRecords('state', 0, 0), { code: 'INVALID_REQUEST' });
  await assert.rejects(admin.deleteRecords('events', 0, -2), { code: 'INVALID_REQUEST' });

  await client.close();
  await broker.kill();
  broker = await startBrokerProcess({ dataDir: first.dataDir, ports: first.ports });
  client = new Millrace({ server: broker.server });
  assert.deepEqual(await valuesOf(client), range(12, 20));
  assert.equal(await client.admin.deleteRecords('events', 0, 'end'), 20);
  assert.deepEqual(await valuesOf(client), []);
  const after = client.producer({ lingerMs: 0 });
  const { offset } = await after.send({
    topic: 'events',
    partition: 0,
    key: 'k',
    value: 'event 20',
  });
  assert.equal(offset, 20);
  assert.deepEqual(await valuesOf(client), ['event 20']);
});

function range(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, at) => `event ${from + at}`);
}

async function valuesOf(client: Millrace): Promise<string[]> {
  const values: string[] = [];
  for await (const { value } of client.consume({
    topic: 'events',
    from: 'earliest',
    stopAtEnd: true,
  })) {
    values.push(Buffer.from(value ?? []).toString());
  }
  return values;
}
