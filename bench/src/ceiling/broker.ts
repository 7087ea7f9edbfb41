/**
 * What machine and runtime allow a broker: gRPC framing straight on HTTP/2, CRC-32C, segment write, journal, fdatasync
 * before each acknowledgement, copies to followers. No protocol, no batching logic, no recovery: an upper bound to
 * divide by. A follower is a broker without peers.
 *
 *   node broker.ts DIR [FOLLOWER_PORT...]      prints its port
 */
import { crc32c } from '@node-rs/crc32';
import { dial, serve } from './connection.ts';
import { CeilingLog } from './log.ts';
import { APPEND, CLEAR, READ, REQUEST_HEADER_BYTES, reply } from './message.ts';
import type { Outbox } from './outbox.ts';

const READ_BYTES = 1 << 20;
const NOTHING = new Uint8Array(0);

const [dir = '.', ...followerPorts] = process.argv.slice(2);
const log = new CeilingLog(dir);
const pending = new Map<number, { out: Outbox; clientId: number; left: number }>();
let nextId = 0;

function done(id: number): void {
  const entry = pending.get(id);
  if (entry === undefined || --entry.left > 0) return;
  pending.delete(id);
  entry.out.send(reply(entry.clientId, NOTHING));
}

const followers = await Promise.all(
  followerPorts.map((port) => dial(Number(port), (ack) => done(ack.readDoubleLE(0)))),
);

function handle(out: Outbox, message: Buffer): void {
  const partition = message.readUInt32LE(4);
  switch (message.readUInt32LE(0)) {
    case APPEND: {
      const id = nextId++;
      const bytes = message.subarray(REQUEST_HEADER_BYTES);
      crc32c(bytes);
      pending.set(id, { out, clientId: message.readDoubleLE(8), left: 1 + followers.length });
      if (followers.length > 0) message.writeDoubleLE(id, 8);
      log.append(partition, bytes, () => done(id));
      for (const follower of followers) follower.out.send(message);
      return;
    }
    case READ:
      out.send(reply(partition, log.read(partition, message.readDoubleLE(8), READ_BYTES)));
      return;
    case CLEAR:
      log.clear();
      for (const follower of followers) follower.out.send(message);
      out.send(reply(message.readDoubleLE(8), NOTHING));
  }
}

process.stdout.write(`${await serve(handle)}\n`);
