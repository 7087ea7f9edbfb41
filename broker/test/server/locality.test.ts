import assert from 'node:assert/strict';
import test from 'node:test';
import { isLoopback } from '../../src/server/locality.ts';

test('only peers on loopback addresses are local', () => {
  const local = ['127.0.0.1:5', '127.9.9.9:65535', '::1:80', '[::1]:80', '::ffff:127.0.0.1:7'];
  for (const peer of local) assert.equal(isLoopback(peer), true, peer);
  const others = [
    '10.0.0.1:5',
    '128.0.0.1:127',
    '::ffff:10.0.0.1:7',
    '::2:1',
    'fe80::1:80',
    '127.evil.example:80',
    'localhost:80',
    'unknown',
    '',
  ];
  for (const peer of others) assert.equal(isLoopback(peer), false, peer);
});
