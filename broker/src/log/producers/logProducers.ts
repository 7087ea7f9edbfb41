import type { BatchHeader } from '@millrace/core/batchHeader';
import type { Offset } from '@millrace/core/ids';
import { CheckpointNotWritten } from '../journal/checkpointer.ts';
import type { LogContent } from '../partition/logContent.ts';
import { loadProducers } from './producerLoading.ts';
import { encodeProducers } from './producerSnapshot.ts';
import { dropSnapshotPast } from './producerSnapshotFiles.ts';
import { ProducerState, type RememberedBatch, type SequencedBatch } from './producerState.ts';
import { segmentPath } from '../segment/segmentFiles.ts';
import type { SegmentPlace } from '../segment/segmentPlace.ts';

/** A boot reads about so many bytes of a log at most; a log with smaller segments has a snapshot in each. */
const SNAPSHOT_EVERY_BYTES = 8 << 20;
/** A clean shutdown leaves a boot no more to read than this part of it. */
const LEFT_AT_CLEAN_STOP = 1 / 16;

export interface LogProducersParts {
  readonly place: SegmentPlace;
  readonly content: LogContent;
  readonly producersMax: number;
  /** Of the configuration as it is now. */
  readonly segmentBytesMax: () => number;
}

interface Snapshot {
  readonly endOffset: Offset;
  readonly bytes: Buffer;
  /** The log was cut below its end. */
  isVoid: boolean;
}

/**
 * The idempotent producers of one log, queued batches included, and their snapshots (safety.md, rule 15). A snapshot is
 * taken at the log end and written only once a line has passed it, so that a boot need not trust what lies past its
 * line; whoever raises the line past a cut has synced the removal of the snapshots that it made void.
 */
export class LogProducers {
  readonly #parts: LogProducersParts;
  #state: ProducerState;
  /** `#state` is that of the log; false from a cut until the rest is loaded, and for good if that fails. */
  #isKnown: boolean;
  #bytesSince = 0;
  /** Taken, not written yet. */
  #taken: Snapshot | undefined;
  #writing: Snapshot | undefined;
  #isDirectoryDirty = false;
  #saving: Promise<void> = Promise.resolve();

  constructor(parts: LogProducersParts) {
    this.#parts = parts;
    this.#state = new ProducerState(parts.producersMax);
    this.#isKnown = parts.content.end.offset === parts.content.logStart;
  }

  get isDirty(): boolean {
    return this.#isDirectoryDirty || this.#taken !== undefined;
  }

  /** See ProducerState.check. */
  check(batch: SequencedBatch): RememberedBatch | undefined {
    return this.#state.check(batch, this.#nowMs);
  }

  /** See ProducerState.remembered. */
  remembered(): ReturnType<ProducerState['remembered']> {
    return this.#state.remembered();
  }

  /** A batch is queued at `baseOffset`. */
  note(header: BatchHeader, baseOffset: Offset): void {
    if (header.producerId < 0) return;
    this.#state.note(header, baseOffset, this.#nowMs, this.#parts.content.end.offset);
  }

  /** `bytes` of batches are noted, up to the log end. */
  appended(bytes: number): void {
    this.#bytesSince += bytes;
    if (this.#taken === undefined && this.#bytesSince >= this.#everyBytes) this.#take();
  }

  /** Before the last line of a clean shutdown. */
  stopping(): void {
    if (this.#bytesSince >= this.#everyBytes * LEFT_AT_CLEAN_STOP) this.#take();
  }

  /** What was queued from `offset` on, not written yet, is not in the log. */
  lost(offset: Offset): void {
    this.#state.truncateTo(offset);
    this.#void(offset);
  }

  /** Of a log that is about to be cut: a snapshot must not outlive its batches. Throws what the storage throws. */
  cut(offset: Offset): void {
    this.#isKnown = false;
    this.#void(offset);
    const { place, content } = this.#parts;
    const last = content.segments.below(offset);
    if (last === undefined) return;
    if (dropSnapshotPast(place, last.baseOffset, offset)) this.#isDirectoryDirty = true;
  }

  /** From the newest snapshot and the batches past it: after a boot or a cut. Throws LogCorruptError, and what the storage throws. */
  async load(): Promise<void> {
    this.#isKnown = false;
    const { place, content, producersMax } = this.#parts;
    const loaded = await loadProducers(place, content, producersMax);
    this.#state = loaded.state;
    this.#bytesSince = loaded.bytesRead;
    this.#isKnown = true;
  }

  /** As load, of what a cut has left: where no producer was known there is none. */
  async loadRest(): Promise<void> {
    if (this.#state.size > 0) return await this.load();
    this.#isKnown = true;
  }

  /** Durably: what was cut stays so; a snapshot that ends at or below `lineEnd` is in its file. Throws CheckpointNotWritten. */
  save(lineEnd: Offset): Promise<void> {
    if (!this.isDirty) return this.#saving;
    const saved = this.#saving.then(async () => {
      try {
        await this.#save(lineEnd);
      } catch (error) {
        // The directory may have moved to the trash.
        if (!this.#parts.content.isClosed) throw error;
      }
    });
    // One at a time: they replace the same file.
    this.#saving = saved.catch(() => undefined);
    return saved;
  }

  async #save(lineEnd: Offset): Promise<void> {
    const { place, content } = this.#parts;
    if (content.isClosed) return;
    if (this.#isDirectoryDirty) {
      this.#isDirectoryDirty = false;
      await place.storage.syncDirectory(place.directory);
    }
    const snapshot = this.#taken;
    if (snapshot === undefined || snapshot.endOffset > lineEnd || content.isClosed) return;
    this.#taken = undefined;
    const segment = content.segments.below(snapshot.endOffset);
    if (segment !== undefined) await this.#write(snapshot, segment.baseOffset);
  }

  async #write(snapshot: Snapshot, base: Offset): Promise<void> {
    const { place, content } = this.#parts;
    const path = segmentPath(place.directory, base, '.producers');
    this.#writing = snapshot;
    try {
      await place.storage.replaceFile(path, snapshot.bytes);
    } catch (error) {
      if (!snapshot.isVoid) this.#taken ??= snapshot;
      throw new CheckpointNotWritten(error);
    } finally {
      this.#writing = undefined;
    }
    if (content.isClosed) return;
    const isWanted = !snapshot.isVoid && content.segments.get(base) !== undefined;
    if (isWanted || !place.storage.exists(path)) return;
    place.storage.unlink(path);
    this.#isDirectoryDirty = true;
  }

  #take(): void {
    // A boot would believe the snapshot of a log that failed in a cut rather than the batches.
    if (!this.#isKnown) return;
    const endOffset = this.#parts.content.logEnd;
    const producers = this.#state.remembered();
    const bytes = encodeProducers({ endOffset, producers }, this.#nowMs);
    this.#taken = { endOffset, bytes, isVoid: false };
    this.#bytesSince = 0;
  }

  #void(offset: Offset): void {
    if ((this.#taken?.endOffset ?? 0) > offset) this.#taken = undefined;
    if (this.#writing !== undefined && this.#writing.endOffset > offset)
      this.#writing.isVoid = true;
  }

  get #everyBytes(): number {
    return Math.min(SNAPSHOT_EVERY_BYTES, this.#parts.segmentBytesMax());
  }

  get #nowMs(): number {
    return this.#parts.place.clock.monotonicMs();
  }
}
