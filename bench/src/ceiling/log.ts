/**
 * The ceiling's storage: segments written at once and never waited for, one recycled journal whose fdatasync precedes
 * every acknowledgement. One fdatasync in flight covers all that was written before it.
 */
import fs from 'node:fs';
import path from 'node:path';

const JOURNAL_BYTES = 64 << 20;
/** As the broker's checkpointMs. */
const SEGMENT_SYNC_MS = 10_000;

interface Segment {
  readonly fd: number;
  end: number;
  dirty: boolean;
}

export class CeilingLog {
  readonly #dir: string;
  readonly #journal: Journal;
  readonly #segments = new Map<number, Segment>();

  constructor(dir: string) {
    this.#dir = dir;
    this.#journal = new Journal(path.join(dir, 'journal'));
    this.#syncSegments();
  }

  append(partition: number, bytes: Uint8Array, onDurable: () => void): void {
    const segment = this.#segment(partition);
    fs.writeSync(segment.fd, bytes, 0, bytes.length, segment.end);
    segment.end += bytes.length;
    segment.dirty = true;
    this.#journal.append(bytes, onDurable);
  }

  /** Bytes of a partition from `at`; empty at its end. */
  read(partition: number, at: number, bytesMax: number): Buffer {
    const segment = this.#segment(partition);
    const slice = Buffer.allocUnsafeSlow(Math.max(0, Math.min(bytesMax, segment.end - at)));
    fs.readSync(segment.fd, slice, 0, slice.length, at);
    return slice;
  }

  clear(): void {
    for (const segment of this.#segments.values()) {
      fs.ftruncateSync(segment.fd, 0);
      segment.end = 0;
      segment.dirty = false;
    }
  }

  #segment(partition: number): Segment {
    let segment = this.#segments.get(partition);
    if (segment === undefined) {
      const fd = fs.openSync(path.join(this.#dir, `${partition}.log`), 'w+');
      segment = { fd, end: 0, dirty: false };
      this.#segments.set(partition, segment);
    }
    return segment;
  }

  /** One at a time: a thousand at once would hold every thread of the pool that the journal needs. */
  #syncSegments(): void {
    const dirty = [...this.#segments.values()].filter((segment) => segment.dirty);
    const next = () => {
      const segment = dirty.pop();
      if (segment === undefined) {
        setTimeout(() => this.#syncSegments(), SEGMENT_SYNC_MS);
        return;
      }
      segment.dirty = false;
      fs.fdatasync(segment.fd, (error) => {
        stopOnError(error);
        next();
      });
    };
    next();
  }
}

class Journal {
  readonly #fd: number;
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #written = 0;
  #fileStart = 0;
  #syncing = false;
  #unwritten: (() => void)[] = [];
  #unsynced: (() => void)[] = [];

  constructor(file: string) {
    // Written once over, so that fdatasync has no metadata to write.
    this.#fd = fs.openSync(file, 'w');
    const zeros = Buffer.alloc(1 << 20);
    for (let at = 0; at < JOURNAL_BYTES; at += zeros.length) {
      fs.writeSync(this.#fd, zeros, 0, zeros.length, at);
    }
    fs.fsyncSync(this.#fd);
  }

  append(bytes: Uint8Array, onDurable: () => void): void {
    if (this.#queue.length === 0) setImmediate(() => this.#write());
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    this.#unwritten.push(onDurable);
  }

  #write(): void {
    if (this.#written - this.#fileStart + this.#queuedBytes > JOURNAL_BYTES) {
      this.#fileStart = this.#written;
    }
    fs.writevSync(this.#fd, this.#queue, this.#written - this.#fileStart);
    this.#written += this.#queuedBytes;
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#unsynced.push(...this.#unwritten);
    this.#unwritten = [];
    this.#sync();
  }

  #sync(): void {
    if (this.#syncing || this.#unsynced.length === 0) return;
    this.#syncing = true;
    const covered = this.#unsynced;
    this.#unsynced = [];
    fs.fdatasync(this.#fd, (error) => {
      stopOnError(error);
      this.#syncing = false;
      for (const onDurable of covered) onDurable();
      this.#sync();
    });
  }
}

function stopOnError(error: Error | null): void {
  if (error !== null) throw error;
}
