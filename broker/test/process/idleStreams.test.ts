/** Readers at the end of the log cost nothing until something is appended, however many they are. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Millrace } from '@millrace/client/millrace';
import { decodeFetchResponse } from '@millrace/core/messages/fetch';
import { encodeFetchRequest } from '@millrace/core/messages/fetchRequest';
import { startBrokerProcess } from '../../../client/test/brokerProcess.ts';
import { connectRaw } from './rawCall.ts';
import { cpuSeconds, residentMiB } from './residentMemory.ts';
import { until } from './until.ts';

const STREAMS = 1000;
const STREAMS_PER_CONNECTION = 250;
const IDLE_MS = Number(process.env.MILLRACE_IDLE_MS ?? 2000);
/** A tenth of a core; an idle broker takes about a hundredth. */
const CPU_SHARE_MAX = 0.1;

test(`${STREAMS} streams at the tail take no CPU, and all are woken by one record`, async (t) => {
  const broker = await startBrokerProcess();
  t.after(() => broker[Symbol.asyncDispose]());
  const client = new Millrace({ server: broker.server });
  t.after(() => client.close().catch(() => {}));
  await client.admin.createTopic({ name: 't', partitions: 10 });
  const { ports } = broker;
  let positions = 0;
  let records = 0;
  for (let opened = 0; opened < STREAMS; opened += STREAMS_PER_CONNECTION) {
    const session = await connectRaw(opened % 500 === 0 ? ports.client : ports.data);
    t.after(() => session.destroy());
    for (let index = 0; index < STREAMS_PER_CONNECTION; index++) {
      const stream = session.open('/millrace.v1.Consumer/Fetch');
      stream.onMessage((body) => {
        for (const entry of decodeFetchResponse(body).entries) {
          if (entry.records.length === 0) positions++;
          records += entry.records.length;
        }
      });
      const partitions = [{ topicName: 't' }];
      const request = { partitions, format: 1, isolation: 0, stopAtEnd: false, messageBytesMax: 0 };
      stream.send([Buffer.concat(encodeFetchRequest(request))]);
      stream.end();
    }
  }
  await until(() => positions === STREAMS * 10, 'the position of every partition of every stream');
  // What opening them has left behind, garbage and timers, is over.
  await delay(500);

  const before = cpuSeconds(broker.pid);
  await delay(IDLE_MS);
  const used = (cpuSeconds(broker.pid) ?? 0) - (before ?? 0);
  const share = used / (IDLE_MS / 1000);
  t.diagnostic(
    `${STREAMS} idle streams: ${(share * 100).toFixed(1)} % of a core, ${Math.round(residentMiB(broker.pid) ?? 0)} MiB`,
  );
  assert.ok(share < CPU_SHARE_MAX, `${used} s of CPU in ${IDLE_MS} ms`);

  await client.producer().send({ topic: 't', partition: 3, value: 'wake up' });
  await until(() => records === STREAMS, 'the record on every stream');
});
