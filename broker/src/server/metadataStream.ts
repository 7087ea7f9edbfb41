/**
 * WatchMetadata: this broker's copy of the metadata, then what changes of it. What a client has not taken yet is kept as
 * the names of what changed, so that a slow one costs no memory and gets what is so when it reads.
 */
import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import type { TopicId } from '@millrace/core/ids';
import { brokerOf } from '@millrace/core/resources/partitionAssignment';
import { isInternalTopicName } from '@millrace/core/topicName';
import type { TopicMetadata as TopicMessage } from '@millrace/proto/generated/millrace/v1/TopicMetadata';
import type { WatchMetadataRequest__Output } from '@millrace/proto/generated/millrace/v1/WatchMetadataRequest';
import type { WatchMetadataResponse } from '@millrace/proto/generated/millrace/v1/WatchMetadataResponse';
import type { TopicMetadata } from '../cluster/metadata.ts';
import type { MetadataChange } from '../cluster/metadataCache.ts';
import type { LeaderWatcher } from '../forwarding/leaders.ts';
import type { ServerContext } from './context.ts';
import type { MessageStream } from './messageStream.ts';

/** In one message, some 100 KiB; a topic is never divided. */
const PARTITIONS_MAX = 2000;

export interface WatchMetadataCodec {
  decode(bytes: Buffer): WatchMetadataRequest__Output;
  encode(response: WatchMetadataResponse): Buffer;
}

export function serveMetadataStream(
  stream: MessageStream,
  context: ServerContext,
  codec: WatchMetadataCodec,
): void {
  const watch = new MetadataStream(stream, context, codec);
  stream.onCancel(() => watch.close());
  stream.onDrain(() => watch.drained());
  stream.onMessage((body) => watch.start(body));
  stream.onEnd(() => {});
}

class MetadataStream implements LeaderWatcher {
  readonly #stream: MessageStream;
  readonly #context: ServerContext;
  readonly #codec: WatchMetadataCodec;
  #names: ReadonlySet<string> = new Set();
  #ids: ReadonlySet<string> = new Set();
  /** Of topics that are new to the client, changed or gone. */
  readonly #changed = new Set<TopicId>();
  #brokersChanged = true;
  #inImage = true;
  #writable = true;
  #state: 'unasked' | 'open' | 'closed' = 'unasked';

  constructor(stream: MessageStream, context: ServerContext, codec: WatchMetadataCodec) {
    this.#stream = stream;
    this.#context = context;
    this.#codec = codec;
  }

  start(body: Buffer): void {
    if (this.#state !== 'unasked') return;
    try {
      const { topicNames, topicIds } = this.#codec.decode(body);
      this.#names = new Set(topicNames);
      this.#ids = new Set(topicIds);
    } catch (error) {
      this.#fail(millraceError('INVALID_REQUEST', 'the request does not decode', { cause: error }));
      return;
    }
    const { metadata, forwarding } = this.#context.engine;
    if (metadata.controllerId === undefined) {
      this.#fail(millraceError('LOADING', 'the broker is starting'));
      return;
    }
    this.#state = 'open';
    forwarding.leaders.watch(this);
    for (const topic of metadata.topics()) {
      if (!topic.deleted && this.#isWanted(topic)) this.#changed.add(topic.topicId);
    }
    this.#pump();
  }

  drained(): void {
    this.#writable = true;
    this.#pump();
  }

  changed({ topics, gone, brokers }: MetadataChange): void {
    for (const topic of [...topics, ...gone]) {
      if (this.#isWanted(topic)) this.#changed.add(topic.topicId);
    }
    if (brokers.length > 0) this.#brokersChanged = true;
    this.#pump();
  }

  stopped(error: MillraceError): void {
    this.#fail(error);
  }

  close(): void {
    this.#state = 'closed';
    this.#context.engine.forwarding.leaders.unwatch(this);
    this.#changed.clear();
  }

  #isWanted({ topicId, name }: TopicMetadata): boolean {
    if (this.#names.size === 0 && this.#ids.size === 0) return true;
    return this.#names.has(name) || this.#ids.has(topicId);
  }

  #pump(): void {
    try {
      while (this.#state === 'open' && this.#writable && this.#hasNews) this.#sendNext();
    } catch (error) {
      this.#fail(toMillraceError(error));
    }
  }

  get #hasNews(): boolean {
    return this.#inImage || this.#brokersChanged || this.#changed.size > 0;
  }

  #sendNext(): void {
    const { engine } = this.#context;
    const { position } = engine.metadata;
    const { topics, topicsGone } = this.#nextTopics();
    const isImage = this.#inImage;
    const isMore = isImage && this.#changed.size > 0;
    const response: WatchMetadataResponse = {
      image: isImage,
      more: isMore,
      controllerEpoch: position.controllerEpoch,
      seq: position.seq,
      controllerId: engine.controller.holder?.brokerId ?? -1,
      brokers: this.#brokersChanged ? this.#brokers() : [],
      topics,
      topicsGone,
    };
    this.#brokersChanged = false;
    this.#inImage = isMore;
    this.#writable = this.#stream.send([this.#codec.encode(response)]);
  }

  #nextTopics(): { topics: TopicMessage[]; topicsGone: string[] } {
    const { metadata } = this.#context.engine;
    const topics: TopicMessage[] = [];
    const topicsGone: string[] = [];
    let partitions = 0;
    for (const topicId of this.#changed) {
      if (partitions >= PARTITIONS_MAX) break;
      this.#changed.delete(topicId);
      const topic = metadata.topic(topicId);
      if (topic === undefined || topic.deleted) {
        topicsGone.push(topicId);
        continue;
      }
      topics.push(topicMessage(topic));
      partitions += 1 + topic.partitions.length;
    }
    return { topics, topicsGone };
  }

  #brokers(): NonNullable<WatchMetadataResponse['brokers']> {
    return [...this.#context.engine.metadata.brokers()]
      .filter(({ fenced }) => !fenced)
      .map(({ brokerId, rack, endpoints }) => ({ brokerId, rack, endpoints: [...endpoints] }));
  }

  #fail(error: MillraceError): void {
    if (this.#state === 'closed') return;
    this.close();
    this.#stream.fail(error);
  }
}

function topicMessage(topic: TopicMetadata): TopicMessage {
  const { topicId, name, replicationFactor, partitions } = topic;
  return {
    topicId,
    name,
    internal: isInternalTopicName(name),
    replicationFactor,
    partitions: partitions.map(({ p, leader, leaderEpoch, epoch, replicas, isr }) => ({
      partition: p,
      leader: leader === null ? -1 : brokerOf(leader),
      leaderEpoch,
      epoch,
      replicas: [...replicas],
      isr: isr.map(brokerOf),
    })),
  };
}
