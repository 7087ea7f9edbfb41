/**
 * Compression of the record section: none, gzip and zstd. Output is bounded before it is allocated, so that a few
 * bytes cannot ask for gigabytes. The `Now` forms stall the event loop for what they compress; beyond some 64 KiB
 * take the asynchronous ones, which use the thread pool. (safety.md, pitfall 10)
 */
import { promisify } from 'node:util';
import {
  constants,
  gunzip,
  gunzipSync,
  gzip,
  gzipSync,
  zstdCompress,
  zstdCompressSync,
  zstdDecompress,
  zstdDecompressSync,
} from 'node:zlib';
import type { Compression } from './batchHeader.ts';
import { MillraceError, millraceError } from './errors.ts';

const gzipPooled = promisify<Uint8Array, object, Buffer>(gzip);
const gunzipPooled = promisify<Uint8Array, object, Buffer>(gunzip);
const zstdCompressPooled = promisify<Uint8Array, object, Buffer>(zstdCompress);
const zstdDecompressPooled = promisify<Uint8Array, object, Buffer>(zstdDecompress);

export interface DecompressLimits {
  /** Output above this is refused, whatever the input says. */
  readonly maxBytes: number;
}

/** `level`: 1 to 9 for gzip, 1 to 22 for zstd; absent: the library's default. */
export function compressNow(kind: Compression, bytes: Buffer, level?: number): Buffer {
  switch (kind) {
    case 'none':
      return bytes;
    case 'gzip':
      return gzipSync(bytes, gzipOptions(level));
    case 'zstd':
      return zstdCompressSync(bytes, zstdOptions(level));
    case 'snappy':
    case 'lz4':
      throw unsupported(kind);
  }
}

export async function compress(kind: Compression, bytes: Buffer, level?: number): Promise<Buffer> {
  switch (kind) {
    case 'none':
      return bytes;
    case 'gzip':
      return gzipPooled(bytes, gzipOptions(level));
    case 'zstd':
      return zstdCompressPooled(bytes, zstdOptions(level));
    case 'snappy':
    case 'lz4':
      throw unsupported(kind);
  }
}

/**
 * Throws RECORD_TOO_LARGE above `maxBytes`, CORRUPT_BATCH for what does not decompress to its end, and
 * UNSUPPORTED_COMPRESSION.
 */
export function decompressNow(kind: Compression, bytes: Buffer, limits: DecompressLimits): Buffer {
  try {
    switch (kind) {
      case 'none':
        return bytes;
      case 'gzip':
        return gunzipSync(bytes, { maxOutputLength: limits.maxBytes });
      case 'zstd':
        return zstdDecompressSync(bytes, { maxOutputLength: limits.maxBytes });
      case 'snappy':
      case 'lz4':
        throw unsupported(kind);
    }
  } catch (error) {
    throw asMillraceError(kind, limits, error);
  }
}

/** As decompressNow, in the thread pool. */
export async function decompress(
  kind: Compression,
  bytes: Buffer,
  limits: DecompressLimits,
): Promise<Buffer> {
  try {
    switch (kind) {
      case 'none':
        return bytes;
      case 'gzip':
        return await gunzipPooled(bytes, { maxOutputLength: limits.maxBytes });
      case 'zstd':
        return await zstdDecompressPooled(bytes, { maxOutputLength: limits.maxBytes });
      case 'snappy':
      case 'lz4':
        throw unsupported(kind);
    }
  } catch (error) {
    throw asMillraceError(kind, limits, error);
  }
}

function gzipOptions(level: number | undefined): object {
  return level === undefined ? {} : { level };
}

function zstdOptions(level: number | undefined): object {
  return level === undefined ? {} : { params: { [constants.ZSTD_c_compressionLevel]: level } };
}

function unsupported(kind: Compression): MillraceError {
  return millraceError('UNSUPPORTED_COMPRESSION', `compression ${kind} is not supported`);
}

function asMillraceError(
  kind: Compression,
  limits: DecompressLimits,
  error: unknown,
): MillraceError {
  if (error instanceof MillraceError) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ERR_BUFFER_TOO_LARGE') {
    const message = `${kind} data decompresses to more than ${limits.maxBytes} bytes`;
    return millraceError('RECORD_TOO_LARGE', message, { cause: error });
  }
  return millraceError('CORRUPT_BATCH', `${kind} data does not decompress: ${String(code)}`, {
    cause: error,
  });
}
