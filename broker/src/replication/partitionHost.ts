import type { BootId, BrokerId } from '@millrace/core/ids';
import type { Clock } from '../io/clock.ts';
import type { Logger } from '../io/logger.ts';
import type { LogDirectory } from '../log/directory/logDirectory.ts';
import type { ReplicationRulesOff } from './replicationRules.ts';

/** What a broker lends to each of its partitions. */
export interface PartitionHost {
  readonly brokerId: BrokerId;
  readonly bootId: BootId;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly directory: LogDirectory;
  /** A follower that is behind for longer leaves the ISR. */
  readonly replicaLagMsMax: number;
  readonly rulesOff: ReplicationRulesOff;
}
