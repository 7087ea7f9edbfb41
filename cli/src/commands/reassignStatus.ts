/** `millrace reassign status`: what is under way and how far it is, once or until nothing is left. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CommandContext,
  type GlobalOptions,
  printJson,
  withClient,
} from '../commandContext.ts';
import { table } from '../output/table.ts';
import { CopySizes } from '../reassign/copySizes.ts';
import {
  type PartitionProgress,
  progressOf,
  type ProgressSum,
  ReassignmentWatch,
} from '../reassign/reassignmentProgress.ts';

const LOOK_MS = 500;

export interface StatusOptions extends GlobalOptions {
  readonly watch?: boolean;
}

export async function reassignStatus(
  context: CommandContext,
  options: StatusOptions,
): Promise<void> {
  if (options.watch === true) {
    await watch(context, options);
    return;
  }
  const now = await look(options);
  if (options.output === 'json') printJson(context, now);
  else if (now.length === 0) context.out.text('no reassignment is under way\n');
  else context.out.text(statusText(now));
}

async function look(options: GlobalOptions): Promise<PartitionProgress[]> {
  const pending = await withClient(options, ({ clusterAdmin }) => clusterAdmin.listReassignments());
  const topics = [...new Set(pending.map(({ topicName }) => topicName))];
  const sizes = await CopySizes.ask(options, topics);
  return pending.map((reassignment) => progressOf(reassignment, sizes));
}

/** A bar on a terminal; else a line, or with --output json an object in one, whenever something has changed. */
async function watch(context: CommandContext, options: GlobalOptions): Promise<void> {
  const watched = new ReassignmentWatch();
  const bar = options.progress && context.stderrIsTerminal ? await openBar() : undefined;
  let said = '';
  try {
    while (!context.stop.aborted) {
      const sum = watched.look(await look(options), performance.now());
      bar?.update(sum);
      const line = options.output === 'json' ? JSON.stringify(sum) : sumText(sum);
      const isLast = sum.partitionsLeft === 0;
      if (line !== said && (bar === undefined || isLast)) context.out.text(`${line}\n`);
      said = line;
      if (isLast) return;
      await sleep(LOOK_MS, undefined, { signal: context.stop }).catch(() => undefined);
    }
  } finally {
    bar?.close();
  }
}

async function openBar(): Promise<{ update(sum: ProgressSum): void; close(): void }> {
  const { default: cliProgress } = await import('cli-progress');
  const bar = new cliProgress.SingleBar({
    stream: process.stderr,
    format: '{bar} {percentage} %  ETA {eta_formatted}  {facts}',
    barsize: 30,
    etaBuffer: 20,
    hideCursor: true,
    clearOnComplete: true,
    gracefulExit: false,
  });
  bar.start(0, 0, { facts: '' });
  return {
    update: (sum) => {
      bar.setTotal(sum.bytesTotal);
      bar.update(sum.bytesCopied, { facts: sumText(sum) });
    },
    close: () => bar.stop(),
  };
}

function sumText(sum: ProgressSum): string {
  const { partitionsLeft, partitions, bytesCopied, bytesTotal, etaSeconds } = sum;
  if (partitions === 0) return 'no reassignment is under way';
  const done = `${partitions - partitionsLeft} of ${partitions} partitions done`;
  const eta = partitionsLeft === 0 || etaSeconds === null ? '' : `, about ${etaSeconds} s left`;
  return `${done}, ${bytesCopied} of ${bytesTotal} bytes copied${eta}`;
}

function statusText(now: readonly PartitionProgress[]): string {
  const rows = now.map((each) => [
    each.topicName,
    each.partition,
    each.replicas.join(','),
    each.wanted.join(','),
    each.adding.length === 0 ? '-' : each.adding.join(','),
    each.isr.join(','),
    each.bytesCopied,
    each.bytesTotal ?? 'unknown',
  ]);
  return table(
    ['TOPIC', 'PARTITION', 'FROM', 'TO', 'COPYING', 'ISR', 'BYTES-COPIED', 'BYTES'],
    rows,
  );
}
