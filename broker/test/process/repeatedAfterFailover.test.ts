/** A request that was answered by nobody is sent again, to another leader, by a client that knows the proto files alone. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { ThreeBrokers } from '../../../client/test/threeBrokers.ts';
import { stockClient, unary } from './stockClient.ts';
import { until } from './until.ts';

test('a batch that the old leader has acknowledged is answered by the new one with its offset', async (t) => {
  const cluster = await ThreeBrokers.start(t);
  await cluster.createTopic('t', 1);
  const leader = await cluster.leaderOf('t', 0);
  const other = cluster.broker((leader + 1) % 3);
  const client = stockClient(other.server);
  t.after(() => client.close());
  const { producer } = client;
  const { producerId } = await unary(producer.InitProducer.bind(producer), {});
  const send = async (firstSequence: number): Promise<number> => {
    const records = ['a', 'b'].map((text) => ({ value: Buffer.from(text) }));
    const sequence = { producerId, producerEpoch: 0, firstSequence };
    const entries = [{ topicName: 't', partition: 0, records, ...sequence }];
    const { results } = await unary(producer.Produce.bind(producer), { entries });
    return Number(results[0]?.baseOffset);
  };
  assert.deepEqual([await send(0), await send(2), await send(4)], [0, 2, 4]);
  await cluster.broker(leader).kill();
  await until(async () => {
    const now = await cluster.leaderOf('t', 0);
    return now >= 0 && now !== leader;
  }, 'another one leads');
  // It goes through the same broker, which may not have heard yet.
  let again: number | undefined;
  await until(async () => {
    again = await send(4).catch(() => undefined);
    return again !== undefined;
  }, 'it is taken');
  assert.equal(again, 4);
  assert.deepEqual([await send(0), await send(2)], [0, 2]);
  assert.equal(await send(6), 6);
  await assert.rejects(send(9), /expected 8/);
});
