/**
 * Cuts a stream of chunks at a delimiter. Buffers handed out are views of a chunk, or copies where a record spans chunks;
 * what follows the last delimiter is a record too, unless it is empty. Holds at most one unfinished record, and throws
 * InputError where that becomes too long.
 */
import { InputError } from '../inputError.ts';

export class RecordSplitter {
  readonly #delimiter: Buffer;
  readonly #recordBytesMax: number;
  /** Chunks of the unfinished record. Their last `delimiter - 1` bytes may begin a delimiter. */
  #pending: Buffer[] = [];
  #pendingBytes = 0;

  /** `delimiter`: at least one byte. */
  constructor(delimiter: Buffer, recordBytesMax: number) {
    if (delimiter.length === 0) throw new RangeError('an empty delimiter cuts nothing');
    this.#delimiter = delimiter;
    this.#recordBytesMax = recordBytesMax;
  }

  /** The records that this chunk completes. The chunk must not change afterwards. */
  *push(chunk: Buffer): Generator<Buffer, void, undefined> {
    const delimiter = this.#delimiter;
    let rest = chunk;
    if (this.#pendingBytes > 0) {
      const head = this.#finishPending(chunk);
      if (head === undefined) return;
      yield head.record;
      rest = head.rest;
    }
    let from = 0;
    for (let at = rest.indexOf(delimiter); at !== -1; at = rest.indexOf(delimiter, from)) {
      yield this.#checked(rest.subarray(from, at));
      from = at + delimiter.length;
    }
    if (from < rest.length) this.#keep(rest.subarray(from));
  }

  /** The last record, if the input did not end in a delimiter. */
  end(): Buffer | undefined {
    if (this.#pendingBytes === 0) return undefined;
    const last = Buffer.concat(this.#pending, this.#pendingBytes);
    this.#pending = [];
    this.#pendingBytes = 0;
    return last;
  }

  #finishPending(chunk: Buffer): { record: Buffer; rest: Buffer } | undefined {
    const delimiter = this.#delimiter;
    // A delimiter can begin in what is pending, but only in its last bytes.
    const seam = Buffer.concat([
      this.#pendingTail(delimiter.length - 1),
      chunk.subarray(0, delimiter.length - 1),
    ]);
    const tailBytes = Math.min(this.#pendingBytes, delimiter.length - 1);
    const inSeam = seam.indexOf(delimiter);
    let recordBytes: number;
    if (inSeam !== -1) {
      recordBytes = this.#pendingBytes - tailBytes + inSeam;
    } else {
      const at = chunk.indexOf(delimiter);
      if (at === -1) {
        this.#keep(chunk);
        return undefined;
      }
      recordBytes = this.#pendingBytes + at;
    }
    const consumed = recordBytes + delimiter.length - this.#pendingBytes;
    const whole = Buffer.concat([...this.#pending, chunk.subarray(0, consumed)]);
    this.#pending = [];
    this.#pendingBytes = 0;
    return {
      record: this.#checked(whole.subarray(0, recordBytes)),
      rest: chunk.subarray(consumed),
    };
  }

  #pendingTail(bytes: number): Buffer {
    if (bytes === 0) return Buffer.alloc(0);
    const last = this.#pending.at(-1);
    if (last !== undefined && last.length >= bytes) return last.subarray(last.length - bytes);
    const all = Buffer.concat(this.#pending);
    this.#pending = [all];
    return all.subarray(Math.max(0, all.length - bytes));
  }

  #keep(chunk: Buffer): void {
    this.#pending.push(chunk);
    this.#pendingBytes += chunk.length;
    if (this.#pendingBytes > this.#recordBytesMax + this.#delimiter.length) this.#tooLong();
  }

  #checked(record: Buffer): Buffer {
    if (record.length > this.#recordBytesMax) this.#tooLong();
    return record;
  }

  #tooLong(): never {
    throw new InputError(
      `a record is longer than ${this.#recordBytesMax} bytes`,
      'check what ends a record (-D)',
    );
  }
}
