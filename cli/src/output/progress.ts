/** A line on a terminal for transfers that take longer than a moment. */
import type { CommandContext, GlobalOptions } from '../commandContext.ts';

/** Shorter transfers show nothing. */
const SHOW_AFTER_MS = 1000;
const REFRESH_MS = 200;

export interface ProgressCount {
  readonly records: number;
  readonly bytes: number;
  /** Towards `total`, in its unit. */
  readonly done: number;
}

export interface Progress {
  stop(): void;
}

const NO_PROGRESS: Progress = { stop: () => {} };

/** `total`: of whatever `done` counts; undefined: not known. `count` is asked a few times a second. */
export function startProgress(
  context: CommandContext,
  options: GlobalOptions,
  total: number | undefined,
  count: () => ProgressCount,
): Progress {
  if (!options.progress || !context.stderrIsTerminal) return NO_PROGRESS;
  const startMs = context.nowMs();
  let stopped = false;
  let end = (): void => {};
  const timer = setTimeout(() => {
    void openBar(context, total, count, startMs).then((close) => {
      if (stopped) close();
      else end = close;
    });
  }, SHOW_AFTER_MS);
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      end();
    },
  };
}

async function openBar(
  context: CommandContext,
  total: number | undefined,
  count: () => ProgressCount,
  startMs: number,
): Promise<() => void> {
  const { default: cliProgress } = await import('cli-progress');
  const bar = new cliProgress.SingleBar({
    stream: process.stderr,
    format: total === undefined ? '{facts}' : '{bar} {percentage} %  {facts}',
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
    // Ctrl-C is ours: records are still to be flushed.
    gracefulExit: false,
  });
  const facts = (): { facts: string } => {
    const { records, bytes } = count();
    const seconds = Math.max((context.nowMs() - startMs) / 1000, 0.001);
    const rate = `${Math.round(records / seconds).toLocaleString('en')} records/s`;
    const megabytes = `${(bytes / 1e6 / seconds).toFixed(1)} MB/s`;
    return { facts: `${records.toLocaleString('en')} records  ${rate}  ${megabytes}` };
  };
  bar.start(total ?? 0, 0, facts());
  const timer = setInterval(
    () => bar.update(Math.min(count().done, total ?? 0), facts()),
    REFRESH_MS,
  );
  return () => {
    clearInterval(timer);
    bar.stop();
  };
}
