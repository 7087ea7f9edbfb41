/**
 * The ceiling's messages. Client to broker: u32 kind, u32 partition, f64 id, bytes. Broker to client: f64 id, bytes.
 * Ids are safe integers.
 */
export const REQUEST_HEADER_BYTES = 16;
export const REPLY_HEADER_BYTES = 8;
export const APPEND = 0;
export const READ = 1;
export const CLEAR = 2;

/** A request whose body is left to the caller. For READ the id is the position to read from. */
export function request(kind: number, partition: number, id: number, bodyBytes: number): Buffer {
  const message = Buffer.allocUnsafeSlow(REQUEST_HEADER_BYTES + bodyBytes);
  message.writeUInt32LE(kind, 0);
  message.writeUInt32LE(partition, 4);
  message.writeDoubleLE(id, 8);
  return message;
}

export function reply(id: number, body: Uint8Array): Buffer {
  const message = Buffer.allocUnsafeSlow(REPLY_HEADER_BYTES + body.length);
  message.writeDoubleLE(id, 0);
  message.set(body, REPLY_HEADER_BYTES);
  return message;
}
