/** What a scenario measured: one line of JSON in $E2E_RESULTS/notes.jsonl, from which the report is made. */
import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';

export interface ScenarioNote {
  readonly scenario: string;
  readonly acknowledged?: number;
  readonly failed?: number;
  readonly longestGapMs?: number;
  readonly gapMsMax?: number;
  /** Checkers that found something. */
  readonly wrong?: number;
  /** Other times, in milliseconds, by what they are of. */
  readonly timesMs?: Readonly<Record<string, number>>;
}

export const NOTES = 'notes.jsonl';

export function note(measured: ScenarioNote): void {
  const folder = process.env.E2E_RESULTS;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  appendFileSync(path.join(folder, NOTES), `${JSON.stringify(measured)}\n`);
}
