import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTarget } from '../../src/commands/query.ts';
import { UsageError } from '../../src/usageError.ts';

const NOW = 1_700_000_000_000;

const CASES: readonly [text: string, partition: number | undefined, at: unknown][] = [
  ['t', undefined, undefined],
  ['t:', undefined, undefined],
  ['t:3', 3, undefined],
  ['t:3:end', 3, 'latest'],
  ['t:3:-1', 3, 'latest'],
  ['t:3:-2', 3, 'earliest'],
  ['t::start', undefined, 'earliest'],
  ['t::1700000000123', undefined, { timestampMs: 1_700_000_000_123 }],
  ['t:0:2022-02-14T10:00:00Z', 0, { timestampMs: Date.UTC(2022, 1, 14, 10) }],
  ['t:0:@-1m', 0, { timestampMs: NOW - 60_000 }],
];

for (const [text, partition, at] of CASES) {
  test(`query ${text}`, () =>
    assert.deepEqual(parseTarget(text, NOW), { topic: 't', partition, at }));
}

for (const text of ['', ':0', 't:x', 't:-1', 't:0:', 't:0:soon']) {
  test(`query ${JSON.stringify(text)} is refused`, () =>
    assert.throws(() => parseTarget(text, NOW), UsageError));
}
