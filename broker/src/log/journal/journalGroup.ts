import assert from 'node:assert';
import type { JournalEntry } from './journal.ts';
import { capacityOf, GROUP_ALIGNMENT_BYTES } from './journalFile.ts';
import { FRAME_HEADER_BYTES, type FrameSeal, writeFrameHeader } from './journalFrame.ts';

/** The largest batch that a journal of such files takes. */
export function journalBatchBytesMax(fileBytes: number): number {
  return capacityOf(fileBytes) - FRAME_HEADER_BYTES;
}

export interface GroupRoom {
  /** Left in the current file, a multiple of the alignment. */
  readonly roomBytes: number;
  /** Of a whole file. */
  readonly capacityBytes: number;
  readonly nextSequence: number;
  readonly syncedSequence: number;
  readonly seal: FrameSeal;
}

export interface PackedGroup {
  /** What is written in one go: headers, batches, zeros up to the alignment; empty if nothing fits. */
  readonly buffers: Buffer[];
  readonly bytes: number;
  readonly frames: number;
  /** Entries for the next file. */
  readonly rest: readonly JournalEntry[];
}

const padding = Buffer.alloc(GROUP_ALIGNMENT_BYTES);

/** As many entries, in order, as fit into the room, each as one frame. */
export function packGroup(entries: readonly JournalEntry[], room: GroupRoom): PackedGroup {
  let bytes = 0;
  let frames = 0;
  for (const entry of entries) {
    const sizeBytes = FRAME_HEADER_BYTES + entry.bytes;
    assert(sizeBytes <= room.capacityBytes, `a run of ${entry.bytes} bytes fits no journal file`);
    if (bytes + sizeBytes > room.roomBytes) break;
    bytes += sizeBytes;
    frames += 1;
  }
  if (frames === 0) return { buffers: [], bytes: 0, frames: 0, rest: entries };

  const headers = Buffer.allocUnsafeSlow(frames * FRAME_HEADER_BYTES);
  const buffers: Buffer[] = [];
  for (let index = 0; index < frames; index++) {
    const entry = entries[index];
    if (entry === undefined) break;
    const at = index * FRAME_HEADER_BYTES;
    const { kind, copyId, offset, position, batches } = entry;
    const fields = {
      sequence: room.nextSequence + index,
      syncedSequence: room.syncedSequence,
      kind,
      copyId,
      offset,
      position,
    };
    writeFrameHeader(headers, at, fields, batches, room.seal);
    buffers.push(headers.subarray(at, at + FRAME_HEADER_BYTES));
    for (const batch of batches) buffers.push(batch);
  }
  // Zeros, so that no stale byte behind the last frame can be taken for another one.
  const padBytes = -bytes & (GROUP_ALIGNMENT_BYTES - 1);
  if (padBytes > 0) buffers.push(padding.subarray(0, padBytes));
  return { buffers, bytes: bytes + padBytes, frames, rest: entries.slice(frames) };
}
