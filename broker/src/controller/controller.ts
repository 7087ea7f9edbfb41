/**
 * The controller of a cluster, on every broker; active on the one that holds the lease. It keeps sessions with the
 * brokers, decides who leads and who is in sync, writes that by compare-and-set and tells the brokers what was committed.
 * What it decides follows from what it reads (store, sessions): an event only says where to look again.
 */
import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { BootId, BrokerId, ClusterId, TopicId } from '@millrace/core/ids';
import type { TopicMetadata } from '../cluster/metadata.ts';
import type {
  ControllerCalls,
  PeerAddress,
  PeerStream,
  PeerTransport,
} from '../cluster/peerTransport.ts';
import type { ProducerIdBlock, SessionDown, SessionUp } from '../cluster/sessionMessages.ts';
import type { Clock } from '../io/clock.ts';
import type { Logger } from '../io/logger.ts';
import type { Random } from '../io/random.ts';
import type { ClusterStore } from '../store/clusterStore.ts';
import type {
  AlterTopicRequest,
  BrokerSetting,
  CreatedTopic,
  CreateTopicRequest,
  LeaderMove,
  Reassignment,
  StopAnswer,
  TopicReference,
  UncleanElection,
} from './adminRequests.ts';
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
  readonly transport: Pick<PeerTransport, 'probe'>;
  /** Of this broker's peer listener, for the lease. */
  readonly address: PeerAddress;
  readonly config: ControllerConfig;
  readonly rulesOff: ControllerRulesOff;
}

export interface LeaseHolder {
  readonly brokerId: BrokerId;
  readonly bootId: BootId;
  readonly address: PeerAddress;
}

export class Controller {
  readonly calls: ControllerCalls;
  /** The holder of the lease is another, as far as this broker knows, or a renewed reading of the same one failed. */
  onHolderChanged: () => void = () => {};

  constructor(_parts: ControllerParts) {
    this.calls = {
      alterPartitions: () => this.#refuse(),
      allocateProducerIds: () => this.#refuse(),
      forward: () => this.#refuse(),
    };
  }

  start(): void {}

  /** Gives up the lease, so that another broker takes it at once. */
  async stop(): Promise<void> {}

  /** Whom this broker believes to be the controller. */
  get holder(): LeaseHolder | undefined {
    return undefined;
  }

  get active(): boolean {
    return false;
  }

  /** Of this broker's own lease; 0 if it never held it. */
  get controllerEpoch(): number {
    return 0;
  }

  /** The session with the holder broke: looks at once whether it is dead, instead of at the next poll. */
  holderLost(): void {}

  /** Closed with NOT_CONTROLLER unless active. */
  session(stream: PeerStream<SessionDown, SessionUp>): void {
    stream.close(notController());
  }

  createTopic(_request: CreateTopicRequest): Promise<CreatedTopic> {
    return this.#refuse();
  }

  alterTopic(_request: AlterTopicRequest): Promise<TopicMetadata> {
    return this.#refuse();
  }

  deleteTopic(_reference: TopicReference): Promise<TopicId> {
    return this.#refuse();
  }

  reassign(_changes: readonly Reassignment[]): Promise<void> {
    return this.#refuse();
  }

  uncleanElect(_request: UncleanElection): Promise<void> {
    return this.#refuse();
  }

  moveLeaders(_moves: readonly LeaderMove[]): Promise<void> {
    return this.#refuse();
  }

  setBroker(_setting: BrokerSetting): Promise<void> {
    return this.#refuse();
  }

  prepareStop(_request: { readonly brokerId: BrokerId }): Promise<StopAnswer> {
    return this.#refuse();
  }

  allocateProducerIds(_request: { brokerId: number; bootId: string }): Promise<ProducerIdBlock> {
    return this.#refuse();
  }

  #refuse(): Promise<never> {
    return Promise.reject(notController());
  }
}

function notController(): MillraceError {
  return millraceError('NOT_CONTROLLER', 'this broker is not the controller');
}
