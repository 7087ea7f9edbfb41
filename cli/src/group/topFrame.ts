/** What `group top` shows at one moment: pure, lines of text that fit the terminal. */
import { LAG_VERDICTS, type LagVerdict } from '@millrace/core/lag/lagVerdict';
import { table } from '../output/table.ts';
import { durationText } from './duration.ts';
import { recordsOf, timeOf } from './lagTable.ts';
import type { RatedGroup } from './lagRates.ts';

export const TOP_ORDERS = ['lag', 'verdict', 'rate', 'name'] as const;
export type TopOrder = (typeof TOP_ORDERS)[number];

const ESCAPE = '\u001b[';
const COLOURS: Readonly<Partial<Record<LagVerdict, number>>> = {
  WARN: 33,
  REWIND: 35,
  STALL: 31,
  STOP: 31,
};

export interface TopFrame {
  readonly groups: readonly RatedGroup[];
  readonly order: TopOrder;
  /** Groups at most. */
  readonly rowsMax: number;
  /** Characters of a line at most. */
  readonly columnsMax: number;
  readonly colours: 'on' | 'off';
  /** The first line; empty: none. */
  readonly title: string;
}

export function sortedForTop(groups: readonly RatedGroup[], order: TopOrder): RatedGroup[] {
  const rate = (group: RatedGroup): number => group.consumedPerSecond ?? -1;
  const badness = (group: RatedGroup): number => LAG_VERDICTS.indexOf(group.verdict);
  const byName = (left: RatedGroup, right: RatedGroup): number =>
    left.group === right.group ? 0 : left.group < right.group ? -1 : 1;
  return [...groups].sort((left, right) => {
    if (order === 'verdict' && badness(left) !== badness(right)) {
      return badness(right) - badness(left);
    }
    if (order === 'rate' && rate(left) !== rate(right)) return rate(right) - rate(left);
    if (order !== 'name' && left.records !== right.records) return right.records - left.records;
    return byName(left, right);
  });
}

/** Ends in a newline. */
export function topText(frame: TopFrame): string {
  const { groups, order, rowsMax, columnsMax, colours, title } = frame;
  const shown = sortedForTop(groups, order).slice(0, rowsMax);
  const rows = shown.map((group) => [
    group.group,
    group.condition,
    group.members,
    recordsOf(group),
    timeOf(group),
    rateText(group.producedPerSecond),
    rateText(group.consumedPerSecond),
    catchUpText(group),
    group.verdict,
  ]);
  const lines = table(
    ['GROUP', 'STATE', 'MEMBERS', 'LAG', 'OLDEST', 'IN/S', 'OUT/S', 'DONE-IN', 'VERDICT'],
    rows,
  )
    .trimEnd()
    .split('\n')
    .map((line, at) => {
      const cut = line.slice(0, columnsMax);
      return colours === 'on' ? coloured(cut, shown[at - 1]?.verdict) : cut;
    });
  const more = groups.length - shown.length;
  if (more > 0) lines.push(`and ${more} more`);
  if (title !== '') lines.unshift(title.slice(0, columnsMax), '');
  return `${lines.join('\n')}\n`;
}

/** `3 groups: 1 STALL, 2 OK`. */
export function verdictCounts(groups: readonly RatedGroup[]): string {
  const counts = LAG_VERDICTS.toReversed().flatMap((verdict) => {
    const count = groups.filter((group) => group.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${verdict}`];
  });
  return `${groups.length} groups${counts.length === 0 ? '' : `: ${counts.join(', ')}`}`;
}

function rateText(perSecond: number | undefined): string {
  if (perSecond === undefined) return '-';
  return perSecond < 10 ? perSecond.toFixed(1) : String(Math.round(perSecond));
}

/** At the rates of the moment; `-`: never, or not known. */
function catchUpText({ records, producedPerSecond, consumedPerSecond }: RatedGroup): string {
  if (records === 0) return 'now';
  const gain = (consumedPerSecond ?? 0) - (producedPerSecond ?? 0);
  return gain <= 0 ? '-' : durationText((records / gain) * 1000);
}

function coloured(line: string, verdict: LagVerdict | undefined): string {
  const colour = verdict === undefined ? undefined : COLOURS[verdict];
  return colour === undefined ? line : `${ESCAPE}${colour}m${line}${ESCAPE}0m`;
}
