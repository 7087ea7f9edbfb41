import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assertServes, dial, echo, type Started, serve, until } from './harness.ts';
import {
  Flag,
  FrameType,
  frame,
  headerBlock,
  headers,
  message,
  PREFACE,
  RawPeer,
  requestFields,
} from './rawPeer.ts';

const RUNS = Number(process.env['MILLRACE_FUZZ_RUNS'] ?? 60);
const OPTIONS = { messageBytesMax: 1 << 20, connectionBytesMax: 4 << 20, handshakeMs: 1000 };

function u32(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(value);
  return out;
}

function settings(id: number, value: number): Buffer {
  return Buffer.concat([Buffer.from([0, id]), u32(value)]);
}

const open = headers(1, '/t/Echo');

const attacks: Record<string, (peer: RawPeer) => void> = {
  'a frame longer than allowed': (p) =>
    p.write(frame(FrameType.DATA, 0, 1, Buffer.alloc(0), 2 ** 24 - 1)),
  'DATA on stream 0': (p) => p.write(frame(FrameType.DATA, 0, 0, Buffer.alloc(10))),
  'DATA on an idle stream': (p) => p.write(frame(FrameType.DATA, 0, 7, Buffer.alloc(10))),
  'headers on an even stream': (p) => p.write(headers(2, '/t/Echo')),
  'the same stream twice': (p) => {
    p.write(open);
    p.write(open);
  },
  'broken HPACK': (p) =>
    p.write(frame(FrameType.HEADERS, Flag.END_HEADERS, 1, Buffer.alloc(50, 0xff))),
  'no pseudo headers': (p) =>
    p.write(frame(FrameType.HEADERS, Flag.END_HEADERS, 1, headerBlock([['a', 'b']]))),
  'upper-case header names': (p) => p.write(headers(1, '/t/Echo', [['Upper', 'x']])),
  'line breaks in a header': (p) => p.write(headers(1, '/t/Echo', [['k', 'a\r\nb: c']])),
  'headers of 1 MiB': (p) => p.write(headers(1, '/t/Echo', [['k', 'x'.repeat(1 << 20)]])),
  'ten thousand headers': (p) =>
    p.write(
      headers(
        1,
        '/t/Echo',
        Array.from({ length: 10_000 }, (_, i) => [`k${i}`, 'v'] as const),
      ),
    ),
  'endless CONTINUATION': (p) => {
    p.write(frame(FrameType.HEADERS, 0, 1, headerBlock(requestFields('/t/Echo'))));
    for (let i = 0; i < 5000; i++)
      p.write(frame(FrameType.CONTINUATION, 0, 1, headerBlock([['k', 'v']])));
  },
  'empty CONTINUATION frames': (p) => {
    p.write(frame(FrameType.HEADERS, 0, 1, headerBlock(requestFields('/t/Echo'))));
    for (let i = 0; i < 20_000; i++) p.write(frame(FrameType.CONTINUATION, 0, 1));
  },
  'CONTINUATION of nothing': (p) => p.write(frame(FrameType.CONTINUATION, 4, 1, Buffer.alloc(4))),
  'a push promise': (p) => p.write(frame(FrameType.PUSH_PROMISE, 4, 1, u32(2))),
  'window update 0': (p) => p.write(frame(FrameType.WINDOW_UPDATE, 0, 0, u32(0))),
  'window overflow': (p) => {
    for (let i = 0; i < 3; i++) p.write(frame(FrameType.WINDOW_UPDATE, 0, 0, u32(2 ** 31 - 1)));
  },
  'settings of odd length': (p) => p.write(frame(FrameType.SETTINGS, 0, 0, Buffer.alloc(5))),
  'settings out of range': (p) => {
    p.write(frame(FrameType.SETTINGS, 0, 0, settings(4, 2 ** 32 - 1)));
    p.write(frame(FrameType.SETTINGS, 0, 0, settings(5, 1)));
  },
  'unknown settings and frames': (p) => {
    p.write(frame(FrameType.SETTINGS, 0, 0, settings(0xee, 2 ** 32 - 1)));
    p.write(frame(0xee, 0xff, 1, Buffer.alloc(100)));
  },
  'a flood of settings': (p) => {
    for (let i = 0; i < 20_000; i++) p.write(frame(FrameType.SETTINGS, 0, 0, settings(4, i)));
  },
  'a flood of pings': (p) => {
    for (let i = 0; i < 20_000; i++) p.write(frame(FrameType.PING, 0, 0, Buffer.alloc(8)));
  },
  'pings of odd length': (p) => p.write(frame(FrameType.PING, 0, 0, Buffer.alloc(7))),
  'a flood of resets': (p) => {
    for (let id = 1; id < 20_000; id += 2) {
      p.write(headers(id, '/t/Echo'));
      p.write(frame(FrameType.RST_STREAM, 0, id, u32(8)));
    }
  },
  'a flood of streams': (p) => {
    for (let id = 1; id < 20_000; id += 2) p.write(headers(id, '/t/Echo'));
  },
  'a flood of unknown methods': (p) => {
    for (let id = 1; id < 4000; id += 2) p.write(headers(id, `/t/${id}`));
  },
  'a flood of priorities': (p) => {
    for (let i = 0; i < 20_000; i++)
      p.write(frame(FrameType.PRIORITY, 0, 1 + 2 * i, Buffer.from([0, 0, 0, 0, 1])));
  },
  'empty DATA frames': (p) => {
    p.write(open);
    for (let i = 0; i < 20_000; i++) p.write(frame(FrameType.DATA, 0, 1));
  },
  'padding beyond the frame': (p) => {
    p.write(open);
    p.write(frame(FrameType.DATA, 8, 1, Buffer.from([200, 1, 2])));
  },
  'GOAWAY, then more': (p) => {
    p.write(frame(FrameType.GOAWAY, 0, 0, Buffer.alloc(8)));
    p.write(open);
  },
  'a stream cut off inside a message': (p) => {
    p.write(open);
    p.write(frame(FrameType.DATA, Flag.END_STREAM, 1, message(100).subarray(0, 50)));
  },
  'messages of length 2^32 - 1': (p) => {
    p.write(open);
    p.write(frame(FrameType.DATA, 0, 1, Buffer.from([0, 255, 255, 255, 255, 1])));
  },
  'a window of one byte': (p) => {
    p.write(frame(FrameType.SETTINGS, 0, 0, settings(4, 1)));
    p.write(open);
    p.write(frame(FrameType.DATA, 0, 1, message(10_000)));
  },
};

