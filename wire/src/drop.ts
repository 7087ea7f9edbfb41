// Ends a connection for good. Node's session.destroy() waits until the socket has taken what was written, which a peer
// that does not read never lets happen, and it never finishes at all after a TLS alert: the socket has to go too.
import type { Http2Session } from 'node:http2';
import { constants } from 'node:http2';
import type { Socket } from 'node:net';

// For a last GOAWAY to leave.
const FLUSH_MS = 100;

export function drop(
  session: Http2Session,
  socket: Socket | undefined,
  code: number = constants.NGHTTP2_NO_ERROR,
): void {
  if (!session.destroyed) session.destroy(undefined, code);
  if (socket === undefined || socket.destroyed) return;
  const timer = setTimeout(() => socket.destroy(), FLUSH_MS);
  socket.once('close', () => clearTimeout(timer));
}

/** From the moment a connection has its socket. */
export function dropOnError(socket: Socket): void {
  socket.once('error', () => socket.destroy());
}
