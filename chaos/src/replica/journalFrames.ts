/** What a broker that was killed left in its journal, of use to its next boot (docs/STORAGE_FORMAT.md, Journal). */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface FoundFrame {
  readonly file: string;
  /** Where its bytes are, the header among them. */
  readonly from: number;
  readonly before: number;
  readonly sequence: number;
  /** The highest that was known to be synced when it was written. */
  readonly syncedSequence: number;
}

const GROUP_BYTES = 4096;
const HEADER_BYTES = 52;
/** Behind the fields that place a frame: changed, it is a frame no more. */
export const FRAME_BODY_FROM = 36;

/** Frames past the checkpoint, by sequence; none where there is no checkpoint. */
export function framesToReplay(brokerDirectory: string): FoundFrame[] {
  const head = readFileSync(path.join(brokerDirectory, 'checkpoints'), 'latin1');
  const [, journalId, synced] = /^journal ([0-9a-f]{32}) (\d+)$/m.exec(head) ?? [];
  if (journalId === undefined) return [];
  const id = Buffer.from(journalId, 'hex');
  const directory = path.join(brokerDirectory, 'journal');
  return readdirSync(directory)
    .flatMap((name) => framesOf(path.join(directory, name), id))
    .filter(({ sequence }) => sequence > Number(synced))
    .toSorted((one, other) => one.sequence - other.sequence);
}

function framesOf(file: string, journalId: Buffer): FoundFrame[] {
  const bytes = readFileSync(file);
  const frames: FoundFrame[] = [];
  for (let at = 0; at + HEADER_BYTES <= bytes.length; ) {
    const before = at + 4 + bytes.readUInt32BE(at);
    const isFrame =
      before <= bytes.length &&
      before >= at + HEADER_BYTES &&
      bytes.compare(journalId, 0, 3, at + 25, at + 28) === 0 &&
      bytes.compare(journalId, 3, 5, at + 34, at + 36) === 0;
    if (isFrame) {
      const sequence = Number(bytes.readBigUInt64BE(at + 8));
      const syncedSequence = Number(bytes.readBigUInt64BE(at + 16));
      frames.push({ file, from: at, before, sequence, syncedSequence });
      at = before;
    } else {
      // Groups begin on whole blocks; what was recycled is older.
      at = (Math.floor(at / GROUP_BYTES) + 1) * GROUP_BYTES;
    }
  }
  return frames;
}
