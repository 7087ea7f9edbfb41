/** What server reflection tells of this broker: the compiled descriptors of proto/, in the shape that its library takes. */
import { readFileSync } from 'node:fs';
import type { PackageDefinition } from '@grpc/proto-loader';
import { ProtoReader } from '@millrace/core/messages/protoReader';
import { DESCRIPTOR_SET_FILE } from '@millrace/proto/load';

export function reflectedPackage(): PackageDefinition {
  // FileDescriptorSet: repeated FileDescriptorProto file = 1.
  const reader = new ProtoReader(readFileSync(DESCRIPTOR_SET_FILE));
  const fileDescriptorProtos: Buffer[] = [];
  while (reader.nextField() === 1) fileDescriptorProtos.push(reader.bytes());
  // The library reads the descriptors alone; format and type are those of a message.
  const format = 'Protocol Buffer 3 DescriptorProto';
  return { all: { format, type: {}, fileDescriptorProtos, ...passThrough } };
}

const passThrough = {
  serialize: (value: object) => value as Buffer,
  deserialize: (bytes: Buffer) => bytes,
};
