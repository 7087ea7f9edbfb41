// The codec to compare with: proto-loader's, from the .proto files.
import { loadSync, type MessageTypeDefinition } from '@grpc/proto-loader';
import { PROTO_DIRECTORY } from '@millrace/proto/load';

type Loose = Record<string, unknown>;

export interface LoadedMessage {
  encode(message: object): Buffer;
  decode(bytes: Buffer): Loose;
}

const loaded = loadSync(
  [
    'millrace/v1/producer.proto',
    'millrace/v1/consumer.proto',
    'millrace/peer/v1/replication.proto',
  ],
  { longs: Number, oneofs: false, includeDirs: [PROTO_DIRECTORY] },
);

/** The message as `<package>.<name>`; fields that are absent on the wire are absent in what it decodes. */
export function loadedMessage(name: string, inPackage = 'millrace.v1'): LoadedMessage {
  const type = loaded[`${inPackage}.${name}`] as MessageTypeDefinition<Loose, Loose>;
  return {
    encode: (message) => type.serialize(message as Loose),
    decode: (bytes) => plain(type.deserialize(bytes)) as Loose,
  };
}

/** Without prototypes, so that deepEqual compares fields alone. */
function plain(value: unknown): unknown {
  if (Buffer.isBuffer(value) || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, plain(field)]));
}

/** As proto3 writes it: implicit fields (those named) left out when they are 0, '' or false; undefined always. */
export function implicit(fields: object): Loose {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => {
      if (Array.isArray(value)) return value.length > 0;
      return value !== undefined && value !== 0 && value !== '' && value !== false;
    }),
  );
}

/** Optional fields: left out only when undefined. */
export function optional(fields: object): Loose {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