test('a connection that breaks HTTP/2 harms no other', async (t) => {
  const started = await serve(t, { '/t/Echo': echo }, OPTIONS);
  const bystander = await dial(t, started.url);
  const stream = bystander.open('/t/Echo');
  let echoes = 0;
  stream.onMessage(() => echoes++);
  for (const [what, attack] of Object.entries(attacks)) {
    await t.test(what, async (t) => {
      attack(await RawPeer.connect(t, started.port));
      const before = echoes;
      stream.send([Buffer.from('still here')]);
      await until(() => echoes === before + 1, 'the bystander is served');
      await assertServes(started);
    });
  }
  assert.equal(stream.status, undefined);
  assert.deepEqual(started.faults, []);
  await released(started, 1);
});

/** All that hostile peers pinned is gone once they are. */
async function released({ server }: Started, calls: number): Promise<void> {
  await until(() => server.metrics.calls === calls, 'their calls are gone');
  assert.equal(server.metrics.heldBytes, 0);
  assert.equal(server.metrics.queuedBytes, 0);
}

test('bad prefaces and other protocols are turned away', async (t) => {
  const started = await serve(t, { '/t/Echo': echo }, OPTIONS);
  for (const bytes of [
    Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
    Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]),
    Buffer.alloc(100_000, 0xff),
    Buffer.concat([PREFACE.subarray(0, 20), Buffer.from('x')]),
    PREFACE.subarray(0, 10),
    Buffer.concat([PREFACE, frame(FrameType.PING, 0, 0, Buffer.alloc(8))]),
  ]) {
    const peer = await RawPeer.silent(t, started.port);
    peer.write(bytes);
    await peer.closed;
  }
  await assertServes(started);
});

