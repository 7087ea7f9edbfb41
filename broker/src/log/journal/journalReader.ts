import type { StorageFile } from '../../io/storage.ts';
import { GROUP_ALIGNMENT_BYTES } from './journalFile.ts';
import {
  FRAME_HEADER_BYTES,
  type FrameHeader,
  type FrameSeal,
  isFrameIntact,
  readFrameHeader,
} from './journalFrame.ts';

const windowBytes = 1 << 20;

export interface IntactFrame {
  readonly header: FrameHeader;
  /** Where the frame begins in the file. */
  readonly at: number;
  /** What follows the header: a view, valid until the next frame is asked for. */
  readonly body: Buffer;
}

/**
 * The intact frames of one journal in one of its files that begin from `from` up to before `to`, in the
 * order of the file. Where the bytes are no such frame, it looks again at the next multiple of the
 * alignment: every group begins there. Throws what the storage throws.
 */
export async function* readFrames(
  file: StorageFile,
  seal: FrameSeal,
  from = 0,
  to = Number.POSITIVE_INFINITY,
): AsyncGenerator<IntactFrame> {
  const sizeBytes = file.size();
  const window = new FileWindow(file, sizeBytes);
  let at = from;
  while (at < to && at + FRAME_HEADER_BYTES <= sizeBytes) {
    const head = await window.read(at, FRAME_HEADER_BYTES);
    const header = readFrameHeader(head, 0, sizeBytes - at, seal);
    if (header !== undefined) {
      const frame = await window.read(at, header.sizeBytes);
      if (isFrameIntact(frame, 0, header.sizeBytes, seal)) {
        yield { header, at, body: frame.subarray(FRAME_HEADER_BYTES, header.sizeBytes) };
        at += header.sizeBytes;
        continue;
      }
    }
    at += GROUP_ALIGNMENT_BYTES - (at % GROUP_ALIGNMENT_BYTES);
  }
}

/** Reads ahead, so that small frames cost no system call each. */
class FileWindow {
  readonly #file: StorageFile;
  readonly #sizeBytes: number;
  #bytes: Buffer = Buffer.alloc(0);
  #from = 0;

  constructor(file: StorageFile, sizeBytes: number) {
    this.#file = file;
    this.#sizeBytes = sizeBytes;
  }

  async read(at: number, bytes: number): Promise<Buffer> {
    if (at < this.#from || at + bytes > this.#from + this.#bytes.length) {
      const wanted = Math.min(Math.max(bytes, windowBytes), this.#sizeBytes - at);
      const buffer = Buffer.allocUnsafeSlow(wanted);
      this.#bytes = buffer.subarray(0, await this.#file.read(buffer, at));
      this.#from = at;
    }
    return this.#bytes.subarray(at - this.#from, at - this.#from + bytes);
  }
}
