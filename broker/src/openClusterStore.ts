/**
 * The cluster store at a boot. The first broker of a new cluster founds it; nobody makes another in its place. A broker
 * that knows its cluster goes on without it while it is out of reach (safety.md, rule 19).
 */
import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import type { ClusterId } from '@millrace/core/ids';
import type { ClusterStoreSource } from './clusterStoreSource.ts';
import { SKIP_AFTER_REWIND } from './controller/producerIds.ts';
import { allEngineRules, type EngineRulesOff } from './engine/engineRules.ts';
import { checkCluster, joinCluster, mayPass } from './engine/joinCluster.ts';
import type { Clock } from './io/clock.ts';
import type { Logger } from './io/logger.ts';
import type { Random } from './io/random.ts';
import type { ClusterStore } from './store/clusterStore.ts';
import { LateStore } from './store/lateStore.ts';

export interface ClusterStoreOptions {
  readonly source: ClusterStoreSource;
  /** From the data directory; undefined: it is new. */
  readonly known: ClusterId | undefined;
  /** It could be opened at last, and is of another cluster or of another kind. */
  readonly onRefused: (error: Error) => void;
  readonly rulesOff: EngineRulesOff | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

export interface JoinedStore {
  readonly store: ClusterStore;
  readonly clusterId: ClusterId;
}

const RETRY_MS = 1000;

/** Rejects as the source does, and with INVALID_CONFIG; of a known cluster only where trying again is no use. */
export async function openClusterStore(options: ClusterStoreOptions): Promise<JoinedStore> {
  const { source, known, clock, logger, onRefused } = options;
  const rulesOff = options.rulesOff ?? allEngineRules;
  checkSame(known, source);
  // Without its own data nothing says which cluster it is of, nor what it could follow from.
  if (known === undefined) return await firstJoin(options);
  const open = async (): Promise<ClusterStore> => {
    const store = await source.open('member');
    try {
      await checkCluster(store, known);
      return store;
    } catch (error) {
      await store.close();
      throw error;
    }
  };
  try {
    return await joined(await open(), known, options);
  } catch (thrown) {
    const cause = toMillraceError(thrown);
    if (!mayPass(cause) || rulesOff.has('boot-from-image')) throw cause;
    logger.error(
      'the cluster store is out of reach; this broker goes on without it, leads nothing, and tries again. ' +
        'If it is a file that is lost, put a backup of it in its place',
      { store: source.name, cause: cause.message },
    );
    const store = new LateStore({
      open,
      cause,
      mayPass,
      onRefused,
      clock,
      logger,
      retryMs: RETRY_MS,
    });
    return { store, clusterId: known };
  }
}

async function firstJoin(options: ClusterStoreOptions): Promise<JoinedStore> {
  const { source, clock, logger } = options;
  let told = '';
  for (;;) {
    try {
      return await joined(await source.open('new'), source.clusterId, options);
    } catch (thrown) {
      const cause = toMillraceError(thrown);
      if (!source.isWaitedFor || !mayPass(cause)) throw cause;
      const { message } = cause;
      if (message !== told) logger.warn('waiting for the cluster store', { cause: message });
      told = message;
      await new Promise<void>((resolve) => clock.setTimer(RETRY_MS, resolve));
    }
  }
}

async function joined(
  store: ClusterStore,
  known: ClusterId | undefined,
  { random, source, known: ofData }: ClusterStoreOptions,
): Promise<JoinedStore> {
  const isMember = ofData !== undefined;
  try {
    // Who has data was in the cluster before: if the store has it no more, it has lost it.
    const next = isMember ? SKIP_AFTER_REWIND : 0;
    const clusterId = await joinCluster(store, known, random, next);
    checkSame(clusterId, source);
    return { store, clusterId };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Throws INVALID_CONFIG. */
function checkSame(clusterId: ClusterId | undefined, source: ClusterStoreSource): void {
  const told = source.clusterId;
  if (clusterId === undefined || told === undefined || clusterId === told) return;
  throw notOurs(clusterId, told);
}

function notOurs(clusterId: ClusterId, told: ClusterId): MillraceError {
  return millraceError(
    'INVALID_CONFIG',
    `the configuration names cluster ${told}, the data or the cluster store are of ${clusterId}`,
  );
}
