import assert from 'node:assert/strict';
import http2 from 'node:http2';
import net from 'node:net';
import { test } from 'node:test';
import { connectWire } from '@millrace/wire/client';
import type { WireCall } from '@millrace/wire/serverCall';
import { Status, WireError, type WireStatus } from '@millrace/wire/status';
import { FrameType, frame, headers, RawPeer } from './rawPeer.ts';
import { assertServes, dial, echo, exchange, serve, statusOf, until } from './harness.ts';

test('closing lets calls finish within the grace period', async (t) => {
  let call: WireCall | undefined;
  const { server, url } = await serve(t, { '/t/Wait': (arrived) => (call = arrived) });
  const session = await dial(t, url);
  const result = exchange(session, '/t/Wait', []);
  await until(() => call !== undefined, 'the call has arrived');
  const closed = server.close(10_000);
  await until(() => !session.usable, 'the client has the GOAWAY');
  const late = await statusOf(session.open('/t/Wait'));
  assert.deepEqual([late.code, late.unprocessed], [Status.UNAVAILABLE, true]);
  call?.send([Buffer.from('last words')]);
  call?.end();
  const { messages, status } = await result;
  assert.deepEqual([messages.map(String), status.code], [['last words'], 0]);
  await closed;
});

test('after the grace period calls end with UNAVAILABLE and handlers are told', async (t) => {
  let reason: WireStatus | undefined;
  const { server, url } = await serve(t, {
    '/t/Wait': (call) => call.onCancel((status) => (reason = status)),
  });
  const session = await dial(t, url);
  const result = exchange(session, '/t/Wait', []);
  await until(() => server.metrics.calls === 1, 'the call has arrived');
  await server.close(20);
  assert.equal((await result).status.code, Status.UNAVAILABLE);
  assert.equal(reason?.code, Status.UNAVAILABLE);
});

test('closing does not wait for a client that does not read', async (t) => {
  const { server, url } = await serve(t, {
    '/t/Flood': (call) => call.send([Buffer.alloc(500_000)]),
  });
  const session = await dial(t, url, { windowBytes: 65_535 });
  const stream = session.open('/t/Flood');
  stream.pause();
  await until(() => server.metrics.queuedBytes > 0, 'bytes wait');
  const from = performance.now();
  await server.close(20);
  assert.ok(performance.now() - from < 5000);
});

test('a destroyed client connection cancels its calls on the server', async (t) => {
  const reasons: number[] = [];
  const { server, url } = await serve(t, {
    '/t/Wait': (call) => call.onCancel((status) => reasons.push(status.code)),
  });
  const session = await dial(t, url);
  const statuses = [1, 2, 3].map(() => statusOf(session.open('/t/Wait')));
  await until(() => server.metrics.calls === 3, 'the calls have arrived');
  session.destroy();
  for (const { code } of await Promise.all(statuses)) assert.equal(code, Status.UNAVAILABLE);
  await until(() => reasons.length === 3, 'the handlers know');
  assert.equal(server.metrics.calls, 0);
});

test('a server that dies gives every stream UNAVAILABLE, exactly once', async (t) => {
  const sockets: net.Socket[] = [];
  const { port } = await serve(t, { '/t/Wait': () => {} });
  const proxy = net.createServer((socket) => {
    const upstream = net.connect(port, '127.0.0.1');
    sockets.push(socket, upstream);
    socket.on('error', () => {}).pipe(upstream.on('error', () => {}));
    upstream.pipe(socket);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  t.after(() => proxy.close());
  const address = proxy.address();
  assert.ok(typeof address === 'object' && address !== null);
  const session = await dial(t, `http://127.0.0.1:${address.port}`);
  let count = 0;
  const seen: WireStatus[] = [];
  const streams = [1, 2, 3, 4].map(() => session.open('/t/Wait'));
  for (const stream of streams)
    stream.onStatus((status) => {
      count++;
      seen.push(status);
    });
  await new Promise((resolve) => setTimeout(resolve, 50));
  const gone = new Promise<WireStatus>((resolve) => session.onClose(resolve));
  for (const socket of sockets) socket.resetAndDestroy();
  assert.equal((await gone).code, Status.UNAVAILABLE);
  await until(() => count === 4, 'all have their status');
  for (const stream of streams) stream.cancel();
  assert.equal(count, 4);
  for (const { code, unprocessed } of seen) assert.deepEqual([code, unprocessed], [14, undefined]);
  const late = await statusOf(session.open('/t/Wait'));
  assert.deepEqual([late.code, late.unprocessed], [Status.UNAVAILABLE, true]);
});

test('streams past the last one of a GOAWAY and refused streams are unprocessed', async (t) => {
  const server = http2.createServer();
  server.on('session', (session) => session.on('error', () => {}));
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    if (headers[':path'] === '/refuse') stream.close(http2.constants.NGHTTP2_REFUSED_STREAM);
    if (headers[':path'] === '/goaway') stream.session?.goaway(0, stream.id);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const session = await dial(t, `http://127.0.0.1:${address.port}`);
  const refused = await statusOf(session.open('/refuse'));
  assert.deepEqual([refused.code, refused.unprocessed], [Status.UNAVAILABLE, true]);
  session.open('/goaway');
  const past = await statusOf(session.open('/other'));
  assert.deepEqual([past.code, past.unprocessed], [Status.UNAVAILABLE, true]);
});

test('connecting to nothing, to a mute and to no HTTP/2 server is UNAVAILABLE', async (t) => {
  const mute = net.createServer((socket) => socket.on('error', () => {}));
  const other = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
  });
  const ports: number[] = [];
  for (const server of [mute, other]) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    ports.push(address.port);
  }
  t.after(() => other.close());
  for (const port of [...ports, 1])
    await assert.rejects(
      connectWire(`http://127.0.0.1:${port}`, { connectTimeoutMs: 200 }),
      (error) => error instanceof WireError && error.code === Status.UNAVAILABLE,
    );
  mute.close();
});

