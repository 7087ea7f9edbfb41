/** A member on a Membership stream of a stock client, which does at once what it is told. */
import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { GroupAssignment__Output } from '@millrace/proto/generated/millrace/v1/GroupAssignment';
import type { GroupHeartbeatRequest } from '@millrace/proto/generated/millrace/v1/GroupHeartbeatRequest';
import type { MembershipRequest } from '@millrace/proto/generated/millrace/v1/MembershipRequest';
import type { MembershipResponse__Output } from '@millrace/proto/generated/millrace/v1/MembershipResponse';
import type { StockClient } from './stockClient.ts';

/** The coordinator is being elected or loads: again. */
const TRANSIENT =
  /^(LOADING|NOT_COORDINATOR|UNAVAILABLE|NOT_ENOUGH_REPLICAS|NOT_LEADER|PARTITION_OFFLINE)/;

export class StreamMember {
  readonly memberId: string;
  /** `<partition>`, sorted. */
  owned: number[] = [];
  /** Codes of what was refused for good. */
  readonly errors: string[] = [];
  readonly committed: number[] = [];
  #assignment: GroupAssignment__Output | undefined;
  #isOver = false;
  readonly #group: string;
  readonly #sessionTimeoutMs: number;
  readonly #stream: ClientDuplexStream<MembershipRequest, MembershipResponse__Output>;

  constructor(client: StockClient, group: string, memberId: string, sessionTimeoutMs = 10_000) {
    this.#group = group;
    this.memberId = memberId;
    this.#sessionTimeoutMs = sessionTimeoutMs;
    this.#stream = client.consumer.Membership();
    this.#stream.on('data', (response: MembershipResponse__Output) => this.#heard(response));
    this.#stream.on('error', (error) => {
      if (!this.#isOver) this.errors.push(String(error));
    });
    this.#talk();
  }

  commit(offset: number): void {
    const [mine] = this.#assignment?.assigned ?? [];
    if (mine === undefined || this.#assignment === undefined)
      throw new TypeError('nothing is owned');
    const { topicId, partition } = mine;
    const { memberEpoch } = this.#assignment;
    const offsets = [{ topicId, partition, offset }];
    const { memberId } = this;
    this.#stream.write({
      sequence: 2,
      commit: { group: this.#group, memberId, memberEpoch, offsets },
    });
  }

  leave(): void {
    this.#isOver = true;
    const { memberId } = this;
    this.#stream.write({ sequence: 3, heartbeat: { group: this.#group, memberId, leave: true } });
    this.#stream.end();
  }

  /** As a process that was killed: nobody hears from it again. */
  vanish(): void {
    this.#isOver = true;
    this.#stream.cancel();
  }

  #talk(): void {
    if (this.#isOver) return;
    this.#stream.write({ sequence: 1, heartbeat: this.#heartbeat() });
  }

  #heartbeat(): GroupHeartbeatRequest {
    const request = { group: this.#group, memberId: this.memberId };
    const assignment = this.#assignment;
    if (assignment === undefined) {
      const sessionTimeoutMs = this.#sessionTimeoutMs;
      return { ...request, join: { topics: ['orders'], sessionTimeoutMs } };
    }
    const { memberEpoch, revision, assigned } = assignment;
    const partitions = assigned.map(({ topicId, partition }) => ({
      topicId,
      partitions: [partition],
    }));
    return { ...request, memberEpoch, revision, owned: { partitions }, maxWaitMs: 5000 };
  }

  #heard({ heartbeat, commit, error }: MembershipResponse__Output): void {
    if (commit != null) this.committed.push(commit.partitions.length);
    if (error != null && !TRANSIENT.test(error.code)) this.errors.push(error.code);
    else if (error != null) setTimeout(() => this.#talk(), 20);
    if (heartbeat == null) return;
    const { assignment } = heartbeat;
    if (assignment !== null) {
      this.#assignment = assignment;
      this.owned = assignment.assigned.map(({ partition }) => partition).sort((a, b) => a - b);
    }
    this.#talk();
  }
}
