/** `millrace consume`: prints records of a topic as they come, until its range, count or reader ends. */
import type { ConsumedRecords } from '@millrace/client/consumedRecord';
import type { ConsumeOptions as ClientConsumeOptions } from '@millrace/client/consumeOptions';
import { type CommandContext, type GlobalOptions, withClient } from '../commandContext.ts';
import { type Progress, startProgress } from '../output/progress.ts';
import { type ConsumePlan, planConsume } from '../range/consumePlan.ts';
import { LATEST, type OffsetRange, parseOffsetOptions } from '../range/offsetRange.ts';
import type { PrintRecord } from '../record/formatString.ts';
import { type PrintOptions, recordPrinter } from '../record/recordPrinter.ts';
import { consumeGroup } from './consumeGroup.ts';

export interface ConsumeOptions extends GlobalOptions, PrintOptions {
  readonly output: 'text' | 'json';
  readonly offset?: readonly string[];
  readonly partition?: readonly number[];
  /** Records at most. */
  readonly count?: number;
  /** Stop at the end of the log. */
  readonly exit?: boolean;
  readonly group?: string;
  readonly instanceId?: string;
  /** Milliseconds. */
  readonly sessionTimeout?: number;
}

export async function consume(
  context: CommandContext,
  topic: string,
  options: ConsumeOptions,
): Promise<void> {
  if (options.group !== undefined) return consumeGroup(context, topic, options.group, options);
  const print = recordPrinter(options);
  const range = rangeOf(options, context.nowMs());
  await withClient(options, async (client) => {
    const { partition: partitions } = options;
    const plan = await planConsume(client.admin, { topic, partitions, range });
    noteMissing(context, topic, plan);
    const wanted = clientOptions(topic, plan, partitions);
    if (wanted === undefined || context.stop.aborted) return;
    const printing = new Printing(context, print, options.count);
    const progress = printing.showProgress(options, plannedRecords(plan));
    const consumption = client.consume(wanted);
    const close = (): void => consumption.close();
    context.stop.addEventListener('abort', close);
    try {
      for await (const batch of consumption.batches()) {
        if (!(await printing.add(batch))) break;
      }
    } finally {
      context.stop.removeEventListener('abort', close);
      progress.stop();
    }
  });
}

class Printing {
  readonly #context: CommandContext;
  readonly #print: PrintRecord;
  readonly #countMax: number;
  #printed = 0;
  #printedBytes = 0;

  constructor(context: CommandContext, print: PrintRecord, countMax: number | undefined) {
    this.#context = context;
    this.#print = print;
    this.#countMax = countMax ?? Number.POSITIVE_INFINITY;
  }

  /** False: that was enough. Throws BrokenPipeError once nobody reads. */
  async add({ records }: ConsumedRecords): Promise<boolean> {
    const { out, stop } = this.#context;
    for (const record of records) {
      if (stop.aborted) return false;
      this.#print(record, out.buffer);
      this.#printed += 1;
      this.#printedBytes += (record.key?.length ?? 0) + (record.value?.length ?? 0);
      if (out.buffer.full) await out.drained();
      if (this.#printed >= this.#countMax) return false;
    }
    await out.drained();
    return true;
  }

  /** Not where it would run into the records. */
  showProgress(options: GlobalOptions, planned: number | undefined): Progress {
    const progress = options.progress && !this.#context.stdoutIsTerminal;
    const total =
      planned === undefined && this.#countMax === Number.POSITIVE_INFINITY
        ? undefined
        : Math.min(planned ?? this.#countMax, this.#countMax);
    return startProgress(this.#context, { ...options, progress }, total, () => ({
      records: this.#printed,
      bytes: this.#printedBytes,
      done: this.#printed,
    }));
  }
}

function rangeOf(options: ConsumeOptions, nowMs: number): OffsetRange {
  const range = parseOffsetOptions(options.offset ?? [], nowMs);
  return options.exit === true && range.to === undefined ? { ...range, to: LATEST } : range;
}

/** undefined: there is nothing to read. */
function clientOptions(
  topic: string,
  plan: ConsumePlan,
  partitions: readonly number[] | undefined,
): ClientConsumeOptions | undefined {
  switch (plan.kind) {
    case 'follow':
      return { topic, partitions, from: plan.from };
    case 'follow-each': {
      const starts = [...plan.starts];
      return {
        topic,
        partitions: starts.map(([partition, offset]) => ({ partition, from: { offset } })),
      };
    }
    case 'bounded':
      if (plan.bounds.length === 0) return undefined;
      return {
        topic,
        partitions: plan.bounds.map(({ partition, from, to }) => ({
          partition,
          from: { offset: from },
          to: { offset: to },
        })),
      };
  }
}

/** At most: compaction leaves gaps. */
function plannedRecords(plan: ConsumePlan): number | undefined {
  if (plan.kind !== 'bounded') return undefined;
  return plan.bounds.reduce((total, { from, to }) => total + to - from, 0);
}

function noteMissing(context: CommandContext, topic: string, plan: ConsumePlan): void {
  if (plan.kind !== 'bounded') return;
  for (const { partition, from, to } of plan.missing) {
    const offsets = `offsets ${from} to ${to - 1}`;
    context.note(`millrace: ${topic} [${partition}] ${offsets} are gone by retention\n`);
  }
}
