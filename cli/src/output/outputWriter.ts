/**
 * Standard output through the thread pool: a slow reader never stops the event loop, which has heartbeats to answer.
 * One write is in flight while the next chunk fills; `drained` makes the caller wait when both are full, so memory is
 * bounded. A reader that went away surfaces as BrokenPipeError.
 */
import { write } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { OutputBuffer } from './outputBuffer.ts';

const writeFd = promisify(write);
const RETRY_MS = 5;

/** Nobody reads the output any more (`| head`): not an error, but no reason to go on. */
export class BrokenPipeError extends Error {
  override readonly name = 'BrokenPipeError';
}

export class OutputWriter {
  readonly buffer = new OutputBuffer();
  readonly #fd: number;
  #inFlight: Promise<void> | undefined;
  #failure: Error | undefined;
  #flushScheduled = false;
  readonly #onFailure: (failure: Error) => void;

  /** `onFailure` hears at once of a failed write, while the caller may be waiting for something else. */
  constructor(fd: number, onFailure: (failure: Error) => void) {
    this.#fd = fd;
    this.#onFailure = onFailure;
  }

  text(text: string): void {
    this.buffer.text(text);
    this.#flushSoon();
  }

  /** What is buffered leaves without anybody waiting for it; of a failed write only `onFailure` hears. */
  leave(): void {
    if (this.#failure !== undefined) return;
    if (this.buffer.full && this.#inFlight === undefined) this.#start();
    else this.#flushSoon();
  }

  /**
   * To be awaited after each piece of output, if it is not undefined: resolves once there is room again. What is
   * buffered leaves at the end of the tick. Throws the error of an earlier write.
   */
  drained(): Promise<void> | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    if (!this.buffer.full) {
      this.#flushSoon();
      return undefined;
    }
    const before = this.#inFlight;
    if (before === undefined) {
      this.#start();
      return undefined;
    }
    return before.then(() => {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#inFlight === undefined) this.#start();
    });
  }

  /** Resolves when all is written. */
  async end(): Promise<void> {
    while (
      this.#failure === undefined &&
      (this.#inFlight !== undefined || this.buffer.length > 0)
    ) {
      if (this.#inFlight === undefined) this.#start();
      await this.#inFlight;
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  #flushSoon(): void {
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    setImmediate(() => {
      this.#flushScheduled = false;
      if (this.#inFlight === undefined && this.#failure === undefined) this.#start();
    });
  }

  #start(): void {
    if (this.buffer.length === 0) return;
    const chunk = this.buffer.take();
    this.#inFlight = this.#writeWhole(chunk).then(
      () => {
        this.buffer.giveBack(chunk);
        this.#inFlight = undefined;
        // What came meanwhile must not wait for more to come.
        if (this.buffer.length > 0) this.#flushSoon();
      },
      (thrown: unknown) => {
        this.#inFlight = undefined;
        this.#failure = writeFailure(thrown);
        this.#onFailure(this.#failure);
      },
    );
  }

  async #writeWhole(bytes: Buffer): Promise<void> {
    let at = 0;
    while (at < bytes.length) {
      try {
        at += (await writeFd(this.#fd, bytes, at, bytes.length - at, null)).bytesWritten;
      } catch (thrown) {
        // Somebody made the pipe non-blocking; the reader is slow.
        if (errorCode(thrown) !== 'EAGAIN') throw thrown;
        await delay(RETRY_MS);
      }
    }
  }
}

function writeFailure(thrown: unknown): Error {
  if (errorCode(thrown) === 'EPIPE') {
    return new BrokenPipeError('nobody reads the output', { cause: thrown });
  }
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

function errorCode(thrown: unknown): unknown {
  return thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
}
