/**
 * What the run itself destroyed. The promise covers one lost copy: so the next broker's data may be destroyed only when
 * what was lost before is in sync again, and as long as a copy holds bits that were flipped, no other broker's.
 */
import { copyDirectory, readCopyId } from '../replica/copyFiles.ts';

interface FlippedCopy {
  readonly brokerId: number;
  readonly partition: number;
  readonly copyId: string;
}

export class DamageBook {
  readonly #dataDir: string;
  readonly #flipped: FlippedCopy[] = [];
  /** Some broker's copies are destroyed, and were not seen in sync again yet. */
  isOpen = false;
  topicId = '';

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  copyDirectory(brokerId: number, partition: number): string {
    return copyDirectory(this.#dataDir, brokerId, this.topicId, partition);
  }

  noteFlipped(brokerId: number, partition: number): void {
    const copyId = readCopyId(this.copyDirectory(brokerId, partition));
    if (copyId !== undefined) this.#flipped.push({ brokerId, partition, copyId });
  }

  /** This very copy: one that was minted anew since has fetched everything again. */
  isFlipped(brokerId: number, partition: number, copyId: string): boolean {
    return this.#flipped.some(
      (copy) =>
        copy.brokerId === brokerId && copy.partition === partition && copy.copyId === copyId,
    );
  }

  /** The one broker that has flipped bits which nobody has noticed yet. */
  get damagedBroker(): number | undefined {
    const still = this.#flipped.find(
      ({ brokerId, partition, copyId }) =>
        readCopyId(this.copyDirectory(brokerId, partition)) === copyId,
    );
    return still?.brokerId;
  }
}
