import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import { systemClock } from '../../src/io/systemClock.ts';
import { systemRandom } from '../../src/io/systemRandom.ts';
import { MeasuredStore, type WriteResult } from '../../src/store/measuredStore.ts';
import { openSqliteStore } from '../../src/store/sqliteStore.ts';
import { clusterStoreConformance } from './clusterStoreConformance.ts';
import { BROKER_SPEC, withCode } from './storedExamples.ts';
import { temporaryDirectory } from './temporaryDirectory.ts';

it('every write is measured by its result, and no read', async () => {
  const directory = temporaryDirectory();
  const opened = { clock: systemClock, random: systemRandom };
  const results: WriteResult[] = [];
  const store = new MeasuredStore({
    store: await openSqliteStore(join(directory.path, 'cluster.db'), opened),
    clock: systemClock,
    onWritten: (result, durationMs) => {
      assert.ok(durationMs >= 0);
      results.push(result);
    },
  });
  const broker = { kind: 'Broker', name: '0', spec: BROKER_SPEC } as const;
  const [version = 0] = await store.create([broker]);
  await assert.rejects(store.create([broker]), withCode('CONFLICT'));
  await store.update([]);
  await store.get('Broker', '0');
  await store.list('Broker');
  await store.update([{ ...broker, expectedVersion: version }]);
  await store.writeLease({ holder: 'a', epoch: 1, renewals: 0 }, 0);
  await store.close();
  await assert.rejects(store.delete('Broker', '0', 1), withCode('STORE_UNAVAILABLE'));
  assert.deepEqual(results, ['ok', 'conflict', 'ok', 'ok', 'refused']);
  directory.remove();
});

clusterStoreConformance(
  'a store that is measured',
  { atomic: true, keepsUnknown: true },
  async () => {
    const directory = temporaryDirectory();
    const file = join(directory.path, 'cluster.db');
    const opened = { clock: systemClock, random: systemRandom, pollMs: 5 };
    const onWritten = () => {};
    return {
      open: async () =>
        new MeasuredStore({
          store: await openSqliteStore(file, opened),
          clock: systemClock,
          onWritten,
        }),
      remove: async () => directory.remove(),
    };
  },
);
