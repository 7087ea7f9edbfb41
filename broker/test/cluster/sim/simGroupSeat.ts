import { partitionOf, type PartitionRef, topicOf } from '@millrace/core/assignors/partitionRef';
import { checkBatchesFromLog } from '@millrace/core/batchCheck';
import { MillraceError } from '@millrace/core/errors';
import type { MembershipReply } from '../../../src/groups/groupCoordinator.ts';
import { GROUP } from '../../groups/groupWorld.ts';
import { type GroupCalls, ModelMember, type MemberTimeouts } from '../../groups/modelMember.ts';
import type { Fetched, FetchedOffsets, GroupRequest } from './clientMessages.ts';
import type { GroupLedger } from './groupLedger.ts';
import type { SimClient } from './simClient.ts';
import type { SimMachine } from './simMachine.ts';
import { recordsOf } from './simReader.ts';
import type { TopicBook } from './topicBook.ts';

/** How long a message may wander that was sent again meanwhile. */
const LATE_MS_MAX = 3000;
/** Shorter than in production, so that members are lost within a run. */
const TIMEOUTS: MemberTimeouts = { sessionMs: 1500, rebalanceMs: 2000 };

/** A host on which one member of the group after the other runs: joins, reads what it owns, commits, dies. */
export class SimGroupSeat {
  readonly client: SimClient;
  readonly #book: TopicBook;
  readonly #ledger: GroupLedger;
  #member: ModelMember | undefined;
  #seats = 0;
  /** Answered last. */
  #coordinator: SimMachine | undefined;
  readonly #sources = new Map<PartitionRef, SimMachine>();
  readonly #working = new Set<PartitionRef>();
  /** Processed, and nobody has said that it is committed. */
  readonly #uncommitted = new Set<PartitionRef>();

  constructor(client: SimClient, book: TopicBook, ledger: GroupLedger) {
    this.client = client;
    this.#book = book;
    this.#ledger = ledger;
  }

