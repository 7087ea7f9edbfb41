/** The codec to compare with: proto-loader's, from the .proto files. */
import { loadSync, type MessageTypeDefinition } from '@grpc/proto-loader';
import { PROTO_DIRECTORY } from '@millrace/proto/load';

const loaded = loadSync(
  ['millrace/peer/v1/controller.proto', 'millrace/peer/v1/replication.proto'],
  {
    longs: Number,
    enums: String,
    oneofs: false,
    includeDirs: [PROTO_DIRECTORY],
  },
);

function typeOf(name: string): MessageTypeDefinition<object, object> {
  return loaded[`millrace.peer.v1.${name}`] as MessageTypeDefinition<object, object>;
}

export function encodeLoaded(name: string, message: object): Buffer {
  return typeOf(name).serialize(message);
}

/** What proto-loader understands of `bytes`, as bytes again: fields that the file does not know are lost. */
export function again(name: string, bytes: Buffer): Buffer {
  const type = typeOf(name);
  return type.serialize(type.deserialize(bytes));
}
