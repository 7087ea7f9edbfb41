/** `millrace group top`: on a terminal until it is told to end; elsewhere one look. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Millrace } from '@millrace/client/millrace';
import {
  type CommandContext,
  type GlobalOptions,
  printJson,
  withClient,
} from '../commandContext.ts';
import { lagJson } from '../group/lagTable.ts';
import { LagRates, type RatedGroup } from '../group/lagRates.ts';
import {
  sortedForTop,
  TOP_ORDERS,
  type TopFrame,
  type TopOrder,
  topText,
  verdictCounts,
} from '../group/topFrame.ts';
import { Screen } from '../output/screen.ts';

export interface TopOptions extends GlobalOptions {
  readonly interval: number;
  readonly sort: TopOrder;
  readonly rows?: number;
  readonly once?: boolean;
}

/** Brokers measure no more often. */
const INTERVAL_MS_MIN = 1000;
const CTRL_C = '\u0003';
/** Title, headings and what is left out. */
const OTHER_LINES = 5;

export async function groupTop(
  context: CommandContext,
  names: readonly string[],
  options: TopOptions,
): Promise<void> {
  const isLive = context.stdoutIsTerminal && options.once !== true && options.output !== 'json';
  await withClient(options, async (client) => {
    if (isLive) await live(context, client, names, options);
    else await once(context, client, names, options);
  });
}

async function look(client: Millrace, names: readonly string[]) {
  return await client.groupAdmin.describeLag({ groups: names, summary: true });
}

/** Two looks, so that there are rates. */
async function once(
  context: CommandContext,
  client: Millrace,
  names: readonly string[],
  options: TopOptions,
): Promise<void> {
  const rates = new LagRates();
  rates.rated(await look(client, names), performance.now());
  await sleep(INTERVAL_MS_MIN, undefined, { signal: context.stop }).catch(() => undefined);
  const groups = rates.rated(await look(client, names), performance.now());
  if (options.output === 'json') printJson(context, sortedForTop(groups, options.sort).map(json));
  else context.out.text(topText({ ...frameOf(groups, options), title: '' }));
}

function json(group: RatedGroup) {
  const { producedPerSecond, consumedPerSecond, ...lag } = group;
  return {
    ...lagJson(lag, 'summary'),
    producedPerSecond: producedPerSecond ?? null,
    consumedPerSecond: consumedPerSecond ?? null,
  };
}

function frameOf(groups: readonly RatedGroup[], options: TopOptions): Omit<TopFrame, 'title'> {
  const rowsMax = options.rows ?? Number.POSITIVE_INFINITY;
  return {
    groups,
    order: options.sort,
    rowsMax,
    columnsMax: Number.POSITIVE_INFINITY,
    colours: 'off',
  };
}

async function live(
  context: CommandContext,
  client: Millrace,
  names: readonly string[],
  options: TopOptions,
): Promise<void> {
  const screen = new Screen(context);
  const rates = new LagRates();
  let order = options.sort;
  let groups: readonly RatedGroup[] = [];
  let trouble = '';
  const ended = new AbortController();
  const end = AbortSignal.any([context.stop, ended.signal]);
  const aborted = new Promise<void>((resolve) => {
    end.addEventListener('abort', () => resolve(), { once: true });
  });
  const show = (): void => {
    const { columns, rows } = context.terminalSize();
    const time = new Date(context.nowMs()).toISOString().slice(11, 19);
    const title = `${time}  ${verdictCounts(groups)}  by ${order}  (s sorts, q ends)${trouble}`;
    const rowsMax = Math.min(options.rows ?? rows, Math.max(1, rows - OTHER_LINES));
    const frame = { ...frameOf(groups, options), order, rowsMax, columnsMax: columns };
    screen.show(topText({ ...frame, colours: 'on', title }));
  };
  screen.onKey((key) => {
    if (key === 'q' || key === CTRL_C) ended.abort();
    if (key !== 's') return;
    order = TOP_ORDERS[(TOP_ORDERS.indexOf(order) + 1) % TOP_ORDERS.length] ?? order;
    show();
  });
  try {
    while (!end.aborted) {
      try {
        // A broker that does not answer must not hold up who wants to leave.
        const looked = await Promise.race([look(client, names), aborted]);
        if (looked === undefined) return;
        groups = rates.rated(looked, performance.now());
        trouble = '';
      } catch (error) {
        // A broker that is gone for a moment is no reason to end; what is shown is old then.
        trouble = `  ${error instanceof Error ? error.message : String(error)}`;
      }
      show();
      const pauseMs = Math.max(INTERVAL_MS_MIN, options.interval);
      await sleep(pauseMs, undefined, { signal: end }).catch(() => undefined);
    }
  } finally {
    screen.close();
  }
}
