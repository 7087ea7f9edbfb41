/** The unary methods of millrace.v1 as grpc-js calls them, loaded on first use: reading the .proto files takes 30 ms. */
import type { MethodDefinition, PackageDefinition } from '@grpc/proto-loader';
import { loadMillrace } from '@millrace/proto/load';

export interface UnaryMethod<Request, Reply> {
  readonly path: string;
  /** Sending it twice has the effect of sending it once. */
  readonly safeToRepeat: boolean;
  readonly serialize: (request: Request) => Buffer;
  readonly deserialize: (bytes: Buffer) => Reply;
}

let definitions: PackageDefinition | undefined;

/** Each method is declared once, where it is used, with the generated types of its messages. */
export function unaryMethod<Request extends object, Reply extends object>(
  service: string,
  name: string,
  effect: 'read' | 'write',
): () => UnaryMethod<Request, Reply> {
  let method: UnaryMethod<Request, Reply> | undefined;
  return () => (method ??= load<Request, Reply>(service, name, effect));
}

function load<Request extends object, Reply extends object>(
  service: string,
  name: string,
  effect: 'read' | 'write',
): UnaryMethod<Request, Reply> {
  definitions ??= loadMillrace();
  const methods = definitions[`millrace.v1.${service}`] as
    | Record<string, MethodDefinition<object, object>>
    | undefined;
  const definition = methods?.[name];
  if (definition === undefined) throw new TypeError(`no method ${service}.${name}`);
  return {
    path: definition.path,
    safeToRepeat: effect === 'read',
    serialize: (request) => definition.requestSerialize(request),
    // The types are generated from the same files with the same options.
    deserialize: (bytes) => definition.responseDeserialize(bytes) as Reply,
  };
}
