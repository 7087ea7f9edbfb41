/** The report as one SVG: for each metric a group of bars, one a target, scaled to the longest of the group. Pure. */
import { type Figures, type Metric, metricsOf } from '../summary.ts';
import { workloads } from '../workload.ts';
import type { Report } from './report.ts';
import { round } from './table.ts';

const WIDTH = 860;
const LABEL_WIDTH = 90;
const BAR_WIDTH_MAX = 560;
const BAR = 16;
const LINE = 20;
const colors: Readonly<Record<string, string>> = {
  millrace: '#0b7285',
  kafka: '#868e96',
  nats: '#adb5bd',
  'nats-sync': '#ced4da',
  ceiling: '#e9c46a',
};

export function chart(report: Report): string {
  const parts: string[] = [];
  let y = 10;
  for (const workload of workloads) {
    const rows = report.figures.filter(
      ({ workload: name, runs }) => name === workload.name && runs > 0,
    );
    // The third latency would only repeat the second on its own scale.
    for (const metric of rows.length === 0 ? [] : metricsOf(workload).slice(0, 2)) {
      parts.push(
        text(10, y + 14, `${workload.title}: ${metric.title}, ${metric.better} is better`, 600),
      );
      y += LINE + 4;
      parts.push(...bars(rows, metric, y));
      y += rows.length * LINE + 14;
    }
  }
  const frame = `xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}"`;
  const style = 'font-family="system-ui, sans-serif" font-size="12"';
  return `<svg ${frame} ${style}>\n<rect width="100%" height="100%" fill="#ffffff"/>\n${parts.join('\n')}\n</svg>\n`;
}

/** A thin line over each bar spans the runs. */
function bars(rows: readonly Figures[], metric: Metric, top: number): string[] {
  const longest = Math.max(...rows.map((row) => metric.of(row)?.max ?? 0));
  const width = (value: number) => Number(((value / (longest || 1)) * BAR_WIDTH_MAX).toFixed(1));
  return rows.flatMap((row, i) => {
    const spread = metric.of(row);
    if (spread === undefined) return [];
    const y = top + i * LINE;
    const middle = y + BAR / 2;
    const fill = colors[row.target] ?? '#495057';
    const from = LABEL_WIDTH + width(spread.min);
    const to = LABEL_WIDTH + width(spread.max);
    return [
      text(10, y + 12, row.target, 400),
      `<rect x="${LABEL_WIDTH}" y="${y}" width="${width(spread.median)}" height="${BAR}" fill="${fill}"/>`,
      `<path d="M${from} ${middle}H${to}" stroke="#212529" stroke-width="1.5"/>`,
      text(Math.max(to, LABEL_WIDTH + width(spread.median)) + 8, y + 12, round(spread.median), 400),
    ];
  });
}

function text(x: number, y: number, content: string, weight: number): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x}" y="${y}" font-weight="${weight}" fill="#212529">${escaped}</text>`;
}
