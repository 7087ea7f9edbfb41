/** Files and standard input as chunks. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { addAbortSignal, type Readable } from 'node:stream';

/** The name of standard input among files. */
export const STDIN = '-';
const READ_BYTES = 256 * 1024;
const STDIN_FD = 0;

/** Bytes in all; undefined where one of them is a pipe or a terminal. Throws if a file is not there. */
export async function inputBytes(files: readonly string[]): Promise<number | undefined> {
  let total: number | undefined = 0;
  for (const file of files) {
    const facts = await stat(file === STDIN ? `/dev/fd/${STDIN_FD}` : file).catch(
      (thrown: unknown) => {
        if (file === STDIN) return undefined;
        throw thrown;
      },
    );
    if (facts?.isDirectory() === true) await readNothing(file);
    total = total === undefined || facts?.isFile() !== true ? undefined : total + facts.size;
  }
  return total;
}

/** Ends early, without an error, once `stop` is aborted. */
export async function* inputChunks(
  file: string,
  stdin: Readable,
  stop: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  if (stop.aborted) return;
  const stream = file === STDIN ? stdin : createReadStream(file, { highWaterMark: READ_BYTES });
  addAbortSignal(stop, stream);
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (thrown) {
    if (!stop.aborted) throw thrown;
  }
}

/** The error that reading it gives, before anything was sent. */
async function readNothing(directory: string): Promise<void> {
  for await (const _chunk of createReadStream(directory)) return;
}
