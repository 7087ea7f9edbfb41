/**
 * Unary methods that a broker passes on to the controller, a leader or a coordinator, by their paths: all of millrace.v1,
 * and a few of brokers alone. Loaded on first use, since reading the .proto files takes 30 ms.
 */
import type { MethodDefinition, PackageDefinition } from '@grpc/proto-loader';
import { millraceError } from '@millrace/core/errors';
import { loadMillrace, loadPeer } from '@millrace/proto/load';
import { PARTITION_POSITIONS, PREPARE_STOP } from './peerMethods.ts';

export interface ForwardedMethod {
  readonly encodeRequest: (request: unknown) => Buffer;
  readonly decodeRequest: (bytes: Buffer) => unknown;
  readonly encodeResponse: (response: unknown) => Buffer;
  readonly decodeResponse: (bytes: Buffer) => unknown;
}

const OF_BROKERS: ReadonlySet<string> = new Set([PREPARE_STOP, PARTITION_POSITIONS]);

let methods: ReadonlyMap<string, ForwardedMethod> | undefined;

/** Throws INVALID_REQUEST: there is no such method, or it is a stream. */
export function forwardedMethod(path: string): ForwardedMethod {
  methods ??= load();
  const method = methods.get(path);
  if (method !== undefined) return method;
  const shown = JSON.stringify(path.slice(0, 100));
  throw millraceError('INVALID_REQUEST', `${shown} is no method that can be forwarded`);
}

function load(): Map<string, ForwardedMethod> {
  const found = new Map<string, ForwardedMethod>();
  for (const method of [...methodsOf(loadMillrace()), ...methodsOf(loadPeer())]) {
    if (method.requestStream || method.responseStream) continue;
    if (method.path.startsWith('/millrace.peer.') && !OF_BROKERS.has(method.path)) continue;
    found.set(method.path, {
      // Callers give messages in the shape of the generated types, which the loader cannot check.
      encodeRequest: (request) => method.requestSerialize(request as object),
      decodeRequest: decoder(method.requestDeserialize),
      encodeResponse: (response) => method.responseSerialize(response as object),
      decodeResponse: decoder(method.responseDeserialize),
    });
  }
  return found;
}

function methodsOf(definitions: PackageDefinition): MethodDefinition<object, object>[] {
  return Object.values(definitions).flatMap((definition) =>
    'format' in definition ? [] : Object.values(definition),
  );
}

function decoder(decode: (bytes: Buffer) => object): (bytes: Buffer) => unknown {
  return (bytes) => {
    try {
      return decode(bytes);
    } catch (error) {
      throw millraceError(
        'INVALID_REQUEST',
        `a forwarded message does not decode: ${String(error)}`,
        {
          cause: error,
        },
      );
    }
  };
}
