/**
 * Three replicas, a controller and a network that reorders, as plain values around the pure core: each step is chosen by
 * a number, so that a list of numbers is a history. What the replicas do with bytes and disks is modelled; verdicts,
 * high watermark, changes of the ISR and truncation are the production code.
 */
import assert from 'node:assert/strict';
import type { BootId, BrokerId, Offset } from '@millrace/core/ids';
import type { CopyName, PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type { IsrAnswer, IsrChange } from '../../src/replication/isrChange.ts';
import type { Fetch, LeaderLog } from '../../src/replication/fetchVerdict.ts';
import { LeaderState } from '../../src/replication/leaderState.ts';
import { assignedRole } from '../../src/replication/partitionRole.ts';
import type { ReplicationRulesOff } from '../../src/replication/replicationRules.ts';
import { truncationTarget } from '../../src/replication/truncation.ts';

const LAG_MS = 3000;
const MIN_ISR = 2;

interface Entry {
  readonly epoch: number;
  readonly value: number;
}

interface Message {
  readonly what: string;
  deliver(): void;
}

class Replica {
  readonly id: number;
  log: Entry[] = [];
  durable = 0;
  boots = 0;
  highWatermark = 0;
  status: PartitionStatus | undefined;
  leader: LeaderState | undefined;
  /** Fetches outstanding: an answer counts only for the last one. */
  asked = 0;

  constructor(id: number) {
    this.id = id;
  }

  get copy(): CopyName {
    return `${this.id}:aaaaaaaaaaa${this.id}`;
  }

  get bootId(): BootId {
    return String(this.boots).padStart(12, '0') as BootId;
  }

  get lastEpoch(): number {
    return this.log.at(-1)?.epoch ?? -1;
  }

  endOfEpoch(epoch: number): { epoch: number; endOffset: Offset } {
    const next = this.log.findIndex((entry) => entry.epoch > epoch);
    const end = next === -1 ? this.log.length : next;
    return { epoch: this.log[end - 1]?.epoch ?? -1, endOffset: end as Offset };
  }

  view(): LeaderLog {
    return {
      logStart: 0 as Offset,
      readableEnd: this.log.length as Offset,
      endOfEpoch: (epoch) => this.endOfEpoch(epoch),
    };
  }
}

export class CoreModel {
  readonly rulesOff: ReplicationRulesOff;
  readonly replicas = [new Replica(0), new Replica(1), new Replica(2)];
  readonly messages: Message[] = [];
  /** Proposals that take their time. */
  readonly delayed: Message[] = [];
  /** By offset: the value that some leader has committed there. */
  readonly committed: number[] = [];
  status: PartitionStatus;
  nowMs = 0;
  #values = 0;

  constructor(rulesOff: ReplicationRulesOff) {
    this.rulesOff = rulesOff;
    this.status = {
      p: 0,
      initialized: true,
      replicas: [0, 1, 2] as BrokerId[],
      adding: [],
      leader: null,
      isr: this.replicas.map(({ copy }) => copy),
      eligible: [],
      leaderEpoch: 0,
      epoch: 0,
      minIsr: MIN_ISR,
      uncleanEpoch: -1,
    };
    this.#elect(0);
  }

  /** One step. `choice` decides which, and of whom. */
  step(choice: number): void {
    const replica = this.#replica(choice % 3);
    const action = Math.floor(choice / 3) % 64;
    const detail = Math.floor(choice / 192);
    if (action <= 25) this.#deliver(detail);
    else if (action <= 30) this.#append(replica);
    else if (action <= 40) this.#fetch(replica);
    else if (action <= 48) replica.durable = replica.log.length;
    else if (action <= 53) this.#propose(replica);
    else if (action <= 60) this.#pass(detail);
    else if (action === 61) this.#later(detail);
    else if (action === 62 && detail % 2 === 0) this.#elect(detail);
    else if (action === 63 && detail % 2 === 0) this.#crash(replica);
    for (const each of this.replicas) this.#advance(each);
  }

  #replica(id: number): Replica {
    const replica = this.replicas[id];
    assert.ok(replica !== undefined);
    return replica;
  }

  #deliver(detail: number): void {
    // Mostly in order: what is overtaken all the time gets nowhere.
    const at = detail % 4 === 0 ? detail % Math.max(1, this.messages.length) : 0;
    const [message] = this.messages.splice(at, 1);
    message?.deliver();
  }

  /** A delayed proposal arrives, or a message is lost. */
  #later(detail: number): void {
    const from = detail % 2 === 0 ? this.delayed : this.messages;
    const [message] = from.splice(detail % Math.max(1, from.length), 1);
    if (from === this.delayed) message?.deliver();
  }

  #append(replica: Replica): void {
    if (replica.leader === undefined) return;
    replica.log.push({ epoch: replica.leader.leaderEpoch, value: this.#values++ });
  }

  #crash(replica: Replica): void {
    replica.log.length = replica.durable;
    replica.highWatermark = Math.min(replica.highWatermark, replica.durable);
    replica.boots += 1;
    replica.leader = undefined;
    replica.status = undefined;
    replica.asked += 1;
    this.#tell(replica);
  }

  #elect(detail: number): void {
    const members = this.replicas.filter(({ copy }) => this.status.isr.includes(copy));
    const leader = members[detail % members.length];
    assert.ok(leader !== undefined, 'an ISR is never empty');
    this.#change({
      leader: `${leader.copy}:${leader.bootId}`,
      leaderEpoch: this.status.leaderEpoch + 1,
    });
  }

  #change(change: Partial<PartitionStatus>): void {
    this.status = { ...this.status, ...change, epoch: this.status.epoch + 1 };
    for (const replica of this.replicas) this.#tell(replica);
  }

  #tell(replica: Replica): void {
    const { status } = this;
    const { boots } = replica;
    this.#send('status', () => {
      if (replica.boots === boots) this.#apply(replica, status);
    });
  }

  #send(what: string, deliver: () => void): void {
    if (this.messages.length < 40) this.messages.push({ what, deliver });
  }

  #apply(replica: Replica, status: PartitionStatus): void {
    if (replica.status !== undefined && status.epoch <= replica.status.epoch) return;
    const seen = Math.max(replica.lastEpoch, replica.status?.leaderEpoch ?? -1);
    if (status.leaderEpoch < seen) return;
    const isNew = status.leaderEpoch !== replica.status?.leaderEpoch;
    replica.status = status;
    const { id, bootId, copy } = replica;
    const self = { brokerId: id as BrokerId, bootId, copy };
    const { role } = assignedRole(status, self, 't', this.rulesOff);
    if (isNew) replica.asked += 1;
    if (role !== 'leader') replica.leader = undefined;
    else if (replica.leader?.leaderEpoch === status.leaderEpoch) {
      replica.leader.applyStatus(status, this.nowMs);
    } else this.#lead(replica, status);
  }

  #lead(replica: Replica, status: PartitionStatus): void {
    const held = this.committed.map((_, offset) => replica.log[offset]?.value);
    assert.deepEqual(held, this.committed, 'leader completeness');
    replica.leader = new LeaderState({
      self: replica.copy,
      status,
      epochStart: replica.log.length as Offset,
      highWatermark: replica.highWatermark as Offset,
      minIsr: status.minIsr,
      nowMs: this.nowMs,
      replicaLagMsMax: LAG_MS,
      rulesOff: this.rulesOff,
    });
  }

  #fetch(replica: Replica): void {
    const { status } = replica;
    if (status === undefined || status.leader === null || replica.leader !== undefined) return;
    const leader = this.#replica(Number(status.leader[0]));
    if (leader === replica) return;
    const asked = ++replica.asked;
    const fetch: Fetch = {
      copy: replica.copy,
      bootId: replica.bootId,
      leaderEpoch: status.leaderEpoch,
      fetchOffset: replica.log.length as Offset,
      lastFetchedEpoch: replica.lastEpoch,
      durableEnd: replica.durable as Offset,
    };
    const leaderBoots = leader.boots;
    this.#send('fetch', () => {
      if (leader.boots === leaderBoots) this.#serve(leader, replica, fetch, asked);
    });
  }

  #serve(leader: Replica, follower: Replica, fetch: Fetch, asked: number): void {
    if (leader.leader === undefined) return;
    const verdict = leader.leader.fetch(fetch, leader.view(), this.nowMs);
    const { leaderEpoch } = leader.leader;
    const { highWatermark } = leader.leader;
    const entries = leader.log.slice(fetch.fetchOffset, fetch.fetchOffset + 3);
    const { boots } = follower;
    this.#send('answer', () => {
      const isCurrent = follower.boots === boots && follower.asked === asked;
      if (!isCurrent || follower.status?.leaderEpoch !== leaderEpoch) return;
      if (verdict?.code === 'DIVERGED') this.#truncate(follower, verdict.epoch, verdict.endOffset);
      if (verdict !== undefined || follower.log.length !== fetch.fetchOffset) return;
      follower.log.push(...entries);
      follower.highWatermark = Math.max(
        follower.highWatermark,
        Math.min(highWatermark, follower.log.length),
      );
      follower.asked += 1;
    });
  }

  #truncate(follower: Replica, epoch: number, leaderEnd: Offset): void {
    const target = truncationTarget(
      {
        leaderEnd,
        ownEnd: follower.endOfEpoch(epoch).endOffset,
        logEnd: follower.log.length as Offset,
        highWatermark: follower.highWatermark as Offset,
        lastEpoch: follower.lastEpoch,
        uncleanEpoch: -1,
      },
      this.rulesOff,
    );
    assert.ok(target !== undefined, 'nobody has to cut what is committed');
    follower.log.length = target;
    follower.durable = Math.min(follower.durable, target);
    follower.asked += 1;
  }

  #propose(replica: Replica): void {
    const change = replica.leader?.nextChange(this.nowMs);
    if (change === undefined) return;
    const { boots } = replica;
    const isDelayed = this.nowMs % 300 === 0;
    const proposal = {
      what: 'proposal',
      deliver: () => {
        const answer = this.#decide(change);
        this.#send('decision', () => {
          if (replica.boots === boots && !isDelayed) {
            replica.leader?.answered(change, answer, this.nowMs);
          }
        });
      },
    };
    (isDelayed ? this.delayed : this.messages).push(proposal);
    // Nobody knows whether it will arrive.
    if (isDelayed) replica.leader?.answered(change, 'lost', this.nowMs);
  }

  #decide(change: IsrChange): IsrAnswer {
    const { leaderEpoch, epoch, isr } = this.status;
    if (change.leaderEpoch < leaderEpoch) return { code: 'FENCED' };
    if (change.epoch !== epoch) {
      const isMade = change.epoch + 1 === epoch && change.isr.join() === isr.join();
      return isMade ? { code: 'OK', epoch } : { code: 'STALE' };
    }
    // By one who takes a member for dead, and does not raise the epoch.
    if (this.nowMs % 400 === 0) return { code: 'INELIGIBLE' };
    this.#change({ isr: change.isr });
    return { code: 'OK', epoch: this.status.epoch };
  }

  #pass(detail: number): void {
    this.nowMs += 100 * (1 + (detail % 14));
    for (const { leader, log } of this.replicas) leader?.tick(log.length as Offset, this.nowMs);
  }

  /** What a leader commits, the minimum of copies holds durably, and nobody ever commits otherwise. */
  #advance(replica: Replica): void {
    const before = replica.leader?.highWatermark ?? 0;
    if (replica.leader?.advance(replica.durable as Offset) !== true) return;
    const { highWatermark } = replica.leader;
    assert.ok(highWatermark > before, 'the high watermark rises');
    replica.highWatermark = highWatermark;
    for (let offset = 0; offset < highWatermark; offset++) {
      const entry = replica.log[offset];
      assert.ok(entry !== undefined, 'what is committed is in the log');
      const held = this.replicas.filter(
        ({ log, durable }) => offset < durable && log[offset]?.value === entry.value,
      );
      assert.ok(held.length >= MIN_ISR, `offset ${offset} is on ${held.length} disks`);
      assert.equal(this.committed[offset] ?? entry.value, entry.value, 'one value at one offset');
      this.committed[offset] = entry.value;
    }
  }
}
