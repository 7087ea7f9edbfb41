/** Which cluster store this broker stands on, and how it is opened. */
import path from 'node:path';
import type { ClusterId } from '@millrace/core/ids';
import type { Clock } from './io/clock.ts';
import type { Logger } from './io/logger.ts';
import type { Random } from './io/random.ts';
import type { ClusterStore } from './store/clusterStore.ts';
import type { TopicDeclarations } from './store/topicDeclarations.ts';
import { openSqliteStore } from './store/sqliteStore.ts';

export interface ClusterStoreSource {
  /** For diagnostics. */
  readonly name: string;
  /** As the operator says; undefined: as the store does. */
  readonly clusterId: ClusterId | undefined;
  /** A broker without data waits for it as long as it takes, instead of giving up. */
  readonly isWaitedFor: boolean;
  /** `new`: by a broker that has no data yet, which may found the cluster. */
  open(by: 'new' | 'member'): Promise<ClusterStore>;
  /** Topics where the operator makes their partitions, on connections of their own; undefined: the controller does. */
  declarations(): TopicDeclarations | undefined;
}

/** A broker that knows its cluster does not wait longer for locks than this. */
const OPEN_BUSY_MS_MAX = 2000;

export interface SourceParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** `isFounded`: the cluster of this directory exists, a file that is missing is lost, or elsewhere at the moment. */
export function embeddedSource(
  root: string,
  isFounded: boolean,
  { clock, random }: SourceParts,
): ClusterStoreSource {
  const file = path.join(root, 'cluster.db');
  const options = { clock, random };
  return {
    name: file,
    clusterId: undefined,
    isWaitedFor: false,
    declarations: () => undefined,
    open: (by) =>
      by === 'new'
        ? openSqliteStore(file, { ...options, create: isFounded ? 'never' : 'if-absent' })
        : openSqliteStore(file, {
            ...options,
            create: 'never',
            openBusyMsMax: OPEN_BUSY_MS_MAX,
          }),
  };
}
