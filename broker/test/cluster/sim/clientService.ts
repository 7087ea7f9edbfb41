import { millraceError, toMillraceError } from '@millrace/core/errors';
import type { Offset, TopicId } from '@millrace/core/ids';
import type { PeerStream } from '../../../src/cluster/peerTransport.ts';
import type { Engine } from '../../../src/engine/engine.ts';
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
import { answerMember } from './groupService.ts';

export interface Served {
  /** Undefined while it starts. */
  engine(): Engine | undefined;
  admin(request: AdminRequest): Promise<unknown>;
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

  async #answer(asked: Asked): Promise<unknown> {
    // Appends happen within the call, so that requests of one stream keep their order.
    switch (asked.kind) {
      case 'produce':
        return await this.#produce(asked);
      case 'fetch':
        return await this.#fetch(asked);
      case 'offsets':
        return await this.#offsets(asked);
      case 'group':
        return await answerMember(this.#engine, asked);
      case 'admin':
        return await this.#served.admin(asked);
    }
  }

  #produce(asked: ProduceRequest): Promise<Produced> {
    const { promise, resolve, reject } = Promise.withResolvers<Produced>();
    const { topicId, partition, acks } = asked;
    // The log owns what it is given: what arrived is the network's.
    const batches = Buffer.from(asked.batches);
    const entries = [{ topicId, partition, records: [], batches }];
    this.#engine.producing.append(
      { acks, deadlineMs: 5000, entries },
      {
        result: ({ error, baseOffset, leaderEpoch }) =>
          error === undefined ? resolve({ baseOffset, leaderEpoch }) : reject(error),
        released: () => {},
      },
    );
    return promise;
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
    const { topics } = this.#engine;
    return topics.partition(topics.resolve({ topicId }), partition);
  }

  get #engine(): Engine {
    const engine = this.#served.engine();
    if (engine === undefined) throw millraceError('LOADING', 'the broker starts');
    return engine;
  }
}
