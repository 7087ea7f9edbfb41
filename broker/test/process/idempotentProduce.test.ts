/** Producer ids and sequences through the proto files alone: what a client of another language does. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { encodeBatch } from '@millrace/core/batchWriter';
import { type BrokerProcess, startBrokerProcess } from '../../../client/test/brokerProcess.ts';
import { stockClient, unary } from './stockClient.ts';

function sender(broker: BrokerProcess) {
  const client = stockClient(broker.server);
  const { admin, producer } = client;
  const newId = async (): Promise<number> =>
    Number((await unary(producer.InitProducer.bind(producer), {})).producerId);
  const send = async (producerId: number, baseSequence: number): Promise<number> => {
    const value = Buffer.from(`${producerId} ${baseSequence}`);
    const batches = encodeBatch([{ key: null, value, timestamp: 1_750_000_000_000 }], {
      producerId,
      producerEpoch: 0,
      baseSequence,
    });
    const { results } = await unary(producer.Produce.bind(producer), {
      acks: 'ACKS_ALL',
      entries: [{ topicName: 't', partition: 0, batches }],
    });
    return Number(results[0]?.baseOffset);
  };
  const createTopic = () => unary(admin.CreateTopic.bind(admin), { name: 't', partitions: 1 });
  return { newId, send, createTopic, close: () => client.close() };
}

test('a batch that is sent again is answered with its offset, also after a kill, and ids are never given twice', async (t) => {
  const broker = await startBrokerProcess();
  t.after(() => broker[Symbol.asyncDispose]());
  const before = sender(broker);
  await before.createTopic();
  const first = await before.newId();
  const second = await before.newId();
  assert.notEqual(first, second);
  assert.deepEqual(
    [await before.send(first, 0), await before.send(second, 0), await before.send(first, 1)],
    [0, 1, 2],
  );
  assert.equal(await before.send(first, 0), 0);
  await assert.rejects(before.send(first, 3), /OUT_OF_ORDER_SEQUENCE|expected 2/);
  before.close();

  await broker.kill();
  const restarted = await startBrokerProcess({ dataDir: broker.dataDir });
  t.after(() => restarted[Symbol.asyncDispose]());
  const after = sender(restarted);
  t.after(() => after.close());
  assert.deepEqual([await after.send(second, 0), await after.send(first, 1)], [1, 2]);
  assert.equal(await after.send(first, 2), 3);
  assert.ok(![first, second].includes(await after.newId()));
});
