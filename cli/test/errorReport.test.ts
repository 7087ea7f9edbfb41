import assert from 'node:assert/strict';
import { test } from 'node:test';
import { millraceError } from '@millrace/core/errors';
import { describeFailure, failureJson, failureText } from '../src/errorReport.ts';
import { InputError } from '../src/inputError.ts';
import { UsageError } from '../src/usageError.ts';

const text = (thrown: unknown): string => failureText(describeFailure(thrown, 'millrace produce'));

test('an error of the cluster is one line: what, code, what to do', () => {
  const error = millraceError('UNKNOWN_TOPIC', 'there is no topic "x".');
  assert.match(
    text(error),
    /^millrace: there is no topic "x" \(UNKNOWN_TOPIC\): Create the topic.*\n$/,
  );
  assert.equal(describeFailure(error, '').exitCode, 1);
});

test('an outcome that is not plain is said', () => {
  const lost = millraceError('UNAVAILABLE', 'connection\nlost');
  assert.match(text(lost), /^millrace: connection lost \(UNAVAILABLE\): .*outcome unknown.*\n$/);
  assert.match(text(millraceError('CONFLICT', 'x', { outcome: 'applied' })), /has taken effect/);
});

test('the outcome of a command that only reads is of no interest', () => {
  const lost = millraceError('UNAVAILABLE', 'connection lost');
  assert.equal(
    failureText(describeFailure(lost, 'millrace topic list')),
    'millrace: connection lost (UNAVAILABLE): check that the broker runs, and --server or MILLRACE_SERVER\n',
  );
});

test('wrong usage names the help and exits with 2', () => {
  const usage = new UsageError("unknown option '--x'");
  assert.equal(
    text(usage),
    "millrace: unknown option '--x' (USAGE): see millrace produce --help\n",
  );
  assert.equal(describeFailure(usage, '').exitCode, 2);
});

test('bad input, system errors and bugs are one line, too', () => {
  assert.equal(
    text(new InputError('stdin:3: not a JSON object', 'give an envelope')),
    'millrace: stdin:3: not a JSON object (INVALID_INPUT): give an envelope\n',
  );
  const missing = Object.assign(new Error("ENOENT: no such file, open 'x'"), {
    code: 'ENOENT',
    syscall: 'open',
  });
  assert.match(text(missing), /^millrace: .*\(ENOENT\): check the path\n$/);
  assert.match(text(new TypeError('oops')), /^millrace: oops \(INTERNAL\): report it.*\n$/);
  assert.equal(text(new TypeError('oops')).split('\n').length, 2);
});

test('with --output json it is one object with code, outcome and advice', () => {
  const json: unknown = JSON.parse(
    failureJson(describeFailure(millraceError('DISK_FULL', 'no space'), '')),
  );
  assert.deepEqual(json, {
    error: {
      code: 'DISK_FULL',
      message: 'no space',
      advice: millraceError('DISK_FULL', '').advice,
      outcome: 'not-applied',
      retriable: true,
    },
  });
});
