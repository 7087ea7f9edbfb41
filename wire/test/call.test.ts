import assert from 'node:assert/strict';
import http2 from 'node:http2';
import { test } from 'node:test';
import { Status, type WireStatus } from '@millrace/wire/status';
import { dial, echo, exchange, serve, statusOf, until } from './harness.ts';

test('messages of all sizes come back in order, then OK', async (t) => {
  const { url } = await serve(t, { '/t/Echo': echo });
  const session = await dial(t, url);
  const sent = [0, 1, 5, 4096, 16_384, 65_536, 300_000, 3_000_000, 0, 7].map((size, i) =>
    Buffer.alloc(size, i + 1),
  );
  const { messages, status } = await exchange(session, '/t/Echo', sent);
  assert.deepEqual(status, { code: Status.OK, message: '' });
  assert.ok(Buffer.concat(messages).equals(Buffer.concat(sent)));
  assert.deepEqual(
    messages.map((m) => m.length),
    sent.map((m) => m.length),
  );
});

test('one message may consist of many parts, large ones among them', async (t) => {
  const { url } = await serve(t, { '/t/Echo': echo });
  const session = await dial(t, url);
  const parts = [3, 0, 500_000, 10, 10, 70_000, 4096, 4097, 1].map((n, i) => Buffer.alloc(n, i));
  const stream = session.open('/t/Echo');
  const got: Buffer[] = [];
  stream.onMessage((body) => got.push(body));
  const status = statusOf(stream);
  stream.send(parts);
  stream.send([]);
  stream.send(parts.slice(0, 2));
  stream.end();
  assert.equal((await status).code, 0);
  assert.deepEqual(
    got.map((m) => m.length),
    [578_217, 0, 3],
  );
  assert.ok(got[0]?.equals(Buffer.concat(parts)));
});

test('what a tick sends arrives although each message was small', async (t) => {
  const { url } = await serve(t, { '/t/Echo': echo });
  const session = await dial(t, url);
  const sent = Array.from({ length: 20_000 }, (_, i) => Buffer.from(String(i)));
  const { messages } = await exchange(session, '/t/Echo', sent);
  assert.deepEqual(messages.map(String), sent.map(String));
});

test('metadata, deadline, path and peer reach the handler', async (t) => {
  let seen: unknown[] = [];
  const { url } = await serve(t, {
    '/t/Look': (call) => {
      const { peer } = call;
      seen = [call.path, call.metadata.get('a'), call.metadata.get('b-bin'), call.timeoutMs];
      assert.match(peer.address, /127\.0\.0\.1/);
      assert.equal(peer.commonName, undefined);
      call.end();
    },
  });
  const session = await dial(t, url);
  const metadata = new Map<string, string | Buffer>([
    ['a', 'text'],
    ['b-bin', Buffer.from([1, 0])],
  ]);
  await exchange(session, '/t/Look', [], { metadata, timeoutMs: 5000 });
  assert.deepEqual(seen, ['/t/Look', 'text', Buffer.from([1, 0]), 5000]);
});

test('a call may fail before, after and between messages, with details', async (t) => {
  const failure: WireStatus = {
    code: Status.FAILED_PRECONDITION,
    message: 'näh: 100 %',
    details: Buffer.from([8, 9]),
  };
  const { url } = await serve(t, {
    '/t/Early': (call) => call.fail(failure),
    '/t/Late': (call) =>
      call.onMessage((body) => {
        call.send([body]);
        call.fail(failure);
        assert.equal(call.send([body]), false, 'nothing after the status');
        call.end();
      }),
  });
  const session = await dial(t, url);
  const early = await exchange(session, '/t/Early', [Buffer.from('x')]);
  assert.deepEqual(early, { messages: [], status: failure });
  const late = await exchange(session, '/t/Late', [Buffer.from('a'), Buffer.from('b')]);
  assert.deepEqual([late.messages.map(String), late.status], [['a'], failure]);
});

test('an unknown method is UNIMPLEMENTED', async (t) => {
  const { url } = await serve(t, {});
  const { status } = await exchange(await dial(t, url), '/no/Such', [Buffer.from('x')]);
  assert.equal(status.code, Status.UNIMPLEMENTED);
});

test('a client that goes on sending after the status does not hold the stream open', async (t) => {
  const { server, url } = await serve(t, {
    '/t/Early': (call) => call.fail({ code: 9, message: '' }),
  });
  const session = http2.connect(url);
  t.after(() => session.destroy());
  const stream = session.request({
    ':method': 'POST',
    ':path': '/t/Early',
    'content-type': 'application/grpc',
  });
  stream.on('error', () => {});
  const trailers = await new Promise<http2.IncomingHttpHeaders>((resolve) =>
    stream.once('response', resolve),
  );
  assert.equal(trailers['grpc-status'], '9');
  await until(() => server.metrics.calls === 0, 'the call is gone');
});

