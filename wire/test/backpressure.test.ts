import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WireCall } from '@millrace/wire/serverCall';
import { Status, type WireStatus } from '@millrace/wire/status';
import { FrameType, frame, headers, message, RawPeer } from './rawPeer.ts';
import { assertServes, dial, echo, serve, statusOf, until } from './harness.ts';

const MIB = 1024 * 1024;

test('the raised receive windows are in effect on both sides', async (t) => {
  let call: WireCall | undefined;
  const { url } = await serve(t, {
    '/t/Unread': (arrived) => {
      call = arrived;
      arrived.onMessage(() => {});
      arrived.pause();
    },
  });
  const session = await dial(t, url);
  const stream = session.open('/t/Unread');
  stream.onMessage(() => {});
  stream.pause();
  // 4 MiB would stop at 64 KiB with HTTP/2's default window.
  stream.send([Buffer.alloc(4 * MIB)]);
  await until(() => stream.queuedBytes === 0, 'the server has taken 4 MiB that nobody reads');
  assert.ok(call !== undefined);
  call.send([Buffer.alloc(4 * MIB)]);
  await until(() => call?.queuedBytes === 0, 'the client has taken 4 MiB that nobody reads');
  assert.equal(stream.status, undefined);
});

test('a client that never reads pins one high-water mark, and the handler is told', async (t) => {
  const windowBytes = 65_535;
  let sent = 0;
  let cancelled = 0;
  const { server, url } = await serve(t, {
    '/t/Flood': (call) => {
      const chunk = Buffer.alloc(64 * 1024);
      const pump = (): void => {
        do sent += chunk.length;
        while (call.send([chunk]));
      };
      call.onDrain(pump);
      call.onCancel(() => cancelled++);
      pump();
    },
  });
  const session = await dial(t, url, { windowBytes });
  const stream = session.open('/t/Flood');
  stream.onMessage(() => stream.pause());
  await until(() => server.metrics.queuedBytes > 0, 'bytes wait');
  const before = sent;
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(sent, before, 'the handler has stopped');
  assert.ok(server.metrics.queuedBytes <= MIB + 65_536 + 5);
  session.destroy();
  await until(() => cancelled === 1 && server.metrics.queuedBytes === 0, 'all is released');
});

test('a slow reader gets everything in order, through many drains', async (t) => {
  const total = 40;
  const { url } = await serve(
    t,
    {
      '/t/Count': (call) => {
        let next = 0;
        const pump = (): void => {
          while (next < total) if (!call.send([Buffer.alloc(50_000, next++)])) return;
          call.end();
        };
        call.onDrain(pump);
        pump();
      },
    },
    { sendBytesMax: 100_000 },
  );
  const session = await dial(t, url, { windowBytes: 65_535 });
  const stream = session.open('/t/Count');
  const got: number[] = [];
  stream.onMessage((body) => {
    got.push(body[0] ?? -1);
    stream.pause();
    setImmediate(() => stream.resume());
  });
  assert.equal((await statusOf(stream)).code, 0);
  assert.deepEqual(got, [...Array(total).keys()]);
});

test('a handler that ignores back-pressure is cut off at the connection limit; others go on', async (t) => {
  let reason: WireStatus | undefined;
  const started = await serve(
    t,
    {
      '/t/Rude': (call) => {
        const chunk = Buffer.alloc(MIB);
        call.onCancel((status) => (reason = status));
        for (let i = 0; i < 100; i++) call.send([chunk]);
      },
      '/t/Echo': echo,
    },
    { connectionBytesMax: 16 * MIB },
  );
  const session = await dial(t, started.url, { windowBytes: 65_535 });
  const stream = session.open('/t/Rude');
  const status = statusOf(stream);
  assert.equal((await status).code, Status.RESOURCE_EXHAUSTED);
  assert.equal(reason?.code, Status.RESOURCE_EXHAUSTED);
  await until(() => started.server.metrics.queuedBytes === 0, 'its bytes are released');
  await assertServes(started);
});

