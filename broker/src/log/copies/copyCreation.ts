import { dirname, join } from 'node:path';
import { type MillraceError, millraceError } from '@millrace/core/errors';
import { type ClusterId, newCopyId, type Offset, type TopicId } from '@millrace/core/ids';
import type { Random } from '../../io/random.ts';
import type { Storage } from '../../io/storage.ts';
import { forEachConcurrently } from '../concurrency.ts';
import type { DataDirectory } from '../directory/dataDirectory.ts';
import type { LogConfig } from '../partition/logConfig.ts';
import type { LogShared } from '../partition/logShared.ts';
import { encodePartitionFile, PARTITION_FILE, type PartitionFile } from './partitionFile.ts';
import { PartitionLog } from '../partition/partitionLog.ts';

export interface CopySpec {
  readonly topicId: TopicId;
  readonly topicName: string;
  readonly partition: number;
  readonly config: LogConfig;
  /** Of the copy whose place it takes. */
  readonly kept?: { readonly startOffset: Offset } & Pick<PartitionFile, 'adoptedEpoch' | 'minIsr'>;
}

export interface CopyCreation {
  readonly storage: Storage;
  readonly random: Random;
  readonly data: DataDirectory;
  readonly clusterId: ClusterId;
  readonly shared: LogShared;
  readonly syncConcurrency: number;
}

export interface CreatedCopy {
  readonly log: PartitionLog;
  readonly file: PartitionFile;
}

/**
 * Directories and partition.json of new copies, durable once it resolves. They count only with their
 * lines: a crash before leaves copies that the next boot reports as unfinished.
 */
export async function createCopies(
  specs: readonly CopySpec[],
  creation: CopyCreation,
): Promise<CreatedCopy[]> {
  const { storage, data, syncConcurrency } = creation;
  const created: CreatedCopy[] = [];
  await forEachConcurrently(specs, syncConcurrency, async (spec) => {
    created.push(await createCopy(spec, creation));
  });
  const topics = new Set(created.map(({ log }) => dirname(log.directory)));
  await forEachConcurrently(topics, syncConcurrency, (topic) => storage.syncDirectory(topic));
  if (topics.size > 0) await storage.syncDirectory(data.topics);
  return created;
}

/** In memory only: it stands for a copy that could not be created, is empty, and takes nothing, for `reason`. */
export function absentCopy(
  { topicId, partition, config }: CopySpec,
  reason: MillraceError,
  { random, data, shared }: CopyCreation,
): PartitionLog {
  const copyId = newCopyId(random.bytes(6));
  const directory = data.partition(topicId, partition);
  const log = PartitionLog.create({ topicId, partition, copyId, directory }, config, shared);
  log.fail(reason);
  return log;
}

async function createCopy(spec: CopySpec, creation: CopyCreation): Promise<CreatedCopy> {
  const { storage, random, data, clusterId, shared } = creation;
  const { topicId, topicName, partition, config, kept } = spec;
  const directory = data.partition(topicId, partition);
  storage.mkdir(directory);
  // What an unfinished creation left is taken over; segments of a copy that no boot could open are not.
  if (storage.list(directory).some(({ name }) => name.endsWith('.log'))) {
    throw millraceError('CONFLICT', `${directory} holds segments of a copy that cannot be opened`);
  }
  const copyId = newCopyId(random.bytes(6));
  const file: PartitionFile = {
    clusterId,
    topicId,
    topicName,
    partition,
    copyId,
    wasIsr: false,
    adoptedEpoch: kept?.adoptedEpoch ?? -1,
    minIsr: kept?.minIsr,
    removedBelow: 0,
    config,
  };
  await writeNew(storage, join(directory, PARTITION_FILE), encodePartitionFile(file));
  await storage.syncDirectory(directory);
  const identity = { topicId, partition, copyId, directory };
  const log = PartitionLog.create(identity, config, shared, kept?.startOffset);
  return { log, file };
}

/** No rename: nothing trusts the file before the line of its copy is durable. */
async function writeNew(storage: Storage, path: string, bytes: Buffer): Promise<void> {
  const file = storage.open(path, 'create');
  try {
    file.truncate(0);
    await file.write([bytes], 0);
    await file.sync();
  } finally {
    file.close();
  }
}
