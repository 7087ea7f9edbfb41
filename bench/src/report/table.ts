/** The report as Markdown: a table of figures per workload, medians with their extremes, and ratios. Pure. */
import { type Figures, metricsOf, ratio, type Spread } from '../summary.ts';
import { type Workload, workloads } from '../workload.ts';
import type { Report } from './report.ts';

export function markdown(report: Report): string {
  const { settings } = report;
  const lines = [
    '# Benchmarks',
    '',
    'Written by `npm run bench` (`npm run bench -- --help` tells its options); do not edit.',
    '',
    'Medians, with the least and the greatest of the runs in brackets. Load and brokers share the machine. Peers run',
    'with their defaults. Latencies run from the intended send time. CPU is in seconds per GB of record values, memory',
    'the peak of one broker. "CPU elsewhere" is the share of the machine that went to what was not measured: above a',
    'tenth, measure again.',
    '',
    `Commit ${report.commit}, ${report.date}, ${report.machine}. ${settings.brokers} broker(s), replication factor`,
    `${settings.replicationFactor}, ${settings.runs} runs of ${settings.seconds} s after ${settings.warmupSeconds} s of warm-up, targets in turn.`,
    '',
    ...report.targets.map(({ name, description }) => `- **${name}**: ${description}`),
    '',
    '![chart](chart.svg)',
    '',
  ];
  for (const workload of workloads) {
    const rows = report.figures.filter((figures) => figures.workload === workload.name);
    if (rows.length > 0) lines.push(...section(workload, rows));
  }
  return `${lines.join('\n')}`;
}

function section(workload: Workload, rows: readonly Figures[]): string[] {
  const metrics = metricsOf(workload);
  const subject = rows.find(({ target, runs }) => target === 'millrace' && runs > 0);
  const others = rows.filter(({ target }) => target !== 'millrace');
  const head = [
    '',
    ...metrics.map(({ title }) => title),
    'brokers CPU s/GB',
    'load CPU s/GB',
    'MB a broker',
    'CPU elsewhere',
  ];
  const body = rows.map((row) => [
    row.target,
    ...metrics.map((metric) => (row.runs === 0 ? 'failed' : cell(metric.of(row)))),
    cell(row.brokersCpuSecondsPerGb),
    cell(row.processes.find(({ role }) => role === 'load')?.cpuSecondsPerGb),
    round(Math.max(...brokersOf(row).map(({ rssMbMax }) => rssMbMax))),
    `${Math.round(row.otherCpuShare.median * 100)} %`,
  ]);
  const lines = [`## ${workload.title}`, '', ...table([head, ...body]), ''];
  if (subject !== undefined && others.length > 0) {
    const ratios = others.map((other) => [
      other.target === 'ceiling' ? 'millrace, share of ceiling' : `millrace, times ${other.target}`,
      ...metrics.map((metric) => round(ratio(metric, subject, other))),
    ]);
    lines.push(...table([['', ...metrics.map(({ title }) => title)], ...ratios]), '');
  }
  for (const row of rows) {
    const said = Object.entries(row.selfReported).map(([name, value]) => `${name} ${round(value)}`);
    if (said.length > 0) lines.push(`${row.target} reports of itself: ${said.join(', ')}.`, '');
    if (row.error !== undefined) lines.push(`${row.target} failed: ${firstLine(row.error)}`, '');
  }
  return lines;
}

const brokersOf = ({ processes }: Figures) => processes.filter(({ role }) => role !== 'load');
const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';

function cell(spread: Spread | undefined): string {
  if (spread === undefined) return '';
  return `${round(spread.median)} (${round(spread.min)} to ${round(spread.max)})`;
}

/** Three digits are more than the spread allows to be compared. */
export function round(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return Number(value.toPrecision(value < 1 ? 2 : 3)).toString();
}

function table([head = [], ...body]: readonly string[][]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...body.map(line)];
}