  start(): void {
    this.client.repeat(60, () => this.#talk());
    for (let lane = 0; lane < 2; lane++) this.client.repeat(60, () => this.#work());
    this.client.repeat(200, () => this.#ask());
  }

  get memberId(): string {
    return this.#member?.memberId ?? 'nobody';
  }

  /** kill -9 of the process; what it has sent arrives. */
  crash(): void {
    this.#member?.crash();
  }

  leave(): void {
    this.#member?.leave();
  }

  #talk(): Promise<void> {
    const member = this.#seated();
    while (member.hasMail) member.deliver();
    // What it is to give up it has given up, sooner or later.
    if (this.client.random.int(3) > 0) member.stop();
    member.talk();
    return Promise.resolve();
  }

  #seated(): ModelMember {
    const seated = this.#member;
    if (seated !== undefined && !seated.isOver) return seated;
    this.#seats += 1;
    this.#working.clear();
    this.#uncommitted.clear();
    const memberId = `${this.client.name}.${this.#seats}`;
    const { clock } = this.client;
    const host = {
      nowMs: () => clock.monotonicMs(),
      send: (request: (calls: GroupCalls) => void) => request(this.#calls),
      acknowledged: () => undefined,
      began: (ref: PartitionRef, offset: number, sentMs: number) =>
        this.#ledger.answered(memberId, ref, offset, sentMs),
    };
    const topics = this.#book.live.map(({ name }) => name);
    const member = new ModelMember(memberId, '', host, topics, TIMEOUTS);
    this.#member = member;
    this.#ledger.seat(member);
    return member;
  }

  /** Reads a little of what it owns, and commits that it has. */
  async #work(): Promise<void> {
    const member = this.#member;
    const owned = member?.owned ?? [];
    const ref = owned[this.client.random.int(Math.max(1, owned.length))];
    if (member === undefined || ref === undefined || this.#working.has(ref)) return;
    this.#working.add(ref);
    try {
      const hasMore = await this.#process(member, ref);
      if (hasMore || this.#uncommitted.has(ref)) await this.#commit(member, ref);
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      this.#sources.delete(ref);
    } finally {
      if (this.#member === member) this.#working.delete(ref);
    }
  }

  /** False: there was nothing, or it is not its own any more. */
  async #process(member: ModelMember, ref: PartitionRef): Promise<boolean> {
    const { client } = this;
    const from = member.position(ref);
    const machine = this.#sources.get(ref) ?? client.anyMachine();
    const fetched = (await client.ask(machine, {
      kind: 'fetch',
      topicId: topicOf(ref),
      partition: partitionOf(ref),
      offset: from,
      bytesMax: 1 + client.random.int(500),
    })) as Fetched;
    this.#sources.set(ref, machine);
    if (!member.owned.includes(ref) || member.position(ref) !== from) return false;
    let end = from;
    for (const batches of fetched.batches) checkBatchesFromLog(batches, 0);
    for (const { offset } of recordsOf(fetched.batches)) end = Math.max(end, offset + 1);
    if (end === from) return false;
    this.#ledger.processed(member, ref, from, end);
    member.moveTo(ref, end);
    return true;
  }

  async #commit(member: ModelMember, ref: PartitionRef): Promise<void> {
    const request = member.commitOf(ref);
    const offset = member.position(ref);
    this.#uncommitted.add(ref);
    try {
      await this.#call({ method: 'commit', request });
      this.#ledger.acknowledged(ref, offset);
      this.#uncommitted.delete(ref);
    } catch (error) {
      this.#ledger.refused(member, ref, error);
      throw error;
    }
  }

  /** What is committed, as somebody who only looks. */
  async #ask(): Promise<void> {
    const { client } = this;
    const sentMs = client.clock.monotonicMs();
    try {
      const machine = client.anyMachine();
      const request = { kind: 'group', groupId: GROUP, method: 'fetchOffsets' } as const;
      const offsets = (await client.ask(machine, request)) as FetchedOffsets;
      this.#answered(new Map(offsets), sentMs);
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
    }
  }

  #answered(offsets: ReadonlyMap<PartitionRef, number>, sentMs: number): void {
    for (const { topicId, partitions } of this.#book.live) {
      for (let p = 0; p < partitions; p++) {
        const ref = `${topicId}/${p}` as PartitionRef;
        this.#ledger.answered(this.client.name, ref, offsets.get(ref) ?? 0, sentMs);
      }
    }
  }

  async #call(asked: Omit<Extract<GroupRequest, { method: 'commit' }>, 'kind' | 'groupId'>) {
    return await this.#toCoordinator({ kind: 'group', groupId: GROUP, ...asked });
  }

  async #toCoordinator(request: GroupRequest): Promise<unknown> {
    const machine = this.#coordinator ?? this.client.anyMachine();
    this.#sendLate(request);
    try {
      const answer = await this.client.ask(machine, request);
      this.#coordinator = machine;
      return answer;
    } catch (error) {
      if (error instanceof MillraceError && error.code === 'INTERNAL')
        this.client.world.report(error);
      if (this.#coordinator === machine) this.#coordinator = undefined;
      throw error;
    }
  }

  /** Some broker on the way has held it, and the member has sent it again meanwhile. */
  #sendLate(request: GroupRequest): void {
    const { random, process } = this.client;
    if (request.method !== 'heartbeat' && request.method !== 'commit') return;
    if (random.int(6) > 0) return;
    process.after(random.float() * LATE_MS_MAX, 'late', () => {
      const machine = this.#coordinator ?? this.client.anyMachine();
      this.client.ask(machine, request).catch(() => undefined);
    });
  }

  get #calls(): GroupCalls {
    const ask = (request: GroupRequest): Promise<unknown> => this.#toCoordinator(request);
    const named = { kind: 'group', groupId: GROUP } as const;
    return {
      join: async (request) =>
        (await ask({ ...named, method: 'join', request })) as MembershipReply,
      heartbeat: async (request) => {
        const sent = { ...request, owned: [...(request.owned ?? [])] };
        return (await ask({ ...named, method: 'heartbeat', request: sent })) as MembershipReply;
      },
      leave: async (request) => {
        await ask({ ...named, method: 'leave', request });
      },
      commit: () => Promise.reject(new TypeError('members of the cluster commit one by one')),
    };
  }
}
