import type { MillraceError } from '@millrace/core/errors';

/** Told when the read bound moves, and when the partition can't be read any more. */
export interface PartitionReader {
  readable(): void;
  closed(error: MillraceError): void;
}

/** Consumers that wait at a partition. */
export class PartitionReaders {
  readonly #readers = new Set<PartitionReader>();

  add(reader: PartitionReader): void {
    this.#readers.add(reader);
  }

  remove(reader: PartitionReader): void {
    this.#readers.delete(reader);
  }

  readable(): void {
    for (const reader of this.#readers) reader.readable();
  }

  close(error: MillraceError): void {
    const readers = [...this.#readers];
    this.#readers.clear();
    for (const reader of readers) reader.closed(error);
  }
}