test('random and mutated bytes never crash the server', async (t) => {
  const started = await serve(t, { '/t/Echo': echo }, OPTIONS);
  const valid = Buffer.concat([
    PREFACE,
    frame(FrameType.SETTINGS, 0, 0, settings(4, 100_000)),
    open,
    frame(FrameType.DATA, 0, 1, message(100)),
    headers(3, '/t/Echo', [['grpc-timeout', '1S']]),
    frame(FrameType.WINDOW_UPDATE, 0, 0, u32(1000)),
    frame(FrameType.DATA, Flag.END_STREAM, 3, message(3)),
    frame(FrameType.RST_STREAM, 0, 1, u32(8)),
  ]);
  const mutated = fc
    .array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 })
    .map((changes) => {
      const bytes = Buffer.from(valid);
      for (const [at, value] of changes) bytes[at] = value;
      return bytes;
    });
  const random = fc
    .uint8Array({ maxLength: 500 })
    .map((bytes) => Buffer.concat([valid.subarray(0, 33), bytes]));
  await fc.assert(
    fc.asyncProperty(fc.oneof(mutated, random), async (bytes) => {
      const peer = await RawPeer.silent(t, started.port);
      peer.socket.end(bytes);
      await peer.closed;
    }),
    { numRuns: RUNS },
  );
  await assertServes(started);
  assert.deepEqual(started.faults, []);
  await released(started, 0);
});

for (const [what, bytes, code] of [
  ['a compressed message', Buffer.from([1, 0, 0, 0, 1, 0]), '12'],
  ['unknown message flags', Buffer.from([128, 0, 0, 0, 1, 0]), '13'],
  ['length 2^31', Buffer.from([0, 128, 0, 0, 0, 0]), '8'],
  ['length 2^32 - 1', Buffer.from([0, 255, 255, 255, 255, 0]), '8'],
  ['half a prefix', Buffer.from([0, 0, 0]), '13'],
  ['half a message', Buffer.from([0, 0, 0, 0, 9, 1]), '13'],
] as const) {
  test(`${what} gets grpc-status ${code}`, async (t) => {
    const started = await serve(t, { '/t/Echo': echo }, OPTIONS);
    const http2 = await import('node:http2');
    const session = http2.connect(started.url);
    t.after(() => session.destroy());
    const stream = session.request({
      ':method': 'POST',
      ':path': '/t/Echo',
      'content-type': 'application/grpc',
    });
    stream.on('error', () => {});
    const status = new Promise((resolve) => {
      for (const event of ['response', 'trailers'])
        stream.on(event, (fields: Record<string, string>) => {
          if (fields['grpc-status'] !== undefined) resolve(fields['grpc-status']);
        });
    });
    stream.end(bytes);
    assert.equal(await status, code);
  });
}

test('what is no gRPC request gets an HTTP status, odd ones that are get an answer', async (t) => {
  const started = await serve(t, { '/t/Echo': echo }, OPTIONS);
  const http2 = await import('node:http2');
  const session = http2.connect(started.url);
  t.after(() => session.destroy());
  const ask = (fields: Record<string, string>): Promise<unknown[]> =>
    new Promise((resolve) => {
      const stream = session.request({ ':path': '/t/Echo', ...fields });
      let http: unknown;
      stream.on('error', () => {});
      stream.on('response', (answer) => {
        http = answer[':status'];
        if (answer['grpc-status'] !== undefined || http !== 200)
          resolve([http, answer['grpc-status']]);
      });
      stream.on('trailers', (trailers) => resolve([http, trailers['grpc-status']]));
      stream.resume();
      stream.end();
    });
  const grpc = { ':method': 'POST', 'content-type': 'application/grpc' };
  assert.deepEqual(await ask({ ':method': 'GET' }), [405, undefined]);
  assert.deepEqual(await ask({ ':method': 'POST' }), [415, undefined]);
  assert.deepEqual(await ask({ ...grpc, 'content-type': 'text/plain' }), [415, undefined]);
  assert.deepEqual(await ask({ ...grpc, 'content-type': 'application/grpc+json' }), [
    415,
    undefined,
  ]);
  assert.deepEqual(await ask({ ...grpc, 'grpc-timeout': 'soon' }), [200, '13']);
  assert.deepEqual(await ask({ ...grpc, ':path': '/t/\u00e9' }), [200, '12']);
  assert.deepEqual(await ask(grpc), [200, '0'], 'te is not insisted upon');
  assert.deepEqual(
    await ask({ ...grpc, 'content-type': 'application/grpc;charset=utf-8', te: 'trailers' }),
    [200, '0'],
  );
});
