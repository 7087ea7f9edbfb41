import { join } from 'node:path';
import { systemClock } from '../../src/io/systemClock.ts';
import { systemRandom } from '../../src/io/systemRandom.ts';
import { openSqliteStore } from '../../src/store/sqliteStore.ts';
import { clusterStoreConformance } from './clusterStoreConformance.ts';
import { temporaryDirectory } from './temporaryDirectory.ts';

clusterStoreConformance('the SQLite store', { atomic: true, keepsUnknown: true }, async () => {
  const directory = temporaryDirectory();
  const path = join(directory.path, 'cluster.db');
  return {
    open: () => openSqliteStore(path, { clock: systemClock, random: systemRandom, pollMs: 5 }),
    remove: async () => directory.remove(),
  };
});
