/** millrace.peer.v1.SessionResponse: what the controller tells a broker. */
import type { MillraceError } from '@millrace/core/errors';
import { type TopicId, toTopicId } from '@millrace/core/ids';
import { readError, writeError } from '@millrace/core/messages/error';
import { ProtoReader } from '@millrace/core/messages/protoReader';
import { ProtoWriter } from '@millrace/core/messages/protoWriter';
import type { CreateCopy, SessionDown } from '../cluster/sessionMessages.ts';
import {
  integerIn,
  invalid,
  present,
  readChoice,
  readInt32,
  readInt64,
  readPartition,
  readTopicName,
} from './checkedFields.ts';
import { PARTITIONS_PER_TOPIC_MAX } from '@millrace/core/resources/partitionAssignment';
import { configBytesMax, readConfigEntry, writeConfig } from './configCodec.ts';
import { MetadataAssembly } from './metadataAssembly.ts';
import {
  type MetadataPart,
  PART_BYTES_MAX,
  partsOfDelta,
  partsOfImage,
  readMetadataPart,
  writeMetadataPart,
} from './metadataParts.ts';

const COPIES_PER_MESSAGE = 10_000;
const REASONS = ['newer-boot', 'not-controller', 'refused'] as const;

type Of<K extends SessionDown['kind']> = Extract<SessionDown, { kind: K }>;
type CopyToReport = Of<'reportCopies'>['copies'][number];

/** One message, more if it is large. */
export function encodeSessionDown(message: SessionDown): Uint8Array[][] {
  switch (message.kind) {
    case 'image':
      return partsOfImage(message.image).map((part) => encodePart(1, part));
    case 'delta':
      return partsOfDelta(message.delta).map((part) => encodePart(2, part));
    case 'createCopies':
      return inMessages(groupsOf(message.copies)).map((groups) =>
        encodeCreateCopies(message.controllerEpoch, groups),
      );
    case 'reportCopies':
      return chunksOf(message.copies, COPIES_PER_MESSAGE).map((copies) =>
        encodeReportCopies(message.controllerEpoch, copies),
      );
    case 'fenced':
      return [encodeFenced(message)];
  }
}

/** Keeps the parts of an unfinished image or delta: one per stream. */
export class SessionDownDecoder {
  readonly #assembly = new MetadataAssembly();

  /** Undefined: more parts are to come. Throws INVALID_REQUEST. */
  decode(body: Buffer): SessionDown | undefined {
    const reader = new ProtoReader(body);
    let message: SessionDown | undefined;
    let parts = 0;
    for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
      if (field === 1 || field === 2) {
        parts++;
        const kind = field === 1 ? 'image' : 'delta';
        message = this.#assembly.add(kind, readMetadataPart(reader.message()), body.length);
      } else if (field === 3) message = readCreateCopies(reader.message());
      else if (field === 4) message = readReportCopies(reader.message());
      else if (field === 5) message = readFenced(reader.message());
      else reader.skip();
    }
    if (message === undefined && parts === 0) throw invalid('a session message of no known kind');
    if (parts === 0 && this.#assembly.open) throw invalid('a message within parts of metadata');
    return message;
  }
}

function encodePart(field: number, part: MetadataPart): Uint8Array[] {
  const writer = new ProtoWriter();
  writeMetadataPart(writer, field, part);
  return writer.finish();
}

interface CopyGroup extends Omit<CreateCopy, 'partition'> {
  readonly partitions: number[];
}

/** Copies in a row that differ by their partition alone. */
function groupsOf(copies: readonly CreateCopy[]): CopyGroup[] {
  const groups: CopyGroup[] = [];
  for (const { topicId, topicName, config, partition } of copies) {
    const last = groups.at(-1);
    if (last?.topicId === topicId && last.topicName === topicName && last.config === config) {
      last.partitions.push(partition);
    } else groups.push({ topicId, topicName, config, partitions: [partition] });
  }
  return groups;
}

function inMessages(groups: readonly CopyGroup[]): CopyGroup[][] {
  const messages: CopyGroup[][] = [];
  let bytes = PART_BYTES_MAX;
  for (const group of groups) {
    const more =
      60 + group.topicName.length + configBytesMax(group.config) + 3 * group.partitions.length;
    if (messages.length === 0 || bytes + more > PART_BYTES_MAX) {
      messages.push([]);
      bytes = 0;
    }
    bytes += more;
    messages.at(-1)?.push(group);
  }
  return messages;
}

