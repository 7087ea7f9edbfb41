/**
 * Bounds the connections of servers whose library offers no option for it: grpc-js keeps its listening sockets to itself.
 * One past the limit is closed before anything of it is read, whether it would have spoken HTTP/2 or not.
 */
import diagnostics from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

const SOCKET_ACCEPTED = 'net.server.socket';

/** Of those accepted on `port`, at most `max` at once. Call the result to stop. */
export function limitConnections(isOurs: (port: number) => boolean, max: number): () => void {
  const open = new Set<Socket>();
  const onAccepted = (message: unknown): void => {
    const { socket } = message as { socket: Socket };
    // A peer that is gone already leaves no port behind, and nothing to count.
    if (socket.localPort === undefined || !isOurs(socket.localPort)) return;
    if (open.size >= max) {
      socket.destroy();
      return;
    }
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  };
  diagnostics.subscribe(SOCKET_ACCEPTED, onAccepted);
  return () => {
    diagnostics.unsubscribe(SOCKET_ACCEPTED, onAccepted);
  };
}