test('many slow readers together stay within the server limit', async (t) => {
  const readers = 64;
  const { server, url } = await serve(
    t,
    {
      '/t/Flood': (call) => {
        const pump = (): void => {
          for (;;) {
            const bytes = Math.min(call.roomBytes, 64 * 1024);
            if (bytes === 0 || !call.send([Buffer.alloc(bytes)])) return;
          }
        };
        call.onDrain(pump);
        pump();
      },
    },
    { serverBytesMax: 8 * MIB },
  );
  const session = await dial(t, url, { windowBytes: 65_535 });
  for (let i = 0; i < readers; i++) session.open('/t/Flood');
  await until(() => server.metrics.calls === readers, 'all have begun');
  await new Promise((resolve) => setTimeout(resolve, 100));
  const { queuedBytes } = server.metrics;
  assert.ok(queuedBytes > 2 * MIB && queuedBytes < 9 * MIB, `${queuedBytes} bytes queued`);
  // One that reads is served all the same.
  const fast = session.open('/t/Flood');
  let got = 0;
  fast.onMessage((body) => (got += body.length));
  await until(() => got > 4 * MIB, 'the fast one gets its bytes');
});

test('paused calls of one connection hold no more than its limit', async (t) => {
  const connectionBytesMax = 4 * MIB;
  const calls: WireCall[] = [];
  const { server, url } = await serve(
    t,
    {
      '/t/Unread': (call) => {
        calls.push(call);
        call.onMessage(() => {});
        call.pause();
      },
    },
    { connectionBytesMax, messageBytesMax: MIB },
  );
  const session = await dial(t, url);
  const streams = Array.from({ length: 16 }, () => session.open('/t/Unread'));
  await until(() => calls.length === 16, 'all have arrived');
  // The smaller windows have been acknowledged once an answer came after them.
  await new Promise((resolve) => setTimeout(resolve, 50));
  for (const stream of streams) for (let i = 0; i < 16; i++) stream.send([Buffer.alloc(MIB / 8)]);
  await until(() => server.metrics.heldBytes > connectionBytesMax / 2, 'the windows fill');
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.ok(server.metrics.heldBytes <= connectionBytesMax, `${server.metrics.heldBytes} held`);
  let got = 0;
  for (const call of calls) {
    call.onMessage((body) => (got += body.length));
    call.resume();
  }
  await until(() => got === 16 * 2 * MIB, 'everything arrives once it is read');
});

test('a peer that fills windows faster than they shrink is dropped at twice the limit', async (t) => {
  const started = await serve(
    t,
    {
      '/t/Unread': (call) => {
        call.onMessage(() => {});
        call.pause();
      },
      '/t/Echo': echo,
    },
    { connectionBytesMax: 2 * MIB, messageBytesMax: 2 * MIB, windowBytes: MIB },
  );
  const peer = await RawPeer.connect(t, started.port);
  for (let id = 1; id < 40; id += 2) {
    peer.write(headers(id, '/t/Unread'));
    for (let i = 0; i < 8; i++) peer.write(frame(FrameType.DATA, 0, id, message(MIB / 8 - 5)));
  }
  await peer.closed;
  await assertServes(started);
});

test('unfinished messages are bounded per connection: the largest is given up', async (t) => {
  const started = await serve(
    t,
    { '/t/Echo': echo },
    { connectionBytesMax: 2 * MIB, messageBytesMax: MIB },
  );
  const session = await dial(t, started.url);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(MIB, 1);
  const http2 = await import('node:http2');
  const raw = http2.connect(started.url);
  t.after(() => raw.destroy());
  const codes: unknown[] = [];
  for (let i = 0; i < 4; i++) {
    const stream = raw.request({
      ':method': 'POST',
      ':path': '/t/Echo',
      'content-type': 'application/grpc',
    });
    stream.on('error', () => {});
    stream.on('trailers', (trailers) => codes.push(trailers['grpc-status']));
    stream.on('response', (headers) => codes.push(headers['grpc-status']));
    stream.resume();
    stream.write(Buffer.concat([prefix, Buffer.alloc(MIB - 1)]));
  }
  await until(() => codes.includes('8'), 'one is given up');
  await until(() => started.server.metrics.heldBytes <= 2 * MIB, 'the rest is within the limit');
  assert.equal(session.usable, true);
  await assertServes(started);
});
