/** SIGTERM under load: everybody gets an answer, the clean marker is left, and the next start has nothing to replay. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import test, { type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Millrace } from '@millrace/client/millrace';
import {
  decodeProduceStreamResponse,
  encodeProduceStreamRequest,
} from '@millrace/core/messages/produceStream';
import { Status, type WireStatus } from '@millrace/wire/status';
import { startBrokerProcess } from '../../../client/test/brokerProcess.ts';
import { goodBatch } from './hostileBatch.ts';
import { PartitionLedger } from './ledger.ts';
import { sdkWriter, structuredWriter } from './loadWriter.ts';
import { connectRaw } from './rawCall.ts';
import { stockClient } from './stockClient.ts';
import { verified } from './uniqueRecord.ts';
import { until } from './until.ts';

const STOP_MS_MAX = 15_000;

test('a broker that is told to stop answers all, leaves its marker, and starts again without replay', async (t) => {
  const broker = await startBrokerProcess();
  t.after(() => broker[Symbol.asyncDispose]());
  const client = new Millrace({ server: broker.server });
  t.after(() => client.close().catch(() => {}));
  const stock = stockClient(broker.server);
  t.after(() => stock.close());
  await client.admin.createTopic({ name: 't', partitions: 5 });
  await client.admin.createTopic({ name: 'async', config: { durability: 'async' } });

  const lanes = ['t', 't', 't', 'async'].map((topic, index) => ({
    topic,
    partition: topic === 't' ? index : 0,
    writer: `w${index}`,
    ledger: new PartitionLedger(`${topic}/${index}`),
  }));
  const producer = client.producer({ lingerMs: 1, batchBytes: 8 * 1024 });
  const writers = lanes.map((lane) =>
    lane.partition === 2 ? structuredWriter(stock, lane) : sdkWriter(producer, lane),
  );
  const consumption = client.consume({ topic: 't', from: 'earliest' });
  const reading = (async () => {
    for await (const record of consumption) if (record.partition < 2) verified(record);
  })();
  reading.catch(() => {});
  const raw = [
    await rawProducer(t, broker.ports.client, 3),
    await rawProducer(t, broker.ports.data, 4),
  ];
  const isBusy = () =>
    lanes.every(({ ledger }) => ledger.acknowledgedCount > 50) &&
    raw.every(({ acknowledged }) => acknowledged.size > 50);
  await until(isBusy, 'load everywhere');

  const from = performance.now();
  assert.equal(await broker.stop(), 0, broker.diagnostics());
  const tookMs = Math.round(performance.now() - from);
  t.diagnostic(`the stop took ${tookMs} ms`);
  assert.ok(tookMs < STOP_MS_MAX, `the stop took ${tookMs} ms`);
  assert.ok(existsSync(path.join(broker.dataDir, 'broker-0', 'clean')), 'the marker is there');
  for (const { settled, unanswered } of raw) {
    const status = await settled;
    // What has an answer has it in-band; what the broker never read is answered by the status of the stream.
    assert.ok(unanswered() === 0 || status.code === Status.UNAVAILABLE, JSON.stringify(status));
  }

  const again = await startBrokerProcess({ dataDir: broker.dataDir, ports: broker.ports });
  t.after(() => again.kill());
  assert.match(again.diagnostics(), /"wasClean":true,"framesReplayed":0/);
  await delay(200);
  await Promise.all(writers.map((writer) => writer.stop()));
  for (const { topic, partition, ledger } of lanes) {
    const promised = ledger.snapshot();
    const found = [];
    const whole = client.consume({
      topic,
      partitions: [partition],
      from: 'earliest',
      stopAtEnd: true,
    });
    for await (const record of whole) {
      found.push({ record: verified(record), offset: record.offset });
    }
    ledger.check(found, promised);
    ledger.checkRefused();
  }
  for (const { partition, acknowledged } of raw) {
    const [end] = await client.admin.listOffsets('t', 'latest', { partitions: [partition] });
    assert.ok((end?.offset ?? 0) > Math.max(...acknowledged), 'acknowledged records are there');
  }
  consumption.close();
  await reading;
});

/** Sends for ever, a batch after each acknowledgement, three in flight. */
async function rawProducer(t: TestContext, port: number, partition: number) {
  const session = await connectRaw(port);
  t.after(() => session.destroy());
  const stream = session.open('/millrace.v1.Producer/ProduceStream');
  const acknowledged = new Set<number>();
  const waiting = new Set<number>();
  let correlation = 0;
  const send = (): void => {
    waiting.add(correlation);
    const entry = { topicName: 't', partition, records: [], batches: goodBatch() };
    const request = { correlation, acks: 3, deadlineMs: 0, entries: [entry] };
    correlation++;
    stream.send([Buffer.concat(encodeProduceStreamRequest(request))]);
  };
  stream.onMessage((body) => {
    for (const { correlation: answered, result } of decodeProduceStreamResponse(body).results) {
      assert.ok(waiting.delete(answered), `${answered} answered twice`);
      if (result.error === undefined) acknowledged.add(result.baseOffset);
      else assert.equal(result.error.code, 'SHUTTING_DOWN', result.error.message);
      send();
    }
  });
  const settled = new Promise<WireStatus>((resolve) => stream.onStatus(resolve));
  for (let count = 0; count < 3; count++) send();
  return { partition, acknowledged, settled, unanswered: () => waiting.size };
}
