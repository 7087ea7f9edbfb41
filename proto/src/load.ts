// Loads the .proto files of this package at run time, with the one set of options that the generated types describe.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadSync, type PackageDefinition } from '@grpc/proto-loader';

/** Folder that holds `millrace/v1/*.proto` and `millrace/peer/v1/*.proto`; the include path of any code generator. */
export const PROTO_DIRECTORY = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');

/**
 * A compiled google.protobuf.FileDescriptorSet of `millrace.v1` and `grpc.health.v1`, for server reflection: what
 * proto-loader makes of the files has other field names and map entries than they have.
 */
export const DESCRIPTOR_SET_FILE = path.join(PROTO_DIRECTORY, 'src/generated/descriptors.binpb');

// 64-bit fields arrive as numbers: whoever reads one checks Number.isSafeInteger first.
export const LOADER_OPTIONS = {
  longs: Number,
  enums: String,
  defaults: true,
  oneofs: true,
  includeDirs: [PROTO_DIRECTORY],
} as const;

const FILES = ['producer', 'consumer', 'admin', 'cluster'].map(
  (name) => `millrace/v1/${name}.proto`,
);

const PEER_FILES = ['replication', 'controller', 'positions'].map(
  (name) => `millrace/peer/v1/${name}.proto`,
);

/** All files of `millrace.v1`. Takes some 30 ms: call it once. */
export function loadMillrace(): PackageDefinition {
  return load(FILES);
}

/** All files of `millrace.peer.v1`: what brokers say to each other. */
export function loadPeer(): PackageDefinition {
  return load(PEER_FILES);
}

function load(files: string[]): PackageDefinition {
  return loadSync(files, { ...LOADER_OPTIONS, includeDirs: [...LOADER_OPTIONS.includeDirs] });
}
