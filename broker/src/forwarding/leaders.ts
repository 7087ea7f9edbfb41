/** Who leads what and where, as this broker has heard; whoever depends on it is told of every change. */
import { MillraceError, millraceError } from '@millrace/core/errors';
import type { BootId, BrokerId } from '@millrace/core/ids';
import { brokerOf } from '@millrace/core/resources/partitionAssignment';
import type { MetadataCache, MetadataChange } from '../cluster/metadataCache.ts';
import type { PeerAddress } from '../cluster/peerTransport.ts';
import type { Topic } from '../engine/topics.ts';

export interface LeaderWatcher {
  /** Roles are taken and topics known already. */
  changed(change: MetadataChange): void;
  /** The broker stops: nothing is forwarded any more. */
  stopped(error: MillraceError): void;
}

/** One boot of a broker: what was begun with it ends with it. */
export interface LeaderBroker {
  readonly brokerId: BrokerId;
  readonly bootId: BootId;
  /** Of its `data` listener. */
  readonly data: PeerAddress;
}

export class Leaders {
  readonly brokerId: BrokerId;
  readonly #metadata: MetadataCache;
  readonly #watchers = new Set<LeaderWatcher>();

  constructor(brokerId: BrokerId, metadata: MetadataCache) {
    this.brokerId = brokerId;
    this.#metadata = metadata;
  }

  /** Undefined: nobody, as far as is known. */
  leaderOf(topic: Topic, partition: number): BrokerId | undefined {
    const leader = topic.statuses[partition]?.leader ?? null;
    return leader === null ? undefined : brokerOf(leader);
  }

  /** Undefined for one that is fenced or not known. */
  broker(brokerId: BrokerId): LeaderBroker | undefined {
    const broker = this.#metadata.broker(brokerId);
    const data = this.address(brokerId, 'data');
    if (broker === undefined || broker.fenced || data === undefined) return undefined;
    return { brokerId, bootId: broker.bootId, data };
  }

  /** False once the broker was fenced or has come back as another process. */
  isLive({ brokerId, bootId }: LeaderBroker): boolean {
    return this.broker(brokerId)?.bootId === bootId;
  }

  address(brokerId: BrokerId, listener: string): PeerAddress | undefined {
    return this.#metadata
      .broker(brokerId)
      ?.endpoints.find((endpoint) => endpoint.listener === listener);
  }

  /** With the `data` address of the partition's leader, unless it has a hint already or the leader is no other broker. */
  hinted(error: MillraceError, { topicId }: Topic, partition: number): MillraceError {
    if (error.leader !== undefined) return error;
    // The topic as it is given may be older than the failure.
    const leader = this.#metadata.topic(topicId)?.partitions[partition]?.leader ?? null;
    if (leader === null || brokerOf(leader) === this.brokerId) return error;
    return withLeader(error, this.address(brokerOf(leader), 'data'));
  }

  /** The same hint as an address of `listener`: that is what the client can use. */
  hintFor(error: MillraceError, listener: string): MillraceError {
    if (error.leader === undefined) return error;
    for (const { endpoints } of this.#metadata.brokers()) {
      if (!endpoints.some((endpoint) => nameOf(endpoint) === error.leader)) continue;
      return withLeader(
        error,
        endpoints.find((endpoint) => endpoint.listener === listener),
      );
    }
    return withLeader(error, undefined);
  }

  watch(watcher: LeaderWatcher): void {
    this.#watchers.add(watcher);
  }

  unwatch(watcher: LeaderWatcher): void {
    this.#watchers.delete(watcher);
  }

  changed(change: MetadataChange): void {
    for (const watcher of this.#watchers) watcher.changed(change);
  }

  stop(error: MillraceError): void {
    for (const watcher of this.#watchers) watcher.stopped(error);
    this.#watchers.clear();
  }
}

function withLeader(error: MillraceError, at: PeerAddress | undefined): MillraceError {
  const leader = at === undefined ? undefined : nameOf(at);
  if (leader === error.leader) return error;
  const { code, message, outcome, retryAfterMs, cause } = error;
  return new MillraceError(code, message, { outcome, retryAfterMs, leader, cause });
}

function nameOf({ host, port }: PeerAddress): string {
  return `${host}:${port}`;
}

/** What is asked of a partition that has no leader. */
export function noLeader(topic: Topic, partition: number): MillraceError {
  return millraceError('LOADING', `${topic.name}/${partition} has no leader at the moment`);
}
