/** Headers named `millrace-*` belong to the brokers: structured records that bring one are refused. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { startBrokerProcess } from '../../../client/test/brokerProcess.ts';
import { stockClient, unary } from './stockClient.ts';

test('a structured record with a reserved header is refused and nothing of its request is appended', async (t) => {
  const broker = await startBrokerProcess();
  t.after(() => broker[Symbol.asyncDispose]());
  const client = stockClient(broker.server);
  t.after(() => client.close());
  const { admin, producer } = client;
  await unary(admin.CreateTopic.bind(admin), { name: 't', partitions: 1 });
  const produce = (...names: string[]) =>
    unary(producer.Produce.bind(producer), {
      acks: 'ACKS_ALL',
      entries: [
        {
          topicName: 't',
          partition: 0,
          records: names.map((key) => ({ value: Buffer.from('v'), headers: [{ key }] })),
        },
      ],
    });
  await assert.rejects(produce('mine', 'millrace-retry'), /millrace-retry.*reserved/);
  const { results } = await produce('Millrace-', 'mine');
  assert.equal(Number(results[0]?.baseOffset), 0);
});
