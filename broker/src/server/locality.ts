/** Who may call what only the machine's own people may, as long as nobody else can prove who they are. */
import type { handleUnaryCall } from '@grpc/grpc-js';
import { isIPv4, isIPv6 } from 'node:net';
import { millraceError } from '@millrace/core/errors';
import type { ServerContext } from './context.ts';
import { statusOf } from './status.ts';

/** Others get UNAUTHORIZED, before anything is looked at. */
export function onlyLocally<Request, Response>(
  context: ServerContext,
  method: string,
  handler: handleUnaryCall<Request, Response>,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    if (isLoopback(call.getPeer())) {
      handler(call, callback);
      return;
    }
    const error = millraceError(
      'UNAUTHORIZED',
      `${method} is only for programs on the machine of the broker that they ask`,
    );
    context.logger.warn(error.message, { peer: call.getPeer() });
    callback(statusOf(error));
  };
}

/** Of `address:port`, as grpc-js names a peer; IPv6 comes without brackets. */
export function isLoopback(peer: string): boolean {
  const host = peer.slice(0, peer.lastIndexOf(':')).replace(/^\[(.*)\]$/, '$1');
  const address = host.toLowerCase().startsWith('::ffff:') ? host.slice('::ffff:'.length) : host;
  if (isIPv4(address)) return address.startsWith('127.');
  return isIPv6(address) && address === '::1';
}
