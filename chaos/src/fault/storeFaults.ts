/** Faults of the cluster store, which all brokers share: cluster.db. */
import { existsSync, renameSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseSync } from 'node:sqlite';
import { type BeginFault, FaultSkipped } from './fault.ts';

const FILES = ['', '-wal', '-shm'];
const LOCK_ATTEMPTS = 200;
const LOCK_RETRY_MS = 5;

/** No broker can write to it; reading goes on. */
export const storeLocked: BeginFault = async ({ cluster }) => {
  const store = new DatabaseSync(cluster.storeFile);
  for (let attempt = 1; ; attempt++) {
    try {
      store.exec('BEGIN IMMEDIATE');
      break;
    } catch (error) {
      if (attempt < LOCK_ATTEMPTS) {
        await delay(LOCK_RETRY_MS);
        continue;
      }
      store.close();
      throw new FaultSkipped(`the store can't be locked: ${String(error)}`);
    }
  }
  return {
    target: 'cluster.db',
    heal: async () => {
      store.exec('ROLLBACK');
      store.close();
    },
  };
};

/** Brokers that have it open keep their hold on the renamed file; one that starts meanwhile finds none, and waits for it. */
export const storeGone: BeginFault = async ({ cluster }) => {
  const { storeFile } = cluster;
  const away = `${storeFile}.away`;
  if (existsSync(away)) throw new FaultSkipped('the store is away already');
  const files = FILES.filter((suffix) => existsSync(storeFile + suffix));
  for (const suffix of files) renameSync(storeFile + suffix, away + suffix);
  return {
    target: 'cluster.db',
    heal: async () => {
      if (existsSync(storeFile)) throw new Error('a broker made another cluster.db');
      for (const suffix of files) renameSync(away + suffix, storeFile + suffix);
    },
  };
};
