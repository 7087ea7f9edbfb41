/** A chaos run for people: chaos.md, and what is printed at the end. */
import type { ChaosSummary } from './summary.ts';

export function markdown(summary: ChaosSummary): string {
  const { operations, faults, leftOut, verdicts, failures } = summary;
  const wrong = verdicts.filter(({ count }) => count > 0);
  const isGood = wrong.length === 0 && failures.length === 0;
  return sections([
    '# Chaos run',
    `Written by \`${summary.command}\`; do not edit.`,
    `Commit ${summary.commit}, ${summary.date}, ${summary.machine}; ${summary.seconds} s.`,
    isGood
      ? '**Nothing was wrong.**'
      : `**Wrong: ${[...wrong.map(({ checker, count }) => `${checker} ${count}`), ...failures].join('; ')}**`,
    table(
      ['operations', ''],
      [
        ['records sent', operations.sent],
        ['acknowledged', operations.acknowledged],
        ['shown to consumers', operations.shown],
        ['starts of brokers', operations.brokerStarts],
        ['longest time without an acknowledgement, ms', summary.longestGapMs],
        ['all copies in sync after the last fault, ms', summary.healedAfterMs],
      ],
    ),
    '## Checkers',
    table(
      ['checker', 'counts', 'found'],
      verdicts.map(({ checker, meaning, count }) => [checker, meaning, count]),
    ),
    ...wrong.map(({ checker, examples }) => `${checker}:\n\n${list(examples)}`),
    failures.length === 0 ? '' : `The run as a whole:\n\n${list(failures)}`,
    '## Faults',
    'The gap is the longest time that one partition went without an acknowledgement while a fault of the kind was ' +
      'there, or at once after it; alone: of those that hit a whole cluster with no other fault. Where faults follow ' +
      'closely or overlap, two brokers may be down, and the gap counts for each of them.',
    table(
      ['fault', 'what', 'times', 'left out', 'longest gap alone, ms', 'longest gap, ms'],
      faults.map(({ kind, what, times, skipped, longestGapAloneMs, longestGapMs }) => [
        kind,
        what,
        times,
        skipped,
        longestGapAloneMs ?? '',
        longestGapMs,
      ]),
    ),
    list(Object.entries(leftOut).map(([kind, reason]) => `not possible here: ${kind}: ${reason}`)),
    '## What clients met',
    counts('Failed sends, by error and outcome', summary.sendErrors),
    counts('Readings that broke off and went on, by error', summary.readErrors),
    summary.latentDamage === 0
      ? ''
      : `Batches with a bit flipped by this run that their broker has not replaced: ${summary.latentDamage}.`,
    summary.ownExits.length === 0
      ? ''
      : `Brokers that ended by themselves:\n\n${list(summary.ownExits)}`,
  ]);
}

function sections(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function counts(what: string, numbers: Readonly<Record<string, number>>): string {
  const entries = Object.entries(numbers).toSorted(([, one], [, other]) => other - one);
  if (entries.length === 0) return `${what}: none.`;
  return `${what}: ${entries.map(([name, count]) => `${name} ${count}`).join('; ')}.`;
}

export function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

export function table(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  const numeric = (column: number): boolean => typeof rows[0]?.[column] === 'number';
  const rule = head.map((_, column) => (numeric(column) ? '---:' : '---'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}
