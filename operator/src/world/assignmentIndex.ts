/** Assignments by topic, parsed once per version; what no parser accepts is told to `onCorrupt` and left alone. */
import type { TopicId } from '@millrace/core/ids';
import type { AssignmentResource } from '@millrace/core/resources/custom/internalResources';
import { CLUSTER_LABEL } from '@millrace/core/resources/custom/resourceNames';
import {
  type AssignmentSpec,
  parseAssignmentSpec,
  parseAssignmentStatus,
} from '@millrace/core/resources/partitionAssignment';
import type { KnownAssignment } from '../topic/topicView.ts';

export interface IndexedAssignment extends KnownAssignment {
  /** Of the Cluster resource; empty: the label is missing. */
  readonly cluster: string;
  readonly object: AssignmentResource;
}

export class AssignmentIndex {
  readonly #byName = new Map<string, IndexedAssignment>();
  readonly #byTopicId = new Map<string, Map<string, IndexedAssignment>>();
  readonly #byTopicName = new Map<string, Map<string, IndexedAssignment>>();
  /** Cluster of those that cannot be read, by name; empty: the label is missing. */
  readonly #unreadable = new Map<string, string>();
  readonly #onCorrupt: (name: string, cause: string) => void;

  constructor(onCorrupt: (name: string, cause: string) => void) {
    this.#onCorrupt = onCorrupt;
  }

  /** `object` undefined: it is gone. Returns what was known and what is. */
  set(
    name: string,
    object: AssignmentResource | undefined,
  ): { before: IndexedAssignment | undefined; now: IndexedAssignment | undefined } {
    const before = this.#byName.get(name);
    this.#unreadable.delete(name);
    if (before !== undefined) {
      this.#byName.delete(name);
      removed(this.#byTopicId, before.spec.topicId, name);
      removed(this.#byTopicName, nameKey(before.cluster, before.spec.topicName), name);
    }
    const now = object === undefined ? undefined : this.#parsed(name, object);
    if (now !== undefined) {
      this.#byName.set(name, now);
      added(this.#byTopicId, now.spec.topicId, name, now);
      added(this.#byTopicName, nameKey(now.cluster, now.spec.topicName), name, now);
    }
    return { before, now };
  }

  /** In order, deleted ones too. */
  ofTopic(topicId: TopicId | undefined): IndexedAssignment[] {
    const found = [...(this.#byTopicId.get(topicId ?? '')?.values() ?? [])];
    return found.toSorted((left, right) => left.spec.chunk - right.spec.chunk);
  }

  ofTopicName(cluster: string, topicName: string): IndexedAssignment[] {
    return [...(this.#byTopicName.get(nameKey(cluster, topicName))?.values() ?? [])];
  }

  topicIds(): Iterable<string> {
    return this.#byTopicId.keys();
  }

  specsOf(cluster: string): AssignmentSpec[] {
    return [...this.#byName.values()]
      .filter((assignment) => assignment.cluster === cluster)
      .map(({ spec }) => spec);
  }

  ofCluster(cluster: string): IndexedAssignment[] {
    return [...this.#byName.values()].filter((assignment) => assignment.cluster === cluster);
  }

  /** Names of those that cannot be read and may be of this cluster. */
  unreadableOf(cluster: string): string[] {
    const names = [...this.#unreadable].filter(([, of]) => of === cluster || of === '');
    return names.map(([name]) => name);
  }

  #parsed(name: string, object: AssignmentResource): IndexedAssignment | undefined {
    const cluster = object.metadata.labels?.[CLUSTER_LABEL] ?? '';
    try {
      const status = object.status === undefined ? undefined : parseAssignmentStatus(object.status);
      return { name, cluster, object, spec: parseAssignmentSpec(object.spec), status };
    } catch (thrown) {
      this.#unreadable.set(name, cluster);
      this.#onCorrupt(name, thrown instanceof Error ? thrown.message : String(thrown));
      return undefined;
    }
  }
}

function nameKey(cluster: string, topicName: string): string {
  return `${cluster}/${topicName}`;
}

function added<T>(index: Map<string, Map<string, T>>, key: string, name: string, value: T): void {
  const known = index.get(key);
  if (known === undefined) index.set(key, new Map([[name, value]]));
  else known.set(name, value);
}

function removed<T>(index: Map<string, Map<string, T>>, key: string, name: string): void {
  const known = index.get(key);
  known?.delete(name);
  if (known?.size === 0) index.delete(key);
}
