import { millraceError, toMillraceError } from '@millrace/core/errors';
import type { Offset, TopicId } from '@millrace/core/ids';
import type { PeerStream } from '../../../src/cluster/peerTransport.ts';
import type { Partition } from '../../../src/replication/partition.ts';
import type {
  AdminRequest,
  Answered,
  Asked,
  Fetched,
  FetchRequest,
  Offsets,
  OffsetsRequest,
  Produced,
  ProduceRequest,
} from './clientMessages.ts';

export interface Served {
  partition(topicId: TopicId, partition: number): Partition | undefined;
  /** Why no appends are taken, or undefined. */
  refusal(): Error | undefined;
  admin(request: AdminRequest): Promise<unknown>;
  wallMs(): number;
}

/** What a broker does for the clients of a simulation. */
export class ClientService {
  readonly #served: Served;

  constructor(served: Served) {
    this.#served = served;
  }

  serve(stream: PeerStream<Answered, Asked>): void {
    stream.onClosed(() => undefined);
    stream.onMessage((asked) => {
      const { id } = asked;
      this.#answer(asked).then(
        (answer) => stream.send({ id, answer }),
        (error: unknown) => stream.send({ id, error: toMillraceError(error) }),
      );
    });
  }

  #answer(asked: Asked): Promise<unknown> {
    // Appends happen within the call, so that requests of one stream keep their order.
    switch (asked.kind) {
      case 'produce':
        return this.#produce(asked);
      case 'fetch':
        return this.#fetch(asked);
      case 'offsets':
        return this.#offsets(asked);
      case 'admin':
        return this.#served.admin(asked);
    }
  }

  async #produce(asked: ProduceRequest): Promise<Produced> {
    const refusal = this.#served.refusal();
    if (refusal !== undefined) throw refusal;
    const partition = this.#partition(asked);
    const { promise, resolve, reject } = Promise.withResolvers<Produced>();
    const rules = {
      batchBytesMax: 1 << 20,
      timestampAheadMsMax: Number.MAX_SAFE_INTEGER,
      nowMs: this.#served.wallMs(),
    };
    // The log owns what it is given: what arrived is the network's.
    const appended = partition.append(Buffer.from(asked.batches), asked.acks, rules, {
      acknowledged: ({ baseOffset, leaderEpoch }) => resolve({ baseOffset, leaderEpoch }),
      failed: reject,
    });
    if (asked.acks !== 'none') return await promise;
    promise.catch(() => undefined);
    return appended;
  }

  async #fetch(asked: FetchRequest): Promise<Fetched> {
    const partition = this.#partition(asked);
    const { log } = partition;
    if (partition.role === 'offline') throw millraceError('PARTITION_OFFLINE', 'no replica here');
    const isLeader = partition.role === 'leader';
    const bound = partition.readBound('read-uncommitted');
    const positions = { logStart: log.logStartOffset, highWatermark: bound, isLeader };
    if (asked.offset < log.logStartOffset || asked.offset >= bound) {
      return { ...positions, batches: [] };
    }
    const cursor = log.openCursor(asked.offset as Offset);
    const slice = await cursor.next({ bytesMax: asked.bytesMax, before: bound });
    return { ...positions, batches: slice.buffers.map((buffer) => Buffer.from(buffer)) };
  }

  async #offsets(asked: OffsetsRequest): Promise<Offsets> {
    const partition = this.#partition(asked);
    await partition.whenSettled(2000);
    if (partition.offline !== undefined) throw partition.offline;
    const { log, leaderEpoch } = partition;
    const latest = partition.readBound('read-uncommitted');
    return { earliest: log.logStartOffset, latest, leaderEpoch };
  }

  #partition({ topicId, partition }: { topicId: TopicId; partition: number }): Partition {
    const found = this.#served.partition(topicId, partition);
    if (found !== undefined) return found;
    throw millraceError('UNKNOWN_PARTITION', `no copy of ${topicId}/${partition} is here`);
  }
}
