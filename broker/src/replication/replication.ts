/**
 * All partitions of this broker and the streams by which they follow and are followed (contracts.md, Follow). It owns
 * the streams; the partitions are the engine's.
 */
import type { BootId, BrokerId, ClusterId, Offset } from '@millrace/core/ids';
import type { FollowRequest, FollowResponse } from '@millrace/core/messages/follow';
import type { PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { PeerAddress, PeerStream, PeerTransport } from '../cluster/peerTransport.ts';
import type { IsrProposal, ProposalAnswer } from '../cluster/sessionMessages.ts';
import type { Clock } from '../io/clock.ts';
import type { Logger } from '../io/logger.ts';
import type { Random } from '../io/random.ts';
import type { LogDirectory } from '../log/logDirectory.ts';
import type { Partition } from './partition.ts';
import type { PartitionHost } from './partitionHost.ts';
import { allReplicationRules, type ReplicationRulesOff } from './replicationRules.ts';

export interface ReplicationConfig {
  /** A follower that is behind for longer leaves the ISR. */
  readonly replicaLagMsMax: number;
  /** Of batches on the way to this broker, per stream. */
  readonly fetchCreditBytes: number;
}

/** Why a copy has to start anew under another copyId (safety.md, rules 6, 12, 23). */
export type CopyLoss =
  /** The leader keeps nothing below `logStart`: drop the log, begin there. */
  | { readonly kind: 'reset'; readonly logStart: Offset }
  /** The leader has seen a greater durable end of this copy. */
  | { readonly kind: 'regressed' }
  | { readonly kind: 'corrupt'; readonly error: Error };

export interface ReplicationParts {
  readonly brokerId: BrokerId;
  readonly bootId: BootId;
  readonly clusterId: ClusterId;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly transport: Pick<PeerTransport, 'follow'>;
  readonly directory: LogDirectory;
  /** The peer-data address of a live broker, from the metadata. */
  readonly addressOf: (brokerId: BrokerId) => PeerAddress | undefined;
  /** Sends to the controller; resolves in order; rejects when the outcome is unknown (rule 5). */
  readonly propose: (changes: readonly IsrProposal[]) => Promise<readonly ProposalAnswer[]>;
  /** The owner mints the copy anew (log/copyReset.ts) and adds its new partition; called once. */
  readonly onCopyLost: (partition: Partition, why: CopyLoss) => void;
  readonly config: ReplicationConfig;
  readonly rulesOff?: ReplicationRulesOff;
}

export class Replication {
  /** For the partitions that the owner makes. */
  readonly host: PartitionHost;

  constructor(parts: ReplicationParts) {
    const { brokerId, bootId, clock, logger, directory, config } = parts;
    const rulesOff = parts.rulesOff ?? allReplicationRules;
    const { replicaLagMsMax } = config;
    this.host = { brokerId, bootId, clock, logger, directory, replicaLagMsMax, rulesOff };
  }

  add(_partition: Partition): void {}

  remove(_partition: Partition): void {}

  apply(partition: Partition, status: PartitionStatus): void {
    partition.applyStatus(status);
  }

  /** Addresses may have changed. */
  brokersChanged(): void {}

  serveFollow(_stream: PeerStream<FollowResponse, FollowRequest>): void {}

  stop(): Promise<void> {
    return Promise.resolve();
  }
}
