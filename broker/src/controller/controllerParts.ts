/** What the controller stands on. */
import type { BootId, BrokerId, ClusterId } from '@millrace/core/ids';
import type { PeerAddress, PeerTransport } from '../cluster/peerTransport.ts';
import type { Clock } from '../io/clock.ts';
import type { Logger } from '../io/logger.ts';
import type { Random } from '../io/random.ts';
import type { ClusterStore } from '../store/clusterStore.ts';
import type { TopicDeclarations } from '../store/topicDeclarations.ts';
import type { ControllerConfig } from './controllerConfig.ts';
import type { ControllerRulesOff } from './controllerRules.ts';

export interface ControllerParts {
  readonly brokerId: BrokerId;
  readonly bootId: BootId;
  readonly clusterId: ClusterId;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly store: ClusterStore;
  /** Where the operator makes partitions of topics; undefined: the controller does. */
  readonly declarations?: TopicDeclarations | undefined;
  readonly transport: Pick<PeerTransport, 'probe'>;
  /** Of this broker's peer listener, for the lease. */
  readonly address: PeerAddress;
  readonly config: ControllerConfig;
  readonly rulesOff: ControllerRulesOff;
}
