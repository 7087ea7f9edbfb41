/**
 * `millrace produce`: reads as fast as records are taken, holds a bounded number of them, and accounts for each. Reading
 * ends with the input, at -c, at the first failure or when told to stop; what was read by then is waited for.
 */
import type { Millrace } from '@millrace/client/millrace';
import type { Producer } from '@millrace/client/producer';
import { type CommandContext, type GlobalOptions, withClient } from '../commandContext.ts';
import { type ProgressCount, startProgress } from '../output/progress.ts';
import { parseEscapes } from '../record/escapes.ts';
import { RecordSplitter } from '../record/recordSplitter.ts';
import { UsageError } from '../usageError.ts';
import { inputBytes, inputChunks, STDIN } from './inputChunks.ts';
import { ProduceOutcome } from './produceOutcome.ts';
import { type RecordOptions, type RecordReader, recordReader } from './recordReader.ts';

export interface ProduceOptions extends GlobalOptions, RecordOptions {
  readonly compression: 'none' | 'gzip' | 'zstd';
  readonly delimiter: string;
  /** Records at most. */
  readonly count?: number;
  readonly acks: 'none' | 'leader' | 'all';
  /** False with --no-idempotence. */
  readonly idempotence: boolean;
  readonly receipts?: boolean;
}

export interface ProduceTarget {
  readonly topic: string;
  /** None: standard input. */
  readonly files: readonly string[];
}

/** Far above any topic's batchBytesMax, far below memory: input without delimiters is refused, not swallowed. */
const RECORD_BYTES_MAX = 64 * 1024 * 1024;

export async function produce(
  context: CommandContext,
  { topic, files }: ProduceTarget,
  options: ProduceOptions,
): Promise<void> {
  const delimiter = parseEscapes(options.delimiter);
  if (delimiter.length === 0) throw new UsageError('-D wants at least one character');
  if (options.receipts === true && options.acks === 'none') {
    throw new UsageError('--receipts wants --acks leader or all: without, offsets are not known');
  }
  const reader = recordReader(topic, options);
  const inputs = files.length === 0 ? [STDIN] : files;
  // A file that is not there is reported before anything is sent.
  const totalBytes = await inputBytes(inputs);
  const transfer = new Transfer(context, options, { reader, delimiter });
  await withClient(options, async (client) => {
    const progress = startProgress(context, options, totalBytes, () => transfer.progress());
    try {
      await transfer.run(client, inputs);
    } finally {
      progress.stop();
    }
  });
  if (options.output === 'json' && options.receipts !== true) {
    context.out.text(`${JSON.stringify({ topic, records: transfer.progress().records })}\n`);
  }
}

interface InputFormat {
  readonly reader: RecordReader;
  readonly delimiter: Buffer;
}

class Transfer {
  readonly #context: CommandContext;
  readonly #options: ProduceOptions;
  readonly #format: InputFormat;
  readonly #outcome: ProduceOutcome;
  /** Ends the reading. */
  readonly #enough = new AbortController();
  readonly #countMax: number;
  #sent = 0;
  #readBytes = 0;

  constructor(context: CommandContext, options: ProduceOptions, format: InputFormat) {
    this.#context = context;
    this.#options = options;
    this.#format = format;
    const receipts = options.receipts === true ? options.output : 'none';
    this.#outcome = new ProduceOutcome(context.out.buffer, receipts);
    this.#countMax = options.count ?? Number.POSITIVE_INFINITY;
  }

  progress(): ProgressCount {
    return { records: this.#outcome.acknowledged, bytes: this.#readBytes, done: this.#readBytes };
  }

  /** Throws the first failure, once all that was sent is accounted for. */
  async run(client: Millrace, inputs: readonly string[]): Promise<void> {
    const { acks, idempotence, compression, timeout } = this.#options;
    const producer = client.producer({
      acks,
      idempotence: idempotence && acks === 'all',
      compression,
      deliveryTimeoutMs: timeout,
      onBatch: (delivery) => {
        this.#outcome.add(delivery);
        if (this.#outcome.failed) this.#enough.abort();
        // A receipt leaves when it is known, not when the next chunk is read. A failed write aborts by itself.
        else this.#context.out.leave();
      },
    });
    const reading = AbortSignal.any([this.#context.stop, this.#enough.signal]);
    const failures: unknown[] = [];
    const failed = (thrown: unknown): void => void failures.push(thrown);
    for (const input of inputs) {
      await this.#sendInput(producer, input, reading).catch(failed);
      if (failures.length > 0) break;
    }
    await producer.close().catch(failed);
    const failure: unknown = this.#outcome.error() ?? failures[0];
    if (failure !== undefined) throw failure;
  }

  async #sendInput(producer: Producer, input: string, reading: AbortSignal): Promise<void> {
    const splitter = new RecordSplitter(this.#format.delimiter, RECORD_BYTES_MAX);
    let line = 0;
    const place = (): string => `${input === STDIN ? 'stdin' : input}:${line}`;
    const { stdin } = this.#context;
    for await (const chunk of inputChunks(input, stdin, reading)) {
      for (const piece of splitter.push(chunk)) {
        line++;
        if (!this.#send(producer, this.#format.reader(piece, place))) await producer.ready();
        if (reading.aborted) return;
      }
      this.#readBytes += chunk.length;
      await this.#context.out.drained();
    }
    // A record whose end was never read is not a record when reading was cut short.
    const last = reading.aborted ? undefined : splitter.end();
    line++;
    if (last !== undefined) this.#send(producer, this.#format.reader(last, place));
  }

  /** False: the producer holds as much as it may. */
  #send(producer: Producer, record: Parameters<Producer['append']>[0]): boolean {
    const room = producer.append(record);
    this.#sent++;
    if (this.#sent >= this.#countMax) this.#enough.abort();
    return room;
  }
}