function encodeCreateCopies(controllerEpoch: number, groups: readonly CopyGroup[]): Uint8Array[] {
  const writer = new ProtoWriter();
  const whole = writer.mark();
  for (const { topicId, topicName, config, partitions } of groups.toReversed()) {
    const mark = writer.mark();
    writer.packedUint32(4, partitions);
    writeConfig(writer, 3, config);
    writer.string(2, topicName);
    writer.string(1, topicId);
    writer.close(2, mark);
  }
  writer.number(1, controllerEpoch);
  writer.close(3, whole);
  return writer.finish();
}

function readCreateCopies(reader: ProtoReader): Of<'createCopies'> {
  let controllerEpoch = 0;
  const copies: CreateCopy[] = [];
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) controllerEpoch = readInt64(reader, 'controller epoch');
    else if (field === 2) readGroup(reader.message(), copies);
    else reader.skip();
  }
  return { kind: 'createCopies', controllerEpoch, copies };
}

function readGroup(reader: ProtoReader, copies: CreateCopy[]): void {
  let topicId: TopicId | undefined;
  let name: string | undefined;
  const entries: [string, string][] = [];
  const partitions: number[] = [];
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) topicId = toTopicId(reader.string());
    else if (field === 2) name = readTopicName(reader);
    else if (field === 3) entries.push(readConfigEntry(reader.message()));
    else if (field === 4) reader.packedUint32(partitions);
    else reader.skip();
  }
  const id = present(topicId, 'topic id');
  const topicName = present(name, 'topic name');
  const config = Object.fromEntries(entries);
  for (const partition of partitions) {
    integerIn(partition, 'partition', 0, PARTITIONS_PER_TOPIC_MAX - 1);
    copies.push({ topicId: id, topicName, partition, config });
  }
}

function encodeReportCopies(
  controllerEpoch: number,
  copies: readonly CopyToReport[],
): Uint8Array[] {
  const writer = new ProtoWriter();
  const whole = writer.mark();
  for (const { topicId, partition, epoch } of copies.toReversed()) {
    const mark = writer.mark();
    writer.number(3, epoch);
    writer.number(2, partition);
    writer.string(1, topicId);
    writer.close(2, mark);
  }
  writer.number(1, controllerEpoch);
  writer.close(4, whole);
  return writer.finish();
}

function readReportCopies(reader: ProtoReader): Of<'reportCopies'> {
  let controllerEpoch = 0;
  const copies: CopyToReport[] = [];
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) controllerEpoch = readInt64(reader, 'controller epoch');
    else if (field === 2) copies.push(readCopyToReport(reader.message()));
    else reader.skip();
  }
  return { kind: 'reportCopies', controllerEpoch, copies };
}

function readCopyToReport(reader: ProtoReader): CopyToReport {
  let topicId: TopicId | undefined;
  let partition = 0;
  let epoch = 0;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) topicId = toTopicId(reader.string());
    else if (field === 2) partition = readPartition(reader);
    else if (field === 3) epoch = readInt32(reader, 'epoch');
    else reader.skip();
  }
  return { topicId: present(topicId, 'topic id'), partition, epoch };
}

function encodeFenced({ reason, error }: Of<'fenced'>): Uint8Array[] {
  const writer = new ProtoWriter();
  const mark = writer.mark();
  writeError(writer, 2, error);
  writer.number(1, REASONS.indexOf(reason) + 1);
  writer.close(5, mark);
  return writer.finish();
}

function readFenced(reader: ProtoReader): Of<'fenced'> {
  let reason: Of<'fenced'>['reason'] | undefined;
  let error: MillraceError | undefined;
  for (let field = reader.nextField(); field !== 0; field = reader.nextField()) {
    if (field === 1) reason = readChoice(reader, 'reason', REASONS);
    else if (field === 2) error = readError(reader.message());
    else reader.skip();
  }
  return { kind: 'fenced', reason: present(reason, 'reason'), error: present(error, 'error') };
}

/** At least one, which may be empty. */
function chunksOf<T>(list: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let from = 0; from === 0 || from < list.length; from += size) {
    chunks.push(list.slice(from, from + size));
  }
  return chunks;
}
