import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstToNotice, mutations } from './mutations.ts';

/** Most are noticed by the first seed: see docs/SIMULATION.md. */
const seeds = 200;

for (const mutation of mutations) {
  test(`the simulation notices that ${mutation.rule} is off`, async () => {
    const noticed = await firstToNotice(mutation, 1, seeds);
    assert.ok(noticed?.violation !== undefined, `${seeds} seeds do not notice`);
  });
}
