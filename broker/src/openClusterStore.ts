/**
 * The embedded cluster store at a boot. The first broker of a new cluster makes it; nobody makes another in its place. A
 * broker that knows its cluster goes on without it while it is out of reach (safety.md, rule 19).
 */
import { toMillraceError } from '@millrace/core/errors';
import type { ClusterId } from '@millrace/core/ids';
import { allEngineRules, type EngineRulesOff } from './engine/engineRules.ts';
import { checkCluster, joinCluster, mayPass } from './engine/joinCluster.ts';
import type { Clock } from './io/clock.ts';
import type { Logger } from './io/logger.ts';
import type { Random } from './io/random.ts';
import type { ClusterStore } from './store/clusterStore.ts';
import { LateStore } from './store/lateStore.ts';
import { openSqliteStore } from './store/sqliteStore.ts';

export interface ClusterStoreOptions {
  readonly path: string;
  /** From the data directory; undefined: it is new. */
  readonly known: ClusterId | undefined;
  /** The cluster of this store exists: a file that is missing is lost, or elsewhere at the moment. */
  readonly isFounded: boolean;
  /** It could be opened at last, and is of another cluster or of another kind. */
  readonly onRefused: (error: Error) => void;
  readonly rulesOff: EngineRulesOff | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** A broker that knows its cluster does not wait longer for locks than this. */
const OPEN_BUSY_MS_MAX = 2000;
const RETRY_MS = 1000;

/** Rejects as openSqliteStore does; of a known cluster only where trying again is no use. */
export async function openClusterStore(
  options: ClusterStoreOptions,
): Promise<{ readonly store: ClusterStore; readonly clusterId: ClusterId }> {
  const { path, known, random, clock, logger, onRefused } = options;
  const rulesOff = options.rulesOff ?? allEngineRules;
  // Without its own data nothing says which cluster it is of, nor what it could follow from.
  if (known === undefined) {
    const create = options.isFounded ? 'never' : 'if-absent';
    const store = await openSqliteStore(path, { clock, random, create });
    return { store, clusterId: await joined(store, undefined, random) };
  }
  const open = async (): Promise<ClusterStore> => {
    const store = await openSqliteStore(path, {
      clock,
      random,
      create: 'never',
      openBusyMsMax: OPEN_BUSY_MS_MAX,
    });
    try {
      await checkCluster(store, known);
      return store;
    } catch (error) {
      await store.close();
      throw error;
    }
  };
  try {
    const store = await open();
    return { store, clusterId: await joined(store, known, random) };
  } catch (thrown) {
    const cause = toMillraceError(thrown);
    if (!mayPass(cause) || rulesOff.has('boot-from-image')) throw cause;
    logger.error(
      'the cluster store is out of reach; this broker goes on without it, leads nothing, and tries again. ' +
        'If the file is lost, put a backup of it in its place',
      { path, cause: cause.message },
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

async function joined(
  store: ClusterStore,
  known: ClusterId | undefined,
  random: Random,
): Promise<ClusterId> {
  try {
    return await joinCluster(store, known, random);
  } catch (error) {
    await store.close();
    throw error;
  }
}
