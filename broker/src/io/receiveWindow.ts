/**
 * Raises the HTTP/2 receive windows of servers that offer no option for it: grpc-js leaves them at 64 KiB, which makes a
 * sender wait at every round of the event loop. (performance.md, gRPC in Node)
 */
import diagnostics from 'node:diagnostics_channel';
import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2';

const STREAM_CREATED = 'http2.server.stream.created';

/** For sessions accepted on `port`, from their first stream on, once each. Call the result to stop. */
export function raiseReceiveWindows(isOurs: (port: number) => boolean, bytes: number): () => void {
  const raised = new WeakSet<ServerHttp2Session>();
  const onCreated = (message: unknown): void => {
    const { session } = (message as { stream: ServerHttp2Stream }).stream;
    if (session === undefined || raised.has(session as ServerHttp2Session)) return;
    const port = session.socket.localPort;
    if (port === undefined || !isOurs(port)) return;
    raised.add(session as ServerHttp2Session);
    session.settings({ initialWindowSize: bytes });
    (session as ServerHttp2Session).setLocalWindowSize(bytes);
  };
  diagnostics.subscribe(STREAM_CREATED, onCreated);
  return () => {
    diagnostics.unsubscribe(STREAM_CREATED, onCreated);
  };
}
