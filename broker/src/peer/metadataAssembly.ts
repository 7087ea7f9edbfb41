/** Puts the parts of an image or a delta together again. One at a time: nothing may come between its parts. */
import type { TopicId } from '@millrace/core/ids';
import type { PartitionStatus } from '@millrace/core/resources/partitionAssignment';
import type {
  BrokerMetadata,
  MetadataDelta,
  MetadataImage,
  TopicMetadata,
} from '../cluster/metadata.ts';
import { invalid } from './checkedFields.ts';
import type { ReadMetadataPart } from './metadataParts.ts';
import type { ReadTopic } from './topicCodec.ts';

/** Of all parts together, on the wire: some 500,000 partitions. */
const WHOLE_BYTES_MAX = 64 * 2 ** 20;

export type MetadataKind = 'image' | 'delta';
export type Metadata =
  | { readonly kind: 'image'; readonly image: MetadataImage }
  | { readonly kind: 'delta'; readonly delta: MetadataDelta };

interface OpenTopic extends TopicMetadata {
  readonly partitions: PartitionStatus[];
}

interface Whole {
  readonly kind: MetadataKind;
  readonly first: ReadMetadataPart;
  readonly brokers: BrokerMetadata[];
  readonly topics: OpenTopic[];
  readonly topicsGone: TopicId[];
  bytes: number;
}

export class MetadataAssembly {
  #open: Whole | undefined;

  /** True between the first and the last part. */
  get open(): boolean {
    return this.#open !== undefined;
  }

  /** Undefined: parts are missing. Throws INVALID_REQUEST. */
  add(kind: MetadataKind, part: ReadMetadataPart, bytes: number): Metadata | undefined {
    const whole = (this.#open ??= {
      kind,
      first: part,
      brokers: [],
      topics: [],
      topicsGone: [],
      bytes: 0,
    });
    const { first } = whole;
    if (
      whole.kind !== kind ||
      first.seq !== part.seq ||
      first.controllerEpoch !== part.controllerEpoch
    ) {
      throw invalid(`${kind} ${part.seq} begins within ${whole.kind} ${first.seq}`);
    }
    whole.bytes += bytes;
    if (whole.bytes > WHOLE_BYTES_MAX)
      throw invalid(`${kind} of more than ${WHOLE_BYTES_MAX} bytes`);
    for (const broker of part.brokers) whole.brokers.push(broker);
    for (const topic of part.topics) addTopic(whole.topics, topic);
    for (const topicId of part.topicsGone) whole.topicsGone.push(topicId);
    if (!part.complete) return undefined;
    this.#open = undefined;
    return finished(whole);
  }
}

function addTopic(topics: OpenTopic[], read: ReadTopic): void {
  if (read.more === undefined) {
    topics.push({ ...read.topic, partitions: [...read.topic.partitions] });
    return;
  }
  const last = topics.at(-1);
  if (last?.topicId !== read.more.topicId) {
    throw invalid(`partitions continue topic ${read.more.topicId}, which is not the last one`);
  }
  for (const partition of read.more.partitions) last.partitions.push(partition);
}

function finished({ kind, first, brokers, topics, topicsGone }: Whole): Metadata {
  const { controllerEpoch, seq, featureLevel, controllerId } = first;
  const position = { controllerEpoch, seq, featureLevel };
  if (kind === 'delta') return { kind, delta: { ...position, brokers, topics, topicsGone } };
  for (const { topicId, partitions } of topics) {
    const hole = partitions.findIndex(({ p }, index) => p !== index);
    if (hole >= 0) throw invalid(`partition ${hole} of topic ${topicId} is missing in an image`);
  }
  return { kind, image: { ...position, controllerId, brokers, topics } };
}
