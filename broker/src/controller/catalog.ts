/**
 * The topics of the cluster store: what was asked for (Topic) and who holds it (PartitionAssignment), read once and
 * then kept up to date by the one process that writes them. Every change is a compare-and-set; memory follows it.
 */
import { millraceError } from '@millrace/core/errors';
import type { BrokerId, ClusterId, TopicId } from '@millrace/core/ids';
import {
  ASSIGNMENT_FORMAT_VERSION,
  type AssignmentSpec,
  type AssignmentStatus,
  assignmentName,
  PARTITIONS_PER_ASSIGNMENT,
  type PartitionStatus,
} from '@millrace/core/resources/partitionAssignment';
import type { TopicSpec } from '@millrace/core/resources/topic';
import type { AnyChange, AnyNewObject, ClusterStore, StoredObject } from '../store/clusterStore.ts';

export type StoredAssignment = StoredObject<'PartitionAssignment'>;

export interface CatalogTopic {
  readonly topicId: TopicId;
  readonly name: string;
  /** Undefined once the topic is being deleted, and for internal topics. */
  readonly topic: StoredObject<'Topic'> | undefined;
  /** By chunk. */
  readonly assignments: readonly StoredAssignment[];
}

export class Catalog {
  readonly #store: ClusterStore;
  readonly #clusterId: ClusterId;
  readonly #byId = new Map<string, CatalogTopic>();

  constructor(store: ClusterStore, clusterId: ClusterId) {
    this.#store = store;
    this.#clusterId = clusterId;
  }

