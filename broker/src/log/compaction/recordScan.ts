import { ByteCursor } from '@millrace/core/varint';

/**
 * The records of a decompressed section, one by one, as positions in it: nothing is allocated for a record. See
 * batchCheck.ts for the format. Throws CORRUPT_BATCH where the bytes are no records.
 */
export class RecordScan {
  readonly #cursor: ByteCursor;
  readonly #count: number;
  #index = 0;
  /** Of the record that `next` found, its length included. */
  from = 0;
  to = 0;
  /** Where its offset delta begins, with all that follows the timestamp. */
  restFrom = 0;
  timestampDelta = 0;
  offsetDelta = 0;
  /** -1: the key is null. */
  keyFrom = -1;
  keyTo = -1;
  isTombstone = false;

  constructor(section: Buffer, recordCount: number, from = 0, to = section.length) {
    this.#cursor = new ByteCursor(section, from, to);
    this.#count = recordCount;
  }

  /** False after the last one, which must end the section. */
  next(): boolean {
    const cursor = this.#cursor;
    if (this.#index === this.#count) {
      if (cursor.remaining() !== 0)
        throw cursor.fault(`${cursor.remaining()} bytes after the records`);
      return false;
    }
    this.#index += 1;
    this.from = cursor.at;
    const bytes = cursor.readVarint();
    if (bytes < 0 || bytes > cursor.remaining()) throw cursor.fault(`a record says ${bytes} bytes`);
    this.to = cursor.at + bytes;
    cursor.readByte();
    this.timestampDelta = cursor.readVarlong();
    this.restFrom = cursor.at;
    this.offsetDelta = cursor.readVarint();
    const keyBytes = cursor.readVarint();
    this.keyFrom = keyBytes < 0 ? -1 : cursor.skip(keyBytes);
    this.keyTo = this.keyFrom < 0 ? -1 : cursor.at;
    const valueBytes = cursor.readVarint();
    this.isTombstone = valueBytes < 0;
    if (valueBytes > 0) cursor.skip(valueBytes);
    if (cursor.at > this.to) throw cursor.fault('a record is longer than it says');
    cursor.at = this.to;
    return true;
  }
}