test('a process that was paused while it connected finds the attempt given up, no more', async (t) => {
  const started = await serve(t, { '/t/Echo': echo });
  const connecting = connectWire(started.url, { connectTimeoutMs: 1 });
  // The connection is asked for a tick later. Then the time is over and the connection made, both before this goes on.
  const rejected = assert.rejects(connecting, (error) => error instanceof WireError);
  await new Promise((resolve) => setImmediate(resolve));
  const untilMs = performance.now() + 50;
  while (performance.now() < untilMs);
  await rejected;
  await assertServes(started);
});

test('a connection without calls is closed after its idle time, one with a call is not', async (t) => {
  const { server, url } = await serve(t, { '/t/Wait': () => {} }, { idleMs: 100 });
  const busy = await dial(t, url);
  busy.open('/t/Wait');
  const idle = await dial(t, url);
  await new Promise<void>((resolve) => idle.onClose(() => resolve()));
  await until(() => server.metrics.connections === 1, 'only the busy one is left');
  assert.equal(busy.usable, true);
});

test('a connection that says nothing is dropped after the handshake time', async (t) => {
  const { port } = await serve(t, {}, { handshakeMs: 50 });
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.resume();
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
});

test('a peer that does not answer pings is dropped with its calls, on either side', async (t) => {
  let cancelled = 0;
  const keepalive = { intervalMs: 50, timeoutMs: 100 };
  const { port } = await serve(
    t,
    { '/t/Wait': (call) => call.onCancel(() => cancelled++) },
    { keepalive },
  );
  let frozen = false;
  const proxy = net.createServer((socket) => {
    const upstream = net.connect(port, '127.0.0.1');
    socket.on('error', () => {}).on('data', (chunk) => frozen || upstream.write(chunk));
    upstream.on('error', () => {}).on('data', (chunk) => frozen || socket.write(chunk));
    t.after(() => socket.destroy());
    t.after(() => upstream.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  t.after(() => proxy.close());
  const address = proxy.address();
  assert.ok(typeof address === 'object' && address !== null);
  const session = await dial(t, `http://127.0.0.1:${address.port}`, { keepalive });
  const status = statusOf(session.open('/t/Wait'));
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.equal(cancelled, 0, 'a quiet but live peer stays');
  frozen = true;
  assert.equal((await status).code, Status.UNAVAILABLE);
  await until(() => cancelled === 1, 'the server has noticed too');
});

test('a peer that stops reading its socket is dropped, and its bytes are released', async (t) => {
  const started = await serve(
    t,
    { '/t/Flood': (call) => call.send([Buffer.alloc(16 * 1024 * 1024)]), '/t/Echo': echo },
    { keepalive: { intervalMs: 50, timeoutMs: 400 } },
  );
  const peer = await RawPeer.connect(t, started.port);
  const window = Buffer.from([0, 4, 0x7f, 0xff, 0xff, 0xff]);
  peer.write(frame(FrameType.SETTINGS, 0, 0, window));
  peer.write(frame(FrameType.WINDOW_UPDATE, 0, 0, Buffer.from([0x7f, 0, 0, 0])));
  peer.write(headers(1, '/t/Flood'));
  peer.socket.pause();
  await until(() => started.server.metrics.queuedBytes > 0, 'bytes wait');
  await until(() => started.server.metrics.connections === 0, 'it is dropped');
  assert.equal(started.server.metrics.queuedBytes, 0);
  await assertServes(started);
});

test('closing does not wait for a peer that stopped reading its socket', async (t) => {
  const { server, port } = await serve(t, {
    '/t/Flood': (call) => call.send([Buffer.alloc(16 * 1024 * 1024)]),
  });
  const peer = await RawPeer.connect(t, port);
  const window = Buffer.from([0, 4, 0x7f, 0xff, 0xff, 0xff]);
  peer.write(frame(FrameType.SETTINGS, 0, 0, window));
  peer.write(frame(FrameType.WINDOW_UPDATE, 0, 0, Buffer.from([0x7f, 0, 0, 0])));
  peer.write(headers(1, '/t/Flood'));
  peer.socket.pause();
  await until(() => server.metrics.queuedBytes > 0, 'bytes wait');
  await server.close(20);
  assert.equal(server.metrics.connections, 0);
});

test('connections above the limit are turned away, later ones are let in again', async (t) => {
  const started = await serve(t, { '/t/Echo': echo }, { connectionsMax: 2 });
  const first = await dial(t, started.url);
  await dial(t, started.url);
  await assert.rejects(connectWire(started.url), WireError);
  first.destroy();
  await until(() => started.server.metrics.connections === 1, 'one has gone');
  await assertServes(started);
});

test('streams above the limit wait or are refused, never lost', async (t) => {
  const { url } = await serve(t, { '/t/Echo': echo }, { streamsPerConnectionMax: 5 });
  const session = await dial(t, url);
  const results = await Promise.all(
    Array.from({ length: 50 }, (_, i) => exchange(session, '/t/Echo', [Buffer.from(String(i))])),
  );
  assert.deepEqual(
    results.map(({ messages }) => String(messages[0])),
    [...Array(50).keys()].map(String),
  );
});
