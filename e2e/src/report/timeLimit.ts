/** Times that are promised. On a machine that does much else they say nothing: E2E_LIMITS=note only writes them down. */
import assert from 'node:assert/strict';

const isEnforced = process.env.E2E_LIMITS !== 'note';

export function assertWithin(what: string, ms: number, msMax: number): void {
  const sentence = `${what}: ${Math.round(ms)} ms, ${msMax} are allowed`;
  if (isEnforced) assert.ok(ms <= msMax, sentence);
  else if (ms > msMax) console.log(`over its limit: ${sentence}`);
}
