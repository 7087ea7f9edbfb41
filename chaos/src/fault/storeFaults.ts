/** Faults of the cluster store, which all brokers share: cluster.db. */
import { existsSync, renameSync, rmSync } from 'node:fs';
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

/**
 * Brokers that have it open keep their hold on the renamed file; one that starts meanwhile does not find it. What such
 * a one makes in its place must not stay: it is killed before the file comes back.
 */
export const storeGone: BeginFault = async ({ cluster }) => {
  const { storeFile, brokers } = cluster;
  const away = `${storeFile}.away`;
  if (existsSync(away)) throw new FaultSkipped('the store is away already');
  const sinceMs = performance.now();
  for (const suffix of FILES) {
    if (existsSync(storeFile + suffix)) renameSync(storeFile + suffix, away + suffix);
  }
  return {
    target: 'cluster.db',
    heal: async () => {
      const strayed = brokers.filter(({ startedMs }) => startedMs >= sinceMs);
      await Promise.all(strayed.map((broker) => broker.killAndHold()));
      for (const suffix of FILES) rmSync(storeFile + suffix, { force: true });
      for (const suffix of FILES) {
        if (existsSync(away + suffix)) renameSync(away + suffix, storeFile + suffix);
      }
      for (const broker of strayed) broker.letUp();
    },
  };
};
