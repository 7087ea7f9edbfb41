/** A TCP proxy that counts what passes and can hang up. */
import { connect, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { PeerAddress } from '../../src/cluster/peerTransport.ts';

const FRAME_HEADER_BYTES = 9;
const DATA_FRAME = 0;

export interface Proxy {
  readonly address: PeerAddress;
  /** Accepted so far. */
  connections(): number;
  open(): number;
  /** HTTP/2 DATA frames with content from the server, so far. */
  dataFrames(): number;
  /** Ends all connections, and those to come. */
  refuse(): void;
  accept(): void;
}

export async function startProxy(t: TestContext, to: PeerAddress): Promise<Proxy> {
  const open = new Set<Socket>();
  let connections = 0;
  let frames = 0;
  let refusing = false;
  const server = createServer((near) => {
    if (refusing) {
      near.destroy();
      return;
    }
    connections++;
    open.add(near);
    const far = connect(to.port, to.host);
    const end = (): void => {
      open.delete(near);
      near.destroy();
      far.destroy();
    };
    near.on('error', end).on('close', end);
    far.on('error', end).on('close', end);
    near.pipe(far);
    far.pipe(near);
    const count = frameCounter((type, length) => {
      if (type === DATA_FRAME && length > 0) frames++;
    });
    far.on('data', count);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  return {
    address: { host: '127.0.0.1', port },
    connections: () => connections,
    open: () => open.size,
    dataFrames: () => frames,
    refuse: () => {
      refusing = true;
      for (const socket of open) socket.destroy();
    },
    accept: () => {
      refusing = false;
    },
  };
}

/** What a server sends is frames from its first byte on. */
function frameCounter(onFrame: (type: number, length: number) => void): (chunk: Buffer) => void {
  let pending = Buffer.alloc(0);
  return (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= FRAME_HEADER_BYTES) {
      const length = pending.readUIntBE(0, 3);
      if (pending.length < FRAME_HEADER_BYTES + length) return;
      onFrame(pending.readUInt8(3), length);
      pending = pending.subarray(FRAME_HEADER_BYTES + length);
    }
  };
}
