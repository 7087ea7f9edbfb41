import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'node:test';
import { Millrace } from '../src/millrace.ts';
import { isTransportFailure, transportReason } from '../src/transportReason.ts';

test('what transports say becomes a reason, what brokers say stays as it is', () => {
  const cases = [
    [
      'No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:7071. Resolution note: ',
      'connection refused',
    ],
    ['connect ECONNREFUSED 127.0.0.1:7074', 'connection refused'],
    ['No connection established. Last error: bad luck. Resolution note: ', 'bad luck'],
    ['Name resolution failed for target dns:nobody:7071', 'no such host'],
    ['read ECONNRESET', 'the connection broke'],
    ['Connection dropped', 'the connection broke'],
    [
      'Deadline exceeded after 1.002s,LB pick: 0.001s,remote_addr=127.0.0.1:7071',
      'not within 1002 ms',
    ],
    ['Received HTTP status code 404', 'what listens there is not a broker: HTTP 404'],
  ];
  for (const [text = '', reason] of cases) {
    assert.equal(transportReason(text), reason);
    assert.ok(isTransportFailure(text), text);
  }
  assert.equal(transportReason('no topic t'), 'no topic t');
  assert.ok(!isTransportFailure('no topic t'));
});

test('who asks where no broker is reads where that was and why', async () => {
  const web = createServer();
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  const { port } = web.address() as AddressInfo;
  const ask = async (address: string, deadlineMs = 10_000): Promise<void> => {
    const client = new Millrace({ server: address, deadlineMs });
    try {
      await client.admin.listTopics();
    } finally {
      await client.close();
    }
  };
  try {
    await assert.rejects(ask(`127.0.0.1:${port}`), {
      code: 'UNAVAILABLE',
      message: new RegExp(`^no broker answers at 127.0.0.1:${port} \\(`),
    });
  } finally {
    web.close();
    web.closeAllConnections();
  }
  await assert.rejects(ask('127.0.0.1:1'), {
    code: 'UNAVAILABLE',
    message: 'no broker answers at 127.0.0.1:1 (connection refused)',
  });
});
