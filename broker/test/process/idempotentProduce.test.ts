/** Producer ids and sequences through the proto files alone: what a client of another language does. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { encodeBatch } from '@millrace/core/batchWriter';
import { decodeStatusDetails } from '@millrace/core/statusDetails';
import type { ProduceEntry } from '@millrace/proto/generated/millrace/v1/ProduceEntry';
import type { ServiceError } from '@grpc/grpc-js';
import { type BrokerProcess, startBrokerProcess } from '../../../client/test/brokerProcess.ts';
import { stockClient, unary } from './stockClient.ts';

type Fields = { [K in keyof ProduceEntry]?: ProduceEntry[K] | undefined };

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

test('structured records with a sequence are one batch, stored once, also after a kill; half a sequence is refused', async (t) => {
  const broker = await startBrokerProcess();
  t.after(() => broker[Symbol.asyncDispose]());
  const before = sender(broker);
  await before.createTopic();
  const id = await before.newId();
  const records = ['a', 'b', 'c'].map((text) => ({ value: Buffer.from(text) }));
  const whole = { producerId: id, producerEpoch: 0, firstSequence: 0 };
  const entry = { topicName: 't', partition: 0, records };
  const client = stockClient(broker.server);
  const produce = async (fields: Fields, from = client) => {
    const request = { entries: [{ ...entry, ...fields } as ProduceEntry] };
    const { results } = await unary(from.producer.Produce.bind(from.producer), request);
    return [Number(results[0]?.baseOffset), results[0]?.recordCount];
  };
  assert.deepEqual(await produce(whole), [0, 3]);
  assert.deepEqual(await produce({ ...whole, firstSequence: 3 }), [3, 3]);
  assert.deepEqual(await produce(whole), [0, 3]);
  assert.deepEqual(await produce({ ...whole, producerEpoch: 1 }), [6, 3]);

  const codeOf = async (fields: Fields) => {
    const error = (await produce(fields).then(
      (reply) => assert.fail(`taken: ${JSON.stringify(reply)}`),
      (thrown: unknown) => thrown,
    )) as ServiceError;
    const [details] = error.metadata.get('grpc-status-details-bin');
    const decoded = Buffer.isBuffer(details) ? decodeStatusDetails(details) : undefined;
    assert.equal(decoded?.outcome, 'not-applied');
    return decoded.code;
  };
  assert.equal(await codeOf(whole), 'PRODUCER_FENCED');
  assert.equal(
    await codeOf({ ...whole, producerEpoch: 1, firstSequence: 9 }),
    'OUT_OF_ORDER_SEQUENCE',
  );
  const wrong: Fields[] = [
    { ...whole, producerId: undefined },
    { ...whole, producerEpoch: undefined },
    { ...whole, firstSequence: undefined },
    { ...whole, partition: undefined },
    { ...whole, producerId: -1 },
    { ...whole, producerEpoch: 2 ** 15 },
    { ...whole, firstSequence: -1 },
    { ...whole, records: [], batches: encodeBatch([{ key: null, value: 'x', timestamp: 1 }]) },
  ];
  for (const fields of wrong) {
    assert.equal(await codeOf(fields), 'INVALID_REQUEST', JSON.stringify(fields));
  }
  // Split over several batches it could be there by half.
  const large = Array.from({ length: 3 }, () => ({ value: Buffer.alloc(500_000) }));
  assert.equal(
    await codeOf({ ...whole, producerEpoch: 1, firstSequence: 3, records: large }),
    'RECORD_TOO_LARGE',
  );
  before.close();
  client.close();

  await broker.kill();
  const restarted = await startBrokerProcess({ dataDir: broker.dataDir });
  t.after(() => restarted[Symbol.asyncDispose]());
  const after = stockClient(restarted.server);
  t.after(() => after.close());
  assert.deepEqual(await produce({ ...whole, producerEpoch: 1 }, after), [6, 3]);
  assert.deepEqual(await produce({ ...whole, producerEpoch: 1, firstSequence: 3 }, after), [9, 3]);
});

test('sequences go on at 0 after 2^31 - 1, in one batch too', async (t) => {
  const broker = await startBrokerProcess();
  t.after(() => broker[Symbol.asyncDispose]());
  const { newId, createTopic, close } = sender(broker);
  t.after(close);
  const client = stockClient(broker.server);
  t.after(() => client.close());
  await createTopic();
  const id = await newId();
  const send = async (firstSequence: number, count: number) => {
    const records = Array.from({ length: count }, () => ({ value: Buffer.from('v') }));
    const producer = { producerId: id, producerEpoch: 0, firstSequence };
    const entries = [{ topicName: 't', partition: 0, records, ...producer }];
    const { results } = await unary(client.producer.Produce.bind(client.producer), { entries });
    return Number(results[0]?.baseOffset);
  };
  const last = 2 ** 31 - 1;
  assert.equal(await send(last - 1, 1), 0);
  assert.equal(await send(last, 3), 1);
  assert.equal(await send(2, 1), 4);
  assert.deepEqual([await send(last - 1, 1), await send(last, 3), await send(2, 1)], [0, 1, 4]);
  await assert.rejects(send(0, 1), /expected 3/);
  assert.equal(await send(3, 1), 5);
});

test('of 10,001 producers the one that was idle longest is forgotten, and goes on where it is', async (t) => {
  const broker = await startBrokerProcess();
  t.after(() => broker[Symbol.asyncDispose]());
  const client = stockClient(broker.server);
  t.after(() => client.close());
  const setup = sender(broker);
  t.after(() => setup.close());
  await setup.createTopic();
  const first = await setup.newId();
  const send = async (producers: readonly number[], firstSequence: number): Promise<number[]> => {
    const records = [{ value: Buffer.from('v') }];
    const place = { topicName: 't', partition: 0, producerEpoch: 0, firstSequence };
    const entries = producers.map((producerId) => ({ ...place, producerId, records }));
    const { results } = await unary(client.producer.Produce.bind(client.producer), { entries });
    const offsets: number[] = [];
    for (const { entry, baseOffset } of results) offsets[Number(entry)] = Number(baseOffset);
    return offsets;
  };
  const COUNT = 10_001;
  for (let from = 0; from < COUNT; from += 1_000) {
    const count = Math.min(1_000, COUNT - from);
    const offsets = await send(
      Array.from({ length: count }, (_, index) => first + from + index),
      0,
    );
    assert.deepEqual([offsets[0], offsets.at(-1)], [from, from + count - 1]);
  }
  assert.deepEqual(await send([first + 1, first + COUNT - 1], 0), [1, COUNT - 1]);
  // What it sends again would not be recognized; what it sends next is taken.
  assert.deepEqual(await send([first], 1), [COUNT]);
  assert.deepEqual(await send([first], 1), [COUNT]);
});
