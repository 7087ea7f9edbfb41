/** `connectionsMax` holds on every port for gRPC: who comes too late is closed, who is there goes on. */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { startBrokerProcess } from '../../../client/test/brokerProcess.ts';

const CONNECTIONS_MAX = 3;
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1');

type Ending = 'served' | 'closed';

/** Whether the broker speaks HTTP/2 to a connection or closes it. */
async function open(port: number): Promise<{ socket: Socket; ending: Ending }> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(PREFACE);
  const ending = await new Promise<Ending>((resolve) => {
    socket.once('data', () => resolve('served'));
    socket.once('close', () => resolve('closed'));
  });
  return { socket, ending };
}

for (const listener of ['client', 'data'] as const) {
  test(`the ${listener} port serves connectionsMax connections, and another once one has gone`, async (t) => {
    const env = { MILLRACE_CONNECTIONS_MAX: String(CONNECTIONS_MAX) };
    const broker = await startBrokerProcess({ env });
    t.after(() => broker[Symbol.asyncDispose]());
    const port = broker.ports[listener];
    const sockets: Socket[] = [];
    t.after(() => sockets.map((socket) => socket.destroy()));
    for (let count = 0; count < CONNECTIONS_MAX; count++) {
      const { socket, ending } = await open(port);
      sockets.push(socket);
      assert.equal(ending, 'served', `connection ${count}`);
    }
    assert.equal((await open(port)).ending, 'closed');

    sockets[0]?.destroy();
    for (;;) {
      const { socket, ending } = await open(port);
      sockets.push(socket);
      if (ending === 'served') break;
    }
  });
}