test('the deadline ends the call on both sides', async (t) => {
  let cancelled: WireStatus | undefined;
  const { server, url } = await serve(t, {
    '/t/Silent': (call) => call.onCancel((status) => (cancelled = status)),
  });
  // Stock HTTP/2, so that only the server watches the clock.
  const raw = http2.connect(url);
  t.after(() => raw.destroy());
  const stream = raw.request({
    ':method': 'POST',
    ':path': '/t/Silent',
    'content-type': 'application/grpc',
    'grpc-timeout': '50m',
  });
  stream.resume();
  const trailers = await new Promise<http2.IncomingHttpHeaders>((resolve) =>
    stream.once('trailers', resolve),
  );
  assert.equal(trailers['grpc-status'], '4');
  assert.equal(cancelled?.code, Status.DEADLINE_EXCEEDED);
  const session = await dial(t, url);
  const { status } = await exchange(session, '/t/Silent', [], { timeoutMs: 50 });
  assert.equal(status.code, Status.DEADLINE_EXCEEDED);
  await until(() => server.metrics.calls === 0, 'no call is left');
});

test('a deadline beyond what timers hold does not fire at once', async (t) => {
  const { url } = await serve(t, { '/t/Echo': echo });
  const session = await dial(t, url);
  const { status } = await exchange(session, '/t/Echo', [], { timeoutMs: 2 ** 40 });
  assert.equal(status.code, Status.OK);
});

test('cancelling tells the handler once and gives CANCELLED, also while paused', async (t) => {
  const reasons: number[] = [];
  let received = 0;
  const { url } = await serve(t, {
    '/t/Silent': (call) => {
      call.onMessage(() => {
        received++;
        call.pause();
      });
      call.onCancel((status) => reasons.push(status.code));
    },
  });
  const session = await dial(t, url);
  const stream = session.open('/t/Silent');
  const status = statusOf(stream);
  stream.send([Buffer.alloc(10)]);
  stream.send([Buffer.alloc(1_000_000)]);
  await until(() => received === 1, 'the handler has the message');
  stream.cancel();
  stream.cancel();
  assert.equal((await status).code, Status.CANCELLED);
  await until(() => reasons.length > 0, 'the handler knows');
  assert.deepEqual(reasons, [Status.CANCELLED]);
});

test('a throwing handler is INTERNAL for its caller, reported, and harms nobody else', async (t) => {
  const { url, faults } = await serve(t, {
    '/t/Throw': () => {
      throw new Error('secret');
    },
    '/t/ThrowLater': (call) =>
      call.onMessage(() => {
        throw new Error('secret');
      }),
    '/t/ThrowAtEnd': (call) => {
      call.onMessage(() => {});
      call.onEnd(() => {
        throw new Error('secret');
      });
    },
    '/t/Echo': echo,
  });
  const session = await dial(t, url);
  for (const path of ['/t/Throw', '/t/ThrowLater', '/t/ThrowAtEnd']) {
    const { status } = await exchange(session, path, [Buffer.from('x')]);
    assert.deepEqual(status, { code: Status.INTERNAL, message: 'internal error' }, path);
  }
  assert.equal(faults.length, 3);
  assert.equal((await exchange(session, '/t/Echo', [])).status.code, 0);
});

test('pause holds messages and the end back, resume hands them over in order', async (t) => {
  const { url } = await serve(t, { '/t/Echo': echo });
  const session = await dial(t, url);
  const stream = session.open('/t/Echo');
  const got: string[] = [];
  stream.onMessage((body) => {
    got.push(String(body));
    stream.pause();
  });
  const status = statusOf(stream).then(({ code }) => got.push(`status ${code}`));
  for (let i = 0; i < 50; i++) stream.send([Buffer.from(String(i))]);
  stream.end();
  for (let i = 0; i < 50; i++) {
    await until(() => got.length === i + 1, `message ${i}`);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(got.length, i + 1, 'one message per resume');
    stream.resume();
  }
  await status;
  assert.deepEqual(got, [...Array(50).keys()].map(String).concat('status 0'));
});

test('headers of a silent stream arrive before its first message', async (t) => {
  const { url } = await serve(t, { '/t/Silent': () => {} });
  const session = http2.connect(url);
  t.after(() => session.destroy());
  const stream = session.request({
    ':method': 'POST',
    ':path': '/t/Silent',
    'content-type': 'application/grpc+proto',
  });
  stream.on('error', () => {});
  const headers = await new Promise<http2.IncomingHttpHeaders>((resolve) =>
    stream.once('response', resolve),
  );
  assert.equal(headers[':status'], 200);
  assert.equal(headers['content-type'], 'application/grpc+proto');
});

test('a message above the limit fails the call with RESOURCE_EXHAUSTED, whichever side receives', async (t) => {
  const { url } = await serve(
    t,
    { '/t/Echo': echo, '/t/Big': (call) => call.send([Buffer.alloc(2000)]) },
    { messageBytesMax: 1000 },
  );
  const session = await dial(t, url, { messageBytesMax: 1999 });
  const up = await exchange(session, '/t/Echo', [Buffer.alloc(1001)]);
  assert.equal(up.status.code, Status.RESOURCE_EXHAUSTED);
  const down = await exchange(session, '/t/Big', []);
  assert.equal(down.status.code, Status.RESOURCE_EXHAUSTED);
  assert.equal((await exchange(session, '/t/Echo', [Buffer.alloc(1000)])).status.code, 0);
});
