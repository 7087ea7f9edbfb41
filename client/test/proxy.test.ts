/** The environment of a client may name an HTTP proxy: all its connections go direct all the same. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { Millrace } from '../src/millrace.ts';
import { startBrokerProcess } from './brokerProcess.ts';

const VARIABLES = ['http_proxy', 'https_proxy', 'grpc_proxy', 'no_proxy', 'no_grpc_proxy'];

test('unary calls do not go through the proxy that the environment names', async (t) => {
  const broker = await startBrokerProcess();
  t.after(() => broker[Symbol.asyncDispose]());
  let asked = 0;
  const proxy = createServer((socket) => {
    asked++;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  t.after(() => proxy.close());
  const before = new Map(VARIABLES.map((name) => [name, process.env[name]]));
  t.after(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
  for (const name of VARIABLES) delete process.env[name];
  process.env.http_proxy = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;

  const client = new Millrace({ server: broker.server });
  t.after(() => client.close());
  await client.admin.createTopic({ name: 'direct' });
  assert.equal(asked, 0);
});