  async load(): Promise<readonly CatalogTopic[]> {
    const [topics, assignments] = await Promise.all([
      this.#store.list('Topic'),
      this.#store.list('PartitionAssignment'),
    ]);
    const topicsById = new Map(
      topics.objects.flatMap((object) =>
        object.status === undefined ? [] : [[object.status.topicId, object] as const],
      ),
    );
    const chunks = new Map<TopicId, StoredAssignment[]>();
    for (const object of assignments.objects) {
      const list = chunks.get(object.spec.topicId) ?? [];
      list.push(object);
      chunks.set(object.spec.topicId, list);
    }
    this.#byId.clear();
    for (const [topicId, list] of chunks) {
      const byChunk = list.toSorted((a, b) => a.spec.chunk - b.spec.chunk);
      const first = byChunk[0];
      if (first === undefined) continue;
      this.#byId.set(topicId, {
        topicId,
        name: first.spec.topicName,
        topic: topicsById.get(topicId),
        assignments: byChunk,
      });
    }
    return [...this.#byId.values()];
  }

  find(topicId: string): CatalogTopic | undefined {
    return this.#byId.get(topicId);
  }

  get(topicId: TopicId): CatalogTopic {
    const found = this.#byId.get(topicId);
    if (found === undefined) throw millraceError('UNKNOWN_TOPIC', `no topic has the id ${topicId}`);
    return found;
  }

  /** The Topic and its assignments appear together or not at all. CONFLICT if the name is taken. */
  async create(
    topicId: TopicId,
    spec: TopicSpec,
    config: Readonly<Record<string, string>>,
    replicas: readonly (readonly BrokerId[])[],
  ): Promise<CatalogTopic> {
    const assignments = this.#chunks(topicId, spec.topicName, config, replicas, 0);
    const topic = { kind: 'Topic', name: spec.topicName, spec, status: { topicId } } as const;
    const versions = await this.#store.create([topic, ...assignments]);
    const entry: CatalogTopic = {
      topicId,
      name: spec.topicName,
      topic: { ...topic, version: versionAt(versions, 0) },
      assignments: assignments.map((object, index) => ({
        ...object,
        status: undefined,
        version: versionAt(versions, index + 1),
      })),
    };
    this.#byId.set(topicId, entry);
    return entry;
  }

  /** New Topic spec and resolved config, and `added` partitions behind the existing ones. */
  async alter(
    topicId: TopicId,
    spec: TopicSpec,
    config: Readonly<Record<string, string>>,
    added: readonly (readonly BrokerId[])[],
  ): Promise<CatalogTopic> {
    const entry = this.get(topicId);
    if (entry.topic === undefined) {
      throw millraceError('UNKNOWN_TOPIC', `topic ${entry.name} is being deleted`);
    }
    const last = entry.assignments.at(-1);
    const room = PARTITIONS_PER_ASSIGNMENT - (last?.spec.replicas.length ?? 0);
    const specs: AssignmentSpec[] = entry.assignments.map((object) => ({
      ...object.spec,
      config,
      replicas:
        object === last ? [...object.spec.replicas, ...added.slice(0, room)] : object.spec.replicas,
    }));
    const changes: AnyChange[] = [
      { kind: 'Topic', name: entry.name, expectedVersion: entry.topic.version, spec },
      ...entry.assignments.map(
        (object, index): AnyChange => ({
          kind: 'PartitionAssignment',
          name: object.name,
          expectedVersion: object.version,
          spec: specs[index] ?? object.spec,
        }),
      ),
    ];
    const versions = await this.#store.update(changes);
    const changed = this.#remember({
      ...entry,
      topic: { ...entry.topic, spec, version: versionAt(versions, 0) },
      assignments: entry.assignments.map((object, index) => ({
        ...object,
        spec: specs[index] ?? object.spec,
        version: versionAt(versions, index + 1),
      })),
    });
    // After the chunk before them is full: a failure in between leaves fewer partitions, never a gap, and a repeated
    // call, which counts those of the entry, adds the rest.
    return await this.#addChunks(changed, config, added.slice(room));
  }

  async #addChunks(
    entry: CatalogTopic,
    config: Readonly<Record<string, string>>,
    replicas: readonly (readonly BrokerId[])[],
  ): Promise<CatalogTopic> {
    const { topicId, name, assignments } = entry;
    const chunks = this.#chunks(topicId, name, config, replicas, assignments.length);
    if (chunks.length === 0) return entry;
    const versions = await this.#store.create(chunks);
    const fresh = chunks.map((object, index) => ({
      ...object,
      status: undefined,
      version: versionAt(versions, index),
    }));
    return this.#remember({ ...entry, assignments: [...assignments, ...fresh] });
  }

  /** Status of the given chunks, all or none. */
  async putStatuses(
    statuses: readonly { assignment: StoredAssignment; partitions: readonly PartitionStatus[] }[],
    controllerEpoch: number,
  ): Promise<void> {
    if (statuses.length === 0) return;
    const written = statuses.map(({ assignment, partitions }) => {
      const formatVersion = ASSIGNMENT_FORMAT_VERSION;
      const status: AssignmentStatus = { formatVersion, controllerEpoch, partitions };
      return { assignment, status };
    });
    const versions = await this.#store.update(
      written.map(({ assignment, status }) => ({
        kind: 'PartitionAssignment',
        name: assignment.name,
        expectedVersion: assignment.version,
        status,
      })),
    );
    for (const [index, { assignment, status }] of written.entries()) {
      const entry = this.get(assignment.spec.topicId);
      const version = versionAt(versions, index);
      this.#remember({
        ...entry,
        assignments: entry.assignments.map((object) =>
          object.name === assignment.name ? { ...object, status, version } : object,
        ),
      });
    }
  }

  /** The tombstone that lets replicas delete their data (safety.md, rule 25); then the Topic goes. Repeatable. */
  async markDeleted(topicId: TopicId): Promise<CatalogTopic> {
    const entry = this.get(topicId);
    if (entry.assignments.every(({ spec }) => spec.deleted)) return await this.#deleteTopic(entry);
    const specs = entry.assignments.map((object) => ({ ...object.spec, deleted: true }));
    const versions = await this.#store.update(
      entry.assignments.map((object, index) => ({
        kind: 'PartitionAssignment',
        name: object.name,
        expectedVersion: object.version,
        spec: specs[index] ?? object.spec,
      })),
    );
    const marked = this.#remember({
      ...entry,
      assignments: entry.assignments.map((object, index) => ({
        ...object,
        spec: specs[index] ?? object.spec,
        version: versionAt(versions, index),
      })),
    });
    return await this.#deleteTopic(marked);
  }

  /** Once no replica holds data any more. */
  async forget(topicId: TopicId): Promise<void> {
    // After a crash between tombstone and Topic it is still there, and without assignments nothing would lead to it.
    let entry = await this.#deleteTopic(this.get(topicId));
    for (const object of entry.assignments) {
      await this.#store.delete('PartitionAssignment', object.name, object.version);
      const assignments = entry.assignments.filter((other) => other !== object);
      entry = this.#remember({ ...entry, assignments });
    }
    this.#byId.delete(topicId);
  }

  async #deleteTopic(entry: CatalogTopic): Promise<CatalogTopic> {
    if (entry.topic === undefined) return entry;
    await this.#store.delete('Topic', entry.topic.name, entry.topic.version);
    return this.#remember({ ...entry, topic: undefined });
  }

  #remember(entry: CatalogTopic): CatalogTopic {
    this.#byId.set(entry.topicId, entry);
    return entry;
  }

  #chunks(
    topicId: TopicId,
    topicName: string,
    config: Readonly<Record<string, string>>,
    replicas: readonly (readonly BrokerId[])[],
    firstChunk: number,
  ): Extract<AnyNewObject, { kind: 'PartitionAssignment' }>[] {
    const chunks: Extract<AnyNewObject, { kind: 'PartitionAssignment' }>[] = [];
    for (let from = 0; from < replicas.length; from += PARTITIONS_PER_ASSIGNMENT) {
      const chunk = firstChunk + chunks.length;
      const spec: AssignmentSpec = {
        topicId,
        topicName,
        clusterId: this.#clusterId,
        chunk,
        config,
        replicas: replicas.slice(from, from + PARTITIONS_PER_ASSIGNMENT),
        deletionPolicy: 'Delete',
        deleted: false,
      };
      const kind = 'PartitionAssignment' as const;
      chunks.push({ kind, name: assignmentName(topicId, chunk), spec });
    }
    return chunks;
  }
}

function versionAt(versions: readonly number[], index: number): number {
  const version = versions[index];
  if (version === undefined) throw new RangeError('the store answered fewer versions than writes');
  return version;
}
