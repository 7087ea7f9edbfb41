/** Stock clients know one address: the hot streams work there as on the data port, with the same receive window. */
import assert from 'node:assert/strict';
import { connect } from 'node:http2';
import test from 'node:test';
import { status } from '@grpc/grpc-js';
import type { FetchResponse__Output } from '@millrace/proto/generated/millrace/v1/FetchResponse';
import type { ProduceStreamResponse__Output } from '@millrace/proto/generated/millrace/v1/ProduceStreamResponse';
import type { Readable } from 'node:stream';
import { startBrokerProcess } from '../../../client/test/brokerProcess.ts';
import { stockClient, unary } from './stockClient.ts';
import { until } from './until.ts';

async function all<T>(stream: Readable): Promise<T[]> {
  const messages: T[] = [];
  for await (const message of stream) messages.push(message as T);
  return messages;
}

test('ProduceStream and Fetch answer stock grpc-js alike on the client and on the data port', async (t) => {
  const broker = await startBrokerProcess();
  t.after(() => broker[Symbol.asyncDispose]());
  const { ports } = broker;
  const clients = [ports.client, ports.data].map((port) => stockClient(`127.0.0.1:${port}`));
  t.after(() => clients.forEach((client) => client.close()));
  const [first] = clients;
  assert.ok(first !== undefined);
  await unary(first.admin.CreateTopic.bind(first.admin), { name: 't', partitions: 2 });

  for (const [index, { producer, consumer }] of clients.entries()) {
    const stream = producer.ProduceStream();
    const results = all<ProduceStreamResponse__Output>(stream);
    const record = (value: string) => ({
      key: Buffer.from('k'),
      value: Buffer.from(value),
      headers: [{ key: 'h', value: Buffer.from('1') }, { key: 'h' }],
      timestampMs: 1_700_000_000_000,
    });
    for (let correlation = 0; correlation < 3; correlation++) {
      const entries = [{ topicName: 't', partition: index, records: [record(`v${correlation}`)] }];
      stream.write({ correlation, acks: 'ACKS_ALL', entries });
    }
    stream.write({
      correlation: 3,
      entries: [{ topicName: 'nobody', partition: 0, records: [record('')] }],
    });
    stream.end();
    const answers = (await results)
      .flatMap((message) => message.results)
      .sort((a, b) => Number(a.correlation) - Number(b.correlation))
      .map(({ result }) => [
        Number(result?.baseOffset),
        result?.error?.code,
        result?.error?.outcome,
      ]);
    assert.deepEqual(answers, [
      [0, undefined, undefined],
      [1, undefined, undefined],
      [2, undefined, undefined],
      [-1, 'UNKNOWN_TOPIC', 'OUTCOME_NOT_APPLIED'],
    ]);

    const fetched = await all<FetchResponse__Output>(
      consumer.Fetch({
        partitions: [{ topicName: 't', partition: index, offset: 1 }],
        stopAtEnd: true,
      }),
    );
    const entries = fetched.flatMap((message) => message.entries);
    assert.equal(entries[0]?.records.length, 0, 'the first entry carries the position alone');
    assert.equal(entries.at(-1)?.end, true);
    const records = entries.flatMap((entry) => entry.records);
    assert.deepEqual(
      records.map(({ offset, key, value, headers, timestampMs }) => [
        offset,
        String(key),
        String(value),
        headers.map((header) => [header.key, header.value === undefined || header.value === null]),
        timestampMs,
      ]),
      [1, 2].map((n) => [
        n,
        'k',
        `v${n}`,
        [
          ['h', false],
          ['h', true],
        ],
        1_700_000_000_000,
      ]),
    );
    const failed = all(consumer.Fetch({ partitions: [{ topicName: 't', partition: 9 }] }));
    await assert.rejects(failed, { code: status.NOT_FOUND });
  }
});

test('both listeners take more than 64 KiB that nobody has read yet', async (t) => {
  const broker = await startBrokerProcess();
  t.after(() => broker[Symbol.asyncDispose]());
  for (const [name, port] of [
    ['client', broker.ports.client],
    ['data', broker.ports.data],
  ] as const) {
    const session = connect(`http://127.0.0.1:${port}`);
    session.on('error', () => {});
    t.after(() => session.destroy());
    const stream = session.request({
      ':method': 'POST',
      ':path': '/millrace.v1.Producer/ProduceStream',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.on('error', () => {});
    const window = () => session.state.remoteWindowSize ?? 0;
    await until(() => window() > 2 ** 20 || session.destroyed, `${name}: a raised window`);
    const settings = session.remoteSettings.initialWindowSize ?? 0;
    assert.ok(settings > 2 ** 20, `${name}: a stream window of ${settings}`);
    // An unfinished message of 8 MiB: nothing of it reaches the handler, all but the window is stopped.
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(8 * 2 ** 20, 1);
    stream.write(Buffer.concat([prefix, Buffer.alloc(512 * 1024)]));
    await until(() => stream.writableLength === 0, `${name}: 512 KiB in flight`);
  }
});
