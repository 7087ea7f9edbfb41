// HTTP/2 by hand, to say what no library would.
import net from 'node:net';
import type { TestContext } from 'node:test';

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

export const FrameType = {
  DATA: 0,
  HEADERS: 1,
  PRIORITY: 2,
  RST_STREAM: 3,
  SETTINGS: 4,
  PUSH_PROMISE: 5,
  PING: 6,
  GOAWAY: 7,
  WINDOW_UPDATE: 8,
  CONTINUATION: 9,
} as const;

export const Flag = { END_STREAM: 1, ACK: 1, END_HEADERS: 4 } as const;

export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array = new Uint8Array(),
  length = payload.length,
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** HPACK without table or Huffman: literal fields, never indexed. */
export function headerBlock(fields: Iterable<readonly [string, string]>): Buffer {
  const out: Buffer[] = [];
  for (const [name, value] of fields) {
    out.push(Buffer.from([0x10]), literal(name), literal(value));
  }
  return Buffer.concat(out);
}

function literal(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  const length: number[] = [127];
  let rest = bytes.length - 127;
  for (; rest >= 128; rest = Math.floor(rest / 128)) length.push((rest % 128) + 128);
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
}

export function requestFields(path: string): [string, string][] {
  return [
    [':method', 'POST'],
    [':scheme', 'http'],
    [':path', path],
    [':authority', 'x'],
    ['content-type', 'application/grpc'],
    ['te', 'trailers'],
  ];
}

export function headers(
  stream: number,
  path: string,
  extra: readonly (readonly [string, string])[] = [],
): Buffer {
  const block = headerBlock([...requestFields(path), ...extra]);
  return frame(FrameType.HEADERS, Flag.END_HEADERS, stream, block);
}

/** A gRPC message of `bytes` zeros. */
export function message(bytes: number): Buffer {
  const out = Buffer.alloc(5 + bytes);
  out.writeUInt32BE(bytes, 1);
  return out;
}

export class RawPeer {
  readonly socket: net.Socket;
  readonly closed: Promise<void>;
  #received = Buffer.alloc(0);

  private constructor(socket: net.Socket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]).subarray(-1_000_000);
    });
  }

  /** Connects without a word. */
  static async silent(t: TestContext, port: number): Promise<RawPeer> {
    const socket = net.connect(port, '127.0.0.1');
    t.after(() => socket.destroy());
    const peer = new RawPeer(socket);
    await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
    return peer;
  }

  /** Connects, sends preface and empty settings; never acknowledges the server's. */
  static async connect(t: TestContext, port: number): Promise<RawPeer> {
    const peer = await RawPeer.silent(t, port);
    peer.write(PREFACE);
    peer.write(frame(FrameType.SETTINGS, 0, 0));
    return peer;
  }

  write(bytes: Uint8Array): void {
    if (!this.socket.destroyed) this.socket.write(bytes);
  }

  /** Types of the frames received so far, with the stream each belongs to. */
  frames(): { type: number; stream: number; payload: Buffer }[] {
    const out: { type: number; stream: number; payload: Buffer }[] = [];
    const bytes = this.#received;
    for (let at = 0; at + 9 <= bytes.length; ) {
      const end = at + 9 + bytes.readUIntBE(at, 3);
      const [type, stream] = [bytes.readUInt8(at + 3), bytes.readUInt32BE(at + 5)];
      out.push({ type, stream, payload: bytes.subarray(at + 9, end) });
      at = end;
    }
    return out;
  }
}
