/** A link that carries requests and loses their answers: the broker has what the producer does not know of. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { Millrace } from '../src/millrace.ts';
import type { ProducerOptions } from '../src/producerOptions.ts';
import { startBrokerProcess } from './brokerProcess.ts';
import { LossyLink } from './lossyLink.ts';
import { assertRight, SendLedger } from './sendLedger.ts';
import { until } from './threeBrokers.ts';

const ROUNDS = 4;

/** Sends through a link whose answers are lost again and again after the broker has appended. */
async function sendThroughLosses(t: TestContext, options: ProducerOptions) {
  // Where it says to be nobody listens: all that the producer sends goes by the link.
  const broker = await startBrokerProcess({ env: { MILLRACE_ADVERTISED_HOST: '::1' } });
  t.after(() => broker[Symbol.asyncDispose]());
  const observer = new Millrace({ server: broker.server });
  t.after(() => observer.close());
  await observer.admin.createTopic({ name: 't', partitions: 1 });
  const link = new LossyLink(broker.ports.client);
  const client = new Millrace({ server: await link.open(t) });
  t.after(() => client.close().catch(() => {}));
  const ledger = new SendLedger(client.producer({ lingerMs: 0, ...options }), 't', 0);
  const end = async () => (await observer.admin.listOffsets('t', 'latest'))[0]?.offset ?? 0;
  for (let round = 0; round < ROUNDS; round++) {
    const before = ledger.acknowledged;
    await until(() => ledger.acknowledged > before + 50, 'acknowledgements');
    link.lose();
    await until(() => link.lostBytes > 0, 'an answer is lost');
    await until(async () => (await end()) > ledger.acknowledged, 'more is stored than is known of');
    link.break();
  }
  await ledger.end();
  return { ledger, judgement: await ledger.judge(observer) };
}

test('what is sent again because its answer was lost is stored once, in order, and acknowledged', async (t) => {
  const { ledger, judgement } = await sendThroughLosses(t, {});
  assertRight(judgement);
  assert.deepEqual(ledger.failures, []);
  assert.equal(judgement.stored, ledger.acknowledged);
});

test('without idempotence the same losses double records', async (t) => {
  const { judgement } = await sendThroughLosses(t, { idempotence: false, retryUnknown: true });
  assert.ok(judgement.doubled.length > 0, 'the check above would notice nothing');
});

test('a server that has gone silent is not waited for while there are others', async (t) => {
  const broker = await startBrokerProcess();
  t.after(() => broker[Symbol.asyncDispose]());
  const link = new LossyLink(broker.ports.client);
  const servers = [await link.open(t), broker.server];
  const client = new Millrace({ server: servers, connectTimeoutMs: 500 });
  t.after(() => client.close());
  await client.admin.createTopic({ name: 't', partitions: 1 });
  link.lose();
  const fromMs = performance.now();
  const { name } = await client.admin.describeTopic('t');
  assert.equal(name, 't');
  assert.ok(link.lostBytes > 0, 'it was asked');
  // The deadline of the call is 30 s.
  assert.ok(performance.now() - fromMs < 20_000);
});
