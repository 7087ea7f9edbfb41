import assert from 'node:assert/strict';
import test from 'node:test';
import {
  formatServerAddress,
  parseServerAddress,
  parseServerAddresses,
} from '../src/serverAddress.ts';

test('server addresses are read with and without port, names and both kinds of IP', () => {
  const cases: [string, string, number][] = [
    ['127.0.0.1:7071', '127.0.0.1', 7071],
    ['broker-0.millrace', 'broker-0.millrace', 7071],
    [' localhost:1 ', 'localhost', 1],
    ['[::1]:8080', '::1', 8080],
    ['[fe80::1%eth0]', 'fe80::1%eth0', 7071],
  ];
  for (const [text, host, port] of cases) {
    assert.deepEqual(parseServerAddress(text), { host, port });
  }
  assert.equal(formatServerAddress({ host: '::1', port: 7071 }), '[::1]:7071');
  assert.equal(formatServerAddress({ host: 'a', port: 7071 }), 'a:7071');
});

test('what is no server address is refused before anything is connected', () => {
  for (const text of [
    '',
    ':7071',
    'a:0',
    'a:65536',
    'a:b',
    'http://a:1',
    '::1',
    'a b:1',
    'a:1:2',
  ]) {
    assert.throws(() => parseServerAddress(text), { code: 'INVALID_REQUEST' }, text);
  }
});

test('several servers come as one text with commas or one each, and one bad address is none too few', () => {
  const both = [
    { host: 'a', port: 7071 },
    { host: '::1', port: 7081 },
  ];
  assert.deepEqual(parseServerAddresses('a:7071, [::1]:7081'), both);
  assert.deepEqual(parseServerAddresses(['a', '[::1]:7081']), both);
  for (const given of ['a:1,,b:2', 'a:1,', [], ['a:1', ''], 'a:1,b:x']) {
    assert.throws(() => parseServerAddresses(given), { code: 'INVALID_REQUEST' }, String(given));
  }
});
