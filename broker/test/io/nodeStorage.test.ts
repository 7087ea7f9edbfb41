import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeStorage } from '../../src/io/nodeStorage.ts';
import { describeStorage } from './storageConformance.ts';

describeStorage('the machine’s storage', () => {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-storage-'));
  return {
    storage: new NodeStorage(),
    directory,
    settle: (work) => work,
    remove: () => rm(directory, { recursive: true, force: true }),
  };
});
