/** What a run with many partitions found: scale.json and scale.md. */
import type { Flags } from '../flags.ts';
import { table } from '../report/markdown.ts';
import { commitOf, machine } from '../report/summary.ts';
import type { ScaleOutcome } from './scale.ts';

export interface ScaleSummary extends ScaleOutcome {
  readonly commit: string;
  readonly date: string;
  readonly machine: string;
  readonly brokers: number;
  readonly partitions: number;
}

export function summarizeScale(flags: Flags, outcome: ScaleOutcome): ScaleSummary {
  const { brokers, partitions } = flags;
  const date = new Date().toISOString();
  return {
    commit: commitOf(import.meta.dirname),
    date,
    machine: machine(),
    brokers,
    partitions,
    ...outcome,
  };
}

export function scaleMarkdown(summary: ScaleSummary): string {
  const { brokers, partitions, createMs, idle, rounds } = summary;
  const mib = (bytes: number): number => Math.round(bytes / 2 ** 20);
  const parts = [
    `# ${partitions} partitions`,
    `Written by \`npm run chaos -- --scale ${rounds.length} --partitions ${partitions} --brokers ${brokers}\`; do not edit.`,
    `Commit ${summary.commit}, ${summary.date}, ${summary.machine}. ${brokers} brokers, ${partitions} partitions with ` +
      `${Math.min(3, brokers)} replicas each, without load; created in ${Math.round(createMs / 1000)} s.`,
    table(
      ['idle broker', 'CPU, % of a core', 'memory, MiB'],
      idle.map(({ brokerId, cpuPercent, residentBytes }) => [
        brokerId,
        cpuPercent.toFixed(1),
        mib(residentBytes),
      ]),
    ),
    table(
      ['kill -9', 'all led again, ms', 'event loop p99, ms', 'max, ms', 'back and all in sync, ms'],
      rounds.map(({ wasController, ledAgainMs, loopLagP99Ms, loopLagMaxMs, inSyncMs }) => [
        wasController ? 'the controller' : 'another broker',
        Math.round(ledAgainMs),
        Math.round(loopLagP99Ms),
        Math.round(loopLagMaxMs),
        Math.round(inSyncMs),
      ]),
    ),
  ];
  return `${parts.join('\n\n')}\n`;
}
