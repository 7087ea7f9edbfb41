import { setTimeout as sleep } from 'node:timers/promises';
import type { MemberStream } from '@millrace/client/groups/memberStream';
import { MillraceError } from '@millrace/core/errors';
import type { AssignedPartition__Output } from '@millrace/proto/generated/millrace/v1/AssignedPartition';
import type { GroupAssignment__Output } from '@millrace/proto/generated/millrace/v1/GroupAssignment';

const ANSWER_MS = 60_000;
const WAIT_MS = 15_000;
const RETRY_MS = 50;

/** One that does at once what it is told. */
export class SwarmMember {
  readonly #stream: MemberStream;
  readonly #request: { readonly group: string; readonly memberId: string };
  readonly #topic: string;
  #assignment: GroupAssignment__Output | undefined;
  #offset = 0;
  #isClosed = false;
  /** What it was refused, by code: none in a run that counts. */
  readonly refusals = new Map<string, number>();

  constructor(stream: MemberStream, group: string, memberId: string, topic: string) {
    this.#stream = stream;
    this.#request = { group, memberId };
    this.#topic = topic;
  }

  get owned(): readonly AssignedPartition__Output[] {
    return this.#assignment?.assigned ?? [];
  }

  async join(): Promise<void> {
    for (;;) {
      try {
        const join = { topics: [this.#topic], clientId: 'bench' };
        this.#take(await this.#heartbeat({ join }));
        break;
      } catch (error) {
        if (!(error instanceof MillraceError) || !error.retriable) throw error;
        await sleep(RETRY_MS);
      }
    }
    void this.#live();
  }

  /** Of one partition that it has; false: it has none. Rejects with a MillraceError. */
  async commit(): Promise<boolean> {
    const [first] = this.owned;
    if (first === undefined || this.#assignment === undefined) return false;
    const { topicId, partition } = first;
    const offsets = [{ topicId, partition, offset: this.#offset++ }];
    const { memberEpoch } = this.#assignment;
    const { commit } = await this.#stream.ask(
      { commit: { ...this.#request, memberEpoch, offsets } },
      ANSWER_MS,
    );
    const error = commit?.partitions[0]?.error ?? null;
    if (error !== null) this.#refused(error.code);
    return error === null;
  }

  close(): void {
    this.#isClosed = true;
    this.#stream.close();
  }

  async #live(): Promise<void> {
    while (!this.#isClosed) {
      try {
        this.#take(await this.#heartbeat(this.#state()));
      } catch (error) {
        if (this.#isClosed) return;
        this.#refused(error instanceof MillraceError ? error.code : String(error));
        await sleep(RETRY_MS);
      }
    }
  }

  #state() {
    const { memberEpoch = 0, revision = 0 } = this.#assignment ?? {};
    const partitions = this.owned.map(({ topicId, partition }) => {
      return { topicId, partitions: [partition] };
    });
    return { memberEpoch, revision, owned: { partitions }, maxWaitMs: WAIT_MS };
  }

  async #heartbeat(more: object): Promise<GroupAssignment__Output | null> {
    const { heartbeat } = await this.#stream.ask(
      { heartbeat: { ...this.#request, ...more } },
      ANSWER_MS,
    );
    return heartbeat?.assignment ?? null;
  }

  #take(assignment: GroupAssignment__Output | null): void {
    if (assignment !== null) this.#assignment = assignment;
  }

  #refused(code: string): void {
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
  }
}
