import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFlags } from '../src/flags.ts';

test('replication follows the brokers up to three, and quick shortens the window', () => {
  const flags = parseFlags(['--quick', '--brokers', '5', '--targets', 'kafka,nats']);
  assert.ok(flags !== 'help');
  assert.equal(flags.replicationFactor, 3);
  assert.equal(flags.seconds, 1.5);
  assert.deepEqual(flags.targets, ['kafka', 'nats']);
  assert.match(flags.outDir, /docs\/bench$/);
});

test('unknown flags and numbers that are none are refused', () => {
  assert.throws(() => parseFlags(['--fast']));
  assert.throws(() => parseFlags(['--runs', 'many']), /--runs wants a number/);
  assert.throws(() => parseFlags(['--seconds', '-1']));
});
