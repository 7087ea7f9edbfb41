// The other side is the stock gRPC implementation for Node.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import grpc from '@grpc/grpc-js';
import { Status } from '@millrace/wire/status';
import { dial, echo, exchange, serve, statusOf } from './harness.ts';

const raw = (body: Buffer): Buffer => body;
const method = {
  path: '/t/Echo',
  requestStream: true,
  responseStream: true,
  requestSerialize: raw,
  requestDeserialize: raw,
  responseSerialize: raw,
  responseDeserialize: raw,
};
const definition = {
  Echo: method,
  Fail: { ...method, path: '/t/Fail' },
  Wait: { ...method, path: '/t/Wait' },
};
const sizes = [0, 1, 100, 16_384, 70_000, 1_000_000, 3_000_000];

function stockClient(t: TestContext, port: number): grpc.Client {
  const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  t.after(() => client.close());
  return client;
}

function start(client: grpc.Client, path: string, options: grpc.CallOptions = {}) {
  const call = client.makeBidiStreamRequest(path, raw, raw, new grpc.Metadata(), options);
  const received: Buffer[] = [];
  call.on('data', (body: Buffer) => received.push(body));
  call.on('error', () => {});
  const status = new Promise<grpc.StatusObject>((resolve) => call.on('status', resolve));
  return { call, received, status };
}

test('a stock client exchanges messages of all sizes with our server', async (t) => {
  const { port } = await serve(t, { '/t/Echo': echo });
  const { call, received, status } = start(stockClient(t, port), '/t/Echo');
  const sent = sizes.map((size, i) => Buffer.alloc(size, i + 1));
  for (const body of sent) call.write(body);
  call.end();
  assert.equal((await status).code, 0);
  assert.ok(Buffer.concat(received).equals(Buffer.concat(sent)));
  assert.deepEqual(
    received.map((body) => body.length),
    sizes,
  );
});

test('a stock client reads our errors, details and deadlines', async (t) => {
  const details = Buffer.from([1, 2, 3]);
  let cancelled = 0;
  const { port } = await serve(t, {
    '/t/Fail': (call) => call.fail({ code: Status.NOT_FOUND, message: 'größer: 100 %', details }),
    '/t/Wait': (call) => call.onCancel(() => cancelled++),
  });
  const client = stockClient(t, port);
  const failed = await start(client, '/t/Fail').status;
  assert.deepEqual([failed.code, failed.details], [5, 'größer: 100 %']);
  assert.deepEqual(failed.metadata.get('grpc-status-details-bin'), [details]);
  assert.equal((await start(client, '/t/None').status).code, 12);
  assert.equal((await start(client, '/t/Wait', { deadline: Date.now() + 50 }).status).code, 4);
  const { call, status } = start(client, '/t/Wait');
  call.once('metadata', () => call.cancel());
  assert.equal((await status).code, 1);
  assert.ok(cancelled >= 1);
});

test('a stock client that compresses is told that it must not', async (t) => {
  const { port } = await serve(t, { '/t/Echo': echo });
  const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
    'grpc.default_compression_algorithm': 2,
  });
  t.after(() => client.close());
  const { call, status } = start(client, '/t/Echo');
  call.write(Buffer.alloc(1000));
  assert.equal((await status).code, 12);
});

test('our client exchanges messages, errors and deadlines with a stock server', async (t) => {
  const server = new grpc.Server({ 'grpc.max_receive_message_length': -1 });
  type Call = grpc.ServerDuplexStream<Buffer, Buffer>;
  server.addService(definition, {
    Echo: (call: Call) => {
      call.on('data', (body) => call.write(body));
      call.on('end', () => call.end());
    },
    Fail: (call: Call) => {
      const metadata = new grpc.Metadata();
      metadata.set('grpc-status-details-bin', Buffer.from([7]));
      call.emit('error', { code: 9, details: 'nö', metadata });
    },
    Wait: () => {},
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  t.after(() => server.forceShutdown());
  const session = await dial(t, `http://127.0.0.1:${port}`);
  const sent = sizes.map((size, i) => Buffer.alloc(size, i + 1));
  const { messages, status } = await exchange(session, '/t/Echo', sent);
  assert.equal(status.code, 0);
  assert.ok(Buffer.concat(messages).equals(Buffer.concat(sent)));
  const failed = (await exchange(session, '/t/Fail', [])).status;
  assert.deepEqual(failed, { code: 9, message: 'nö', details: Buffer.from([7]) });
  assert.equal((await exchange(session, '/t/None', [])).status.code, Status.UNIMPLEMENTED);
  const late = await exchange(session, '/t/Wait', [], { timeoutMs: 50 });
  assert.equal(late.status.code, Status.DEADLINE_EXCEEDED);
  const waiting = statusOf(session.open('/t/Wait'));
  server.forceShutdown();
  assert.equal((await waiting).code, Status.UNAVAILABLE);
});

test('with mutual TLS the handler learns the name in the certificate', async (t) => {
  const read = (name: string): Buffer => readFileSync(new URL(`tls/${name}`, import.meta.url));
  const ca = read('ca.crt');
  let seen: unknown;
  const { port } = await serve(
    t,
    {
      '/t/Echo': (call) => {
        seen = call.peer;
        echo(call);
      },
    },
    {
      tls: {
        key: read('peer.key'),
        cert: read('peer.crt'),
        ca,
        requestCert: true,
        rejectUnauthorized: true,
      },
    },
  );
  const tls = { ca, key: read('peer.key'), cert: read('peer.crt') };
  const session = await dial(t, `https://localhost:${port}`, { tls });
  assert.equal((await exchange(session, '/t/Echo', [Buffer.from('x')])).status.code, 0);
  const { commonName, dnsNames } = seen as { commonName: string; dnsNames: string[] };
  assert.deepEqual([commonName, dnsNames], ['broker-0', ['broker-0.test', 'localhost']]);
  await assert.rejects(dial(t, `https://localhost:${port}`, { tls: { ca } }));
  const stock = new grpc.Client(
    `localhost:${port}`,
    grpc.credentials.createSsl(ca, tls.key, tls.cert),
  );
  t.after(() => stock.close());
  const { call, received, status } = start(stock, '/t/Echo');
  call.end(Buffer.from('y'));
  assert.equal((await status).code, 0);
  assert.deepEqual(received.map(String), ['y']);
});
