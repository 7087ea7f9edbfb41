import { join } from 'node:path';
import type { Storage } from '../../io/storage.ts';
import { CheckpointNotWritten } from '../journal/checkpointer.ts';
import type { Epochs } from './epochs.ts';
import { EPOCHS_FILE, encodeEpochs } from './epochsFile.ts';

/** The file `epochs` of one log, beside its epochs in memory (safety.md, rule 29). */
export class SavedEpochs {
  readonly #storage: Storage;
  readonly #path: string;
  readonly #epochs: Epochs;
  #changesSaved: number;

  /** `file`: whether it says what `epochs` said before its first change. */
  constructor(storage: Storage, directory: string, epochs: Epochs, file: 'current' | 'old') {
    this.#storage = storage;
    this.#path = join(directory, EPOCHS_FILE);
    this.#epochs = epochs;
    this.#changesSaved = file === 'current' ? 0 : -1;
  }

  get isDirty(): boolean {
    return this.#epochs.changes !== this.#changesSaved;
  }

  /** Durably. Throws CheckpointNotWritten. */
  async save(): Promise<void> {
    const { changes, starts } = this.#epochs;
    if (changes === this.#changesSaved) return;
    try {
      await this.#storage.replaceFile(this.#path, encodeEpochs(starts));
    } catch (error) {
      throw new CheckpointNotWritten(error);
    }
    this.#changesSaved = changes;
  }
}
