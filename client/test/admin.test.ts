import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import test from 'node:test';
import { millraceError } from '@millrace/core/errors';
import { Millrace } from '../src/millrace.ts';
import { FakeBroker } from './fakeBroker.ts';

async function setUp(more: { servers?: (broker: FakeBroker) => string[] } = {}) {
  const broker = await FakeBroker.start({ partitions: 2 });
  const client = new Millrace({
    server: more.servers?.(broker) ?? broker.server,
    clientId: 'a test',
    deadlineMs: 5_000,
  });
  return {
    broker,
    client,
    [Symbol.asyncDispose]: async () => {
      await client.close();
      await broker[Symbol.asyncDispose]();
    },
  };
}

const refused = (
  code: 'LOADING' | 'UNAVAILABLE' | 'TOPIC_EXISTS',
  outcome: 'not-applied' | 'unknown',
) => millraceError(code, 'refused by the test', { outcome, retryAfterMs: 1 });

test('an error of the broker arrives with its code, outcome and message', async () => {
  await using at = await setUp();
  at.broker.unaryVerdict = () => refused('TOPIC_EXISTS', 'not-applied');
  await assert.rejects(at.client.admin.createTopic({ name: 't' }), {
    name: 'MillraceError',
    code: 'TOPIC_EXISTS',
    outcome: 'not-applied',
    retriable: false,
    message: 'refused by the test',
  });
});

test('a call is repeated where the outcome allows it, and a write is not where it does not', async () => {
  const cases = [
    { outcome: 'not-applied', write: 'repeated', read: 'repeated' },
    { outcome: 'unknown', write: 'surfaced', read: 'repeated' },
  ] as const;
  for (const { outcome, write, read } of cases) {
    await using at = await setUp();
    await at.client.admin.describeCluster();
    const failOnce = () => {
      at.broker.unaries = [];
      at.broker.unaryVerdict = (_, arrival) =>
        arrival === 0
          ? refused(outcome === 'unknown' ? 'UNAVAILABLE' : 'LOADING', outcome)
          : 'serve';
    };
    failOnce();
    const created = await at.client.admin.createTopic({ name: 't' }).catch(() => 'surfaced');
    assert.equal(created === 'surfaced' ? 'surfaced' : 'repeated', write, `write ${outcome}`);
    failOnce();
    const described = await at.client.admin.describeTopic('t').catch(() => 'surfaced');
    assert.equal(described === 'surfaced' ? 'surfaced' : 'repeated', read, `read ${outcome}`);
  }
});

test('retries end with the deadline', async () => {
  await using at = await setUp();
  at.broker.unaryVerdict = () => refused('LOADING', 'not-applied');
  const begun = performance.now();
  await assert.rejects(at.client.admin.describeTopic('t', { deadlineMs: 300 }), {
    code: 'LOADING',
  });
  assert.ok(performance.now() - begun < 2_000);
});

test('a broker that is not there is reported at once, with its address, as not applied', async () => {
  const client = new Millrace({ server: '127.0.0.1:1' });
  const begun = performance.now();
  await assert.rejects(client.admin.createTopic({ name: 't' }), {
    code: 'UNAVAILABLE',
    outcome: 'not-applied',
    message: /127\.0\.0\.1:1/,
  });
  await assert.rejects(client.producer().send({ topic: 't', value: 'v' }), {
    code: 'UNAVAILABLE',
    outcome: 'not-applied',
  });
  assert.ok(performance.now() - begun < 5_000, 'not after a time-out');
  await client.close();
});

test('of several servers the first that answers is used', async () => {
  await using at = await setUp({
    servers: (broker) => ['127.0.0.1:1', '127.0.0.1:2', broker.server],
  });
  const topic = await at.client.admin.describeTopic('t');
  assert.equal(topic.partitions, 2);
  assert.equal(topic.partitionDetails[1]?.partition, 1);
});

test('servers in one text are tried in turn, and the error names each with its reason', async () => {
  const client = new Millrace({ server: '127.0.0.1:1,127.0.0.1:2' });
  await assert.rejects(client.admin.listTopics(), {
    code: 'UNAVAILABLE',
    message: /127\.0\.0\.1:1 \(connection refused\), 127\.0\.0\.1:2 \(connection refused\)/,
  });
  await client.close();
  await using at = await setUp({ servers: (broker) => [`127.0.0.1:1,${broker.server}`] });
  assert.equal((await at.client.admin.describeTopic('t')).partitions, 2);
});

test('a server that accepts connections and says nothing does not keep a call from the next one', async () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => sockets.push(socket.on('error', () => {})));
  await once(silent.listen(0, '127.0.0.1'), 'listening');
  const { port } = silent.address() as AddressInfo;
  try {
    await using broker = await FakeBroker.start();
    const client = new Millrace({
      server: `127.0.0.1:${port},${broker.server}`,
      connectTimeoutMs: 200,
    });
    await client.admin.createTopic({ name: 't' });
    await client.close();
  } finally {
    silent.close();
    for (const socket of sockets) socket.destroy();
  }
});

test('a server that is lost later is replaced by the next one', async () => {
  await using second = await FakeBroker.start();
  const first = await FakeBroker.start();
  const client = new Millrace({ server: [first.server, second.server] });
  await client.admin.describeCluster();
  await first[Symbol.asyncDispose]();
  await client.admin.describeCluster();
  assert.ok(second.unaries.length > 0);
  await client.close();
});

test('the client id goes with every call', async () => {
  await using at = await setUp();
  await at.client.admin.describeTopic('t');
  assert.deepEqual(at.broker.clientIds, ['a test']);
});

test('a closed client refuses calls', async () => {
  await using at = await setUp();
  await at.client.close();
  await assert.rejects(at.client.admin.describeCluster(), {
    code: 'CANCELLED',
    outcome: 'not-applied',
  });
});
