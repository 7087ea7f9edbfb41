// The other side is the stock gRPC implementation of another language. Wants grpcio in the Python that MILLRACE_PYTHON
// names (default python3); without it the test is skipped, or fails if MILLRACE_FOREIGN=1.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { Status } from '@millrace/wire/status';
import { echo, serve } from './harness.ts';

const python = process.env['MILLRACE_PYTHON'] ?? 'python3';
const hasGrpcio = spawnSync(python, ['-c', 'import grpc']).status === 0;
const skip =
  hasGrpcio || process.env['MILLRACE_FOREIGN'] === '1' ? false : `${python} cannot import grpc`;

test('a stock Python client can call a wire server', { skip }, async (t) => {
  let cancelled = 0;
  const { port, faults } = await serve(t, {
    '/t/Echo': echo,
    '/t/Fail': (call) =>
      call.fail({ code: Status.NOT_FOUND, message: 'nö %', details: Buffer.from([1, 2]) }),
    '/t/FailLate': (call) =>
      call.onMessage((body) => {
        call.send([body]);
        call.fail({ code: Status.ABORTED, message: 'late' });
      }),
    '/t/Wait': (call) => call.onCancel(() => cancelled++),
    '/t/Large': (call) => {
      let left = 64;
      const pump = (): void => {
        while (left > 0) {
          left--;
          if (!call.send([Buffer.alloc(250_000)])) return;
        }
        call.end();
      };
      call.onDrain(pump);
      pump();
    },
  });
  const script = new URL('foreign.py', import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(python, [script, `127.0.0.1:${port}`]);
  assert.deepEqual(JSON.parse(stdout), {
    echo: [0, 1, 100, 16_384, 70_000, 1_000_000, 3_000_000],
    many: 49_995_000,
    unary: 'one',
    fail: [5, 'nö %'],
    details: '0102',
    late: [10, 'late'],
    unknown: 12,
    deadline: 4,
    cancelled: 1,
    compressed: 12,
    large: 16_000_000,
  });
  assert.ok(cancelled >= 2);
  assert.deepEqual(faults, []);
});
