/**
 * The appends of one client stream to partitions that are led elsewhere (safety.md, rule 28): one ordered stream to each
 * leader, nothing sent twice, nothing sent to a new leader while an older append of the partition is unresolved.
 */
import { type MillraceError, millraceError } from '@millrace/core/errors';
import type { BrokerId } from '@millrace/core/ids';
import type { DataTransport } from '../cluster/dataTransport.ts';
import type { Topic } from '../engine/topics.ts';
import { allForwardingRules, type ForwardingRulesOff } from './forwardingRules.ts';
import { type Leaders, type LeaderWatcher, noLeader } from './leaders.ts';
import { type ForwardedAppend, type ForwardListener, ProduceLane } from './produceLane.ts';

/** Where the unresolved appends of a partition are. */
interface Pin {
  readonly lane: ProduceLane;
  unresolved: number;
}

export class ProduceLanes implements LeaderWatcher {
  readonly #leaders: Leaders;
  readonly #transport: DataTransport;
  readonly #lanes = new Map<BrokerId, ProduceLane>();
  readonly #pins = new Map<string, Pin>();
  readonly #rulesOff: ForwardingRulesOff;
  #watching = false;
  #stopped: MillraceError | undefined;

  constructor(leaders: Leaders, transport: DataTransport, rulesOff = allForwardingRules) {
    this.#leaders = leaders;
    this.#transport = transport;
    this.#rulesOff = rulesOff;
  }

  /** Appends to the partition are unresolved: later ones must not overtake them, not even here. */
  holds(topic: Topic, partition: number): boolean {
    return this.#pins.size > 0 && this.#pins.has(keyOf(topic, partition));
  }

  /** Within this call, so that appends keep their order per partition; never throws. */
  append(
    topic: Topic,
    partition: number,
    append: ForwardedAppend,
    listener: ForwardListener,
  ): void {
    const key = keyOf(topic, partition);
    let pin = this.#rulesOff.has('forwarded-in-order') ? undefined : this.#pins.get(key);
    if (pin !== undefined && !pin.lane.isOpen) {
      const message = `${topic.name}/${partition}: earlier records have not been answered`;
      this.#refuse(listener, topic, partition, notSent(message));
      return;
    }
    if (pin === undefined) {
      const lane = this.#laneTo(topic, partition);
      if (!(lane instanceof ProduceLane)) {
        this.#refuse(listener, topic, partition, lane);
        return;
      }
      pin = { lane, unresolved: 0 };
      this.#pins.set(key, pin);
    }
    pin.unresolved++;
    const pinned = pin;
    pin.lane.append(topic.topicId, partition, append, {
      acknowledged: (appended) => {
        this.#resolved(key, pinned);
        listener.acknowledged(appended);
      },
      refused: (error) => {
        this.#resolved(key, pinned);
        this.#refuse(listener, topic, partition, error);
      },
    });
  }

  /** The client is gone: nobody waits for answers any more. */
  close(): void {
    this.#leaders.unwatch(this);
    this.#breakAll(millraceError('CANCELLED', 'the client is gone', { outcome: 'unknown' }));
  }

  changed(): void {
    for (const lane of this.#lanes.values()) {
      if (this.#leaders.isLive(lane.leader)) continue;
      const message = `broker ${lane.leader.brokerId} is gone`;
      lane.break(millraceError('UNAVAILABLE', message, { outcome: 'unknown' }));
    }
  }

  stopped(error: MillraceError): void {
    this.#stopped = error;
    this.#breakAll(error);
  }

  #breakAll(error: MillraceError): void {
    for (const lane of new Set([
      ...this.#lanes.values(),
      ...[...this.#pins.values()].map((pin) => pin.lane),
    ])) {
      lane.break(error);
    }
  }

  #laneTo(topic: Topic, partition: number): ProduceLane | MillraceError {
    if (this.#stopped !== undefined) return this.#stopped;
    const leaders = this.#leaders;
    const brokerId = leaders.leaderOf(topic, partition);
    if (brokerId === undefined || brokerId === leaders.brokerId) {
      return topic.partitions[partition]?.offline ?? noLeader(topic, partition);
    }
    const leader = leaders.broker(brokerId);
    if (leader === undefined) {
      return notSent(`${topic.name}/${partition}: its leader, broker ${brokerId}, is gone`);
    }
    const known = this.#lanes.get(brokerId);
    if (known?.isOpen === true) return known;
    if (!this.#watching) {
      this.#watching = true;
      leaders.watch(this);
    }
    const lane: ProduceLane = new ProduceLane(leader, this.#transport, () => {
      if (this.#lanes.get(brokerId) === lane) this.#lanes.delete(brokerId);
    });
    this.#lanes.set(brokerId, lane);
    return lane;
  }

  #resolved(key: string, pin: Pin): void {
    pin.unresolved--;
    if (pin.unresolved === 0) this.#pins.delete(key);
  }

  #refuse(listener: ForwardListener, topic: Topic, partition: number, error: MillraceError): void {
    const isAboutLeader = error.retriable && error.code !== 'BUFFER_FULL';
    listener.refused(isAboutLeader ? this.#leaders.hinted(error, topic, partition) : error);
  }
}

function notSent(message: string): MillraceError {
  return millraceError('UNAVAILABLE', message, { outcome: 'not-applied' });
}

function keyOf({ topicId }: Topic, partition: number): string {
  return `${topicId}/${partition}`;
}
