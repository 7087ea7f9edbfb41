/** New offsets of a group, of what the cluster says now. */
import type { Millrace } from '@millrace/client/millrace';
import type { OffsetReset } from '@millrace/client/groupAdmin';
import { millraceError } from '@millrace/core/errors';
import { InputError } from '../inputError.ts';
import { parseTopicOrPartition } from '../partitionName.ts';
import type { ResetTarget } from './resetTarget.ts';
import type { TopicNames } from './topicNames.ts';

export type Clients = Pick<Millrace, 'admin' | 'groupAdmin'>;

interface Place {
  readonly topicId: string;
  readonly topic: string;
  readonly partition: number;
}

interface Bounds {
  readonly start: number;
  readonly end: number;
}

/** `scope`: TOPIC or TOPIC:PARTITION; none: all that the group has. Throws InputError and what the cluster says. */
export async function planReset(
  { admin, groupAdmin }: Clients,
  names: TopicNames,
  group: string,
  target: Exclude<ResetTarget, { kind: 'undo' }>,
  scope: readonly string[],
): Promise<OffsetReset[]> {
  const committed = new Map<string, number>();
  const from = target.kind === 'group' ? target.group : group;
  for (const { topicId, partition, committed: offset } of await groupAdmin.fetchOffsets(from)) {
    if (offset !== undefined) committed.set(keyOf(topicId, partition), offset.offset);
  }
  if (target.kind === 'group' && committed.size === 0) {
    throw new InputError(`group ${from} has no offsets`, 'name another group');
  }
  const places = scope.length > 0 ? placesOf(scope, names) : placesIn(committed, names);
  if (places.length === 0) {
    throw new InputError(`group ${group} has no offsets`, 'name topics with --topic');
  }
  const resets: OffsetReset[] = [];
  for (const [topic, ofTopic] of Map.groupBy(places, (place) => place.topic)) {
    const partitions = ofTopic.map(({ partition }) => partition);
    const ask = async (at: 'earliest' | 'latest' | { timestampMs: number }) => {
      const rows = await admin.listOffsets(topic, at, { partitions });
      const failure = rows.find(({ error }) => error !== undefined)?.error;
      if (failure !== undefined) throw failure;
      return new Map(rows.map(({ partition, offset }) => [partition, offset]));
    };
    const [starts, ends] = [await ask('earliest'), await ask('latest')];
    const times = target.kind === 'time' ? await ask({ timestampMs: target.timestampMs }) : starts;
    for (const { topicId, partition } of ofTopic) {
      const [start, end] = [starts.get(partition), ends.get(partition)];
      if (start === undefined || end === undefined) {
        throw millraceError('UNKNOWN_PARTITION', `${topic}:${partition} was not answered for`);
      }
      const known = committed.get(keyOf(topicId, partition));
      const offset = newOffset(target, { start, end }, known, times.get(partition) ?? end);
      if (offset !== undefined) resets.push({ topicId, partition, offset });
    }
  }
  if (resets.length > 0) return resets;
  throw new InputError('there is nothing to reset in these partitions', 'name others, or none');
}

/** Undefined: there is nothing to go by. */
function newOffset(
  target: Exclude<ResetTarget, { kind: 'undo' }>,
  { start, end }: Bounds,
  committed: number | undefined,
  atTime: number,
): number | undefined {
  const within = (offset: number): number => Math.min(Math.max(offset, start), end);
  switch (target.kind) {
    case 'earliest':
      return start;
    case 'latest':
      return end;
    case 'time':
      return within(atTime);
    case 'offset':
      return within(target.offset);
    case 'shift':
      return committed === undefined ? undefined : within(committed + target.by);
    case 'group':
      return committed === undefined ? undefined : within(committed);
  }
}

/** Throws InputError. */
function placesOf(scope: readonly string[], names: TopicNames): Place[] {
  const places = scope.flatMap((text) => {
    const { topic, partition } = parseTopicOrPartition(text);
    const known = names.byName(topic);
    if (known === undefined) throw new InputError(`there is no topic ${topic}`, 'check its name');
    if (partition !== undefined && partition >= known.partitions) {
      throw new InputError(`${topic} has ${known.partitions} partitions`, 'check the number');
    }
    const { topicId } = known;
    const all = Array.from({ length: known.partitions }, (_, p) => p);
    const wanted = partition === undefined ? all : [partition];
    return wanted.map((p): Place => ({ topicId, topic, partition: p }));
  });
  return [
    ...new Map(places.map((place) => [keyOf(place.topicId, place.partition), place])).values(),
  ];
}

function placesIn(committed: ReadonlyMap<string, number>, names: TopicNames): Place[] {
  return [...committed.keys()].flatMap((key) => {
    const [topicId = '', partition] = key.split('/');
    const topic = names.nameOf(topicId);
    // Of a topic that is gone: it goes by itself.
    return topic === topicId ? [] : [{ topicId, topic, partition: Number(partition) }];
  });
}

function keyOf(topicId: string, partition: number): string {
  return `${topicId}/${partition}`;
}
