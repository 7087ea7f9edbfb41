/**
 * Images and deltas as millrace.peer.v1.MetadataPart: cut so that no message comes near the limit of the receiver, and
 * put together again. Estimates are upper bounds, so that a part is at most PART_BYTES_MAX or one single element.
 */
import { type BrokerId, type TopicId, toTopicId } from '@millrace/core/ids';
import type { ProtoReader } from '@millrace/core/messages/protoReader';
import type { ProtoWriter } from '@millrace/core/messages/protoWriter';
import type {
  BrokerMetadata,
  MetadataDelta,
  MetadataImage,
  TopicMetadata,
} from '../cluster/metadata.ts';
import { brokerBytesMax, readBroker, writeBroker } from './brokerCodec.ts';
import { readBrokerId, readInt32, readInt64 } from './checkedFields.ts';
import {
  partitionBytesMax,
  type ReadTopic,
  readTopic,
  type TopicSlice,
  topicBytesMax,
  writeTopic,
} from './topicCodec.ts';

/** Some 5,000 partitions: decoding a part takes the event loop 10 ms. */
export const PART_BYTES_MAX = 1 << 19;
const TOPIC_ID_BYTES = 40;

/** What images and deltas have in common; controllerId is of images alone, topicsGone of deltas. */
export interface MetadataHead {
  readonly controllerEpoch: number;
  readonly seq: number;
  readonly featureLevel: number;
  readonly controllerId: BrokerId;
}

export interface MetadataPart extends MetadataHead {
  readonly brokers: readonly BrokerMetadata[];
  readonly topics: readonly TopicSlice[];
  readonly topicsGone: readonly TopicId[];
  readonly complete: boolean;
}

export interface ReadMetadataPart extends MetadataHead {
  readonly brokers: BrokerMetadata[];
  readonly topics: ReadTopic[];
  readonly topicsGone: TopicId[];
  readonly complete: boolean;
}

export function partsOfImage(image: MetadataImage): MetadataPart[] {
  return partsOf(image, image.brokers, image.topics, []);
}

export function partsOfDelta(delta: MetadataDelta): MetadataPart[] {
  const head = { ...delta, controllerId: 0 as BrokerId };
  return partsOf(head, delta.brokers, delta.topics, delta.topicsGone);
}

export function writeMetadataPart(writer: ProtoWriter, field: number, part: MetadataPart): void {
  const mark = writer.mark();
  writer.bool(8, part.complete);
  for (const topicId of part.topicsGone.toReversed()) writer.presentString(7, topicId);
  for (const slice of part.topics.toReversed()) writeTopic(writer, 6, slice);
  for (const broker of part.brokers.toReversed()) writeBroker(writer, 5, broker);
  writer.number(4, part.controllerId);
  writer.number(3, part.featureLevel);
  writer.number(2, part.seq);
  writer.number(1, part.controllerEpoch);
  writer.close(field, mark);
}

export function readMetadataPart(reader: ProtoReader): ReadMetadataPart {
  let controllerEpoch = 0;
  let seq = 0;
  let featureLevel = 0;
  let controllerId = 0 as BrokerId;
  let complete = false;
  const brokers: BrokerMetadata[] = [];
  const topics: ReadTopic[] = [];
  const topicsGone: TopicId[] = [];
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) controllerEpoch = readInt64(reader, 'controller epoch');
    else if (field === 2) seq = readInt64(reader, 'sequence');
    else if (field === 3) featureLevel = readInt32(reader, 'feature level');
    else if (field === 4) controllerId = readBrokerId(reader);
    else if (field === 5) brokers.push(readBroker(reader.message()));
    else if (field === 6) topics.push(readTopic(reader.message()));
    else if (field === 7) topicsGone.push(toTopicId(reader.string()));
    else if (field === 8) complete = reader.bool();
    else reader.skip();
  }
  const head = { controllerEpoch, seq, featureLevel, controllerId };
  return { ...head, brokers, topics, topicsGone, complete };
}

function partsOf(
  { controllerEpoch, seq, featureLevel, controllerId }: MetadataHead,
  brokers: readonly BrokerMetadata[],
  topics: readonly TopicMetadata[],
  topicsGone: readonly TopicId[],
): MetadataPart[] {
  const cut = new PartCutter();
  for (const broker of brokers) cut.add('brokers', broker, brokerBytesMax(broker));
  for (const topic of topics) cut.topic(topic);
  for (const topicId of topicsGone) cut.add('topicsGone', topicId, TOPIC_ID_BYTES);
  const last = cut.contents.length - 1;
  return cut.contents.map((content, index) => ({
    controllerEpoch,
    seq,
    featureLevel,
    controllerId,
    ...content,
    complete: index === last,
  }));
}

interface PartContent {
  readonly brokers: BrokerMetadata[];
  readonly topics: TopicSlice[];
  readonly topicsGone: TopicId[];
}

class PartCutter {
  readonly contents: PartContent[] = [];
  #bytes = 0;
  #current = this.#begin();

  add<K extends keyof PartContent>(list: K, element: PartContent[K][number], bytes: number): void {
    if (this.#bytes > 0 && this.#bytes + bytes > PART_BYTES_MAX) this.#current = this.#begin();
    this.#bytes += bytes;
    // `element` is one of this list's: the compiler does not follow the index.
    (this.#current[list] as unknown[]).push(element);
  }

  topic(topic: TopicMetadata): void {
    const { partitions } = topic;
    let from = 0;
    let bytes = topicBytesMax(topic);
    for (let index = 0; index < partitions.length; index++) {
      const partition = partitions[index];
      const more = partition === undefined ? 0 : partitionBytesMax(partition);
      if (index > from && bytes + more > PART_BYTES_MAX) {
        this.add('topics', { topic, from, to: index }, bytes);
        from = index;
        bytes = TOPIC_ID_BYTES;
      }
      bytes += more;
    }
    this.add('topics', { topic, from, to: partitions.length }, bytes);
  }

  #begin(): PartContent {
    const content: PartContent = { brokers: [], topics: [], topicsGone: [] };
    this.contents.push(content);
    this.#bytes = 0;
    return content;
  }
}
