import { MillraceError } from '@millrace/core/errors';
import type { TopicId } from '@millrace/core/ids';
import type { CreatedTopic } from '../../../src/controller/adminRequests.ts';
import { pick } from '../../log/sim/simWorld.ts';
import type { SimClient } from './simClient.ts';
import type { SimMachine } from './simMachine.ts';
import type { BookedTopic, TopicBook } from './topicBook.ts';

/** Creates, changes, grows, moves and deletes topics, as people and programs do. */
export class SimAdmin {
  readonly #client: SimClient;
  readonly #book: TopicBook;
  #created = 0;
  /** Who answered last. */
  #controller: SimMachine | undefined;

  constructor(client: SimClient, book: TopicBook) {
    this.#client = client;
    this.#book = book;
  }

  /** What the load goes to. */
  async createFirst(): Promise<void> {
    const { world, random } = this.#client;
    const count = 1 + random.int(2);
    const creating = Promise.all(Array.from({ length: count }, () => this.#create(true)));
    await world.scheduler.settle(creating, 2_000_000);
    world.throwIfViolated();
  }

  start(): void {
    if (this.#client.random.int(2) === 0) return;
    this.#client.repeat(3000, () => this.#act());
  }

  async #act(): Promise<void> {
    const { random } = this.#client;
    const topics = this.#book.live;
    const topic = topics[random.int(Math.max(1, topics.length))];
    if (topic === undefined) return;
    const dice = random.int(10);
    if (dice < 2 && this.#created < 4) await this.#create(false);
    else if (dice < 4) await this.#grow(topic);
    else if (dice < 7) await this.#reassign(topic);
    else if (dice < 8) await this.#changeMinimum(topic);
    else if (dice < 9) await this.#moveLeader(topic);
    else if (topics.length > 1) await this.#delete(topic);
  }

  async #create(isNeeded: boolean): Promise<void> {
    const { random, machines, world } = this.#client;
    this.#created += 1;
    const replicationFactor = random.int(4) === 0 ? 2 : 3;
    // A group reads each record before it may go.
    const mayExpire = world.options.profile !== 'groups';
    const name = `t${this.#created}`;
    const request = {
      name,
      partitions: 1 + random.int(2),
      replicationFactor: Math.min(replicationFactor, machines.length),
      config: {
        minInsyncReplicas: replicationFactor === 3 && random.int(5) > 0 ? '2' : '1',
        segmentBytesMax: pick(random, ['8192', '65536']),
        batchBytesMax: '8192',
        indexIntervalBytes: '512',
        ...(random.int(3) === 0 && mayExpire
          ? { retentionBytes: '4096', segmentBytesMax: '4096', batchBytesMax: '4096' }
          : {}),
      },
      validateOnly: false,
    };
    do {
      const created = (await this.#ask('createTopic', request)) as CreatedTopic | undefined;
      if (created === undefined) continue;
      const { topicId, partitions } = created.topic;
      this.#book.add({ topicId, name, partitions: partitions.length, isDeleted: false });
      return;
    } while (isNeeded);
  }

  async #grow(topic: BookedTopic): Promise<void> {
    if (topic.partitions >= 4) return;
    const partitions = topic.partitions + 1;
    const request = { reference: referenceTo(topic), partitions, config: {}, configUnset: [] };
    const grown = await this.#ask('alterTopic', { ...request, validateOnly: false });
    if (grown !== undefined) topic.partitions = Math.max(topic.partitions, partitions);
  }

  async #changeMinimum(topic: BookedTopic): Promise<void> {
    const minInsyncReplicas = pick(this.#client.random, ['1', '2']);
    await this.#ask('alterTopic', {
      reference: referenceTo(topic),
      partitions: 0,
      config: { minInsyncReplicas },
      configUnset: [],
      validateOnly: false,
    });
  }

  async #reassign(topic: BookedTopic): Promise<void> {
    const { random, machines } = this.#client;
    const ids = machines.map(({ brokerId }) => brokerId);
    const replicas = [];
    const count = 2 + random.int(2);
    while (replicas.length < count) replicas.push(...ids.splice(random.int(ids.length), 1));
    const partition = random.int(topic.partitions);
    const wanted = random.int(5) === 0 ? null : replicas;
    await this.#ask('reassign', [{ reference: referenceTo(topic), partition, replicas: wanted }]);
  }

  async #moveLeader(topic: BookedTopic): Promise<void> {
    const { random } = this.#client;
    const partition = random.int(topic.partitions);
    const { brokerId } = this.#client.anyMachine();
    await this.#ask('moveLeaders', [{ reference: referenceTo(topic), partition, brokerId }]);
  }

  async #delete(topic: BookedTopic): Promise<void> {
    topic.isDeleted = true;
    await this.#ask('deleteTopic', referenceTo(topic));
  }

  /** Undefined if it was refused, or nobody knows: any broker may be asked, most pass it on. */
  async #ask(method: string, request: unknown): Promise<unknown> {
    const { world } = this.#client;
    const machine = this.#controller ?? this.#client.anyMachine();
    world.transcript.note('admin', `${method} ${JSON.stringify(request)} by ${machine.host}`);
    try {
      const answer = await this.#client.ask(machine, { kind: 'admin', method, request });
      this.#controller = machine;
      world.transcript.note('admin', `${method} done`);
      return answer ?? 'done';
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      world.transcript.note('admin', `${method} refused: ${error.code} ${error.message}`);
      this.#controller = undefined;
      if (error.code === 'INTERNAL') world.report(error);
      await this.#client.pause(100);
      return undefined;
    }
  }
}

function referenceTo(topic: BookedTopic): { readonly topicId: TopicId } {
  return { topicId: topic.topicId };
}
