/**
 * The ClusterStore on Kubernetes: custom resources, compare-and-set by resourceVersion, which etcd gives in one order to
 * all objects (architecture.md, Cluster state). Reads are linearizable. Several writes of one call are made in order.
 *
 * A status that says of a partition for the first time that it had a leader is followed by the annotation that remembers
 * it, and is shown to nobody before that is written (safety.md, rule 22): whoever reads such an object writes it.
 */
import { MillraceError, millraceError } from '@millrace/core/errors';
import { INITIALIZED_ANNOTATION } from '@millrace/core/resources/custom/resourceNames';
import type { AssignmentStatus } from '@millrace/core/resources/partitionAssignment';
import { FollowedWatch } from '@millrace/kube/followedWatch';
import type { KubeClient } from '@millrace/kube/kubeClient';
import { type UntypedObject, versionNumber } from '@millrace/kube/kubeObject';
import type { Clock } from '../../io/clock.ts';
import type { Logger } from '../../io/logger.ts';
import type {
  AnyChange,
  AnyNewObject,
  ClusterStore,
  Kind,
  Lease,
  Listing,
  StoredObject,
  WatchEvent,
} from '../clusterStore.ts';
import { checkStorable, parseStored } from '../storedContents.ts';
import { formatMark, initializedIndexes, parseMark, without } from './initializedMark.ts';
import { KubernetesLease } from './kubernetesLease.ts';
import {
  clusterSelector,
  labelsOf,
  objectName,
  resourceOf,
  resourceSpec,
  storedName,
  storedSpec,
} from './storedKinds.ts';
import { storeFailure } from './storeFailure.ts';

export interface KubernetesStoreOptions {
  /** Of this store alone: closed with it. Its deadline bounds every call. */
  readonly client: KubeClient;
  readonly namespace: string;
  /** Name of the Cluster resource. */
  readonly cluster: string;
  readonly leaseDurationMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A listing is many pages, each of up to a megabyte or so. */
const LIST_MS_MAX = 30_000;
const MARK_TRIES_MAX = 10;

export class KubernetesStore implements ClusterStore {
  readonly #options: KubernetesStoreOptions;
  readonly #lease: KubernetesLease;
  readonly #watches = new Set<() => void>();
  readonly #underWay = new Set<Promise<unknown>>();
  #closed: Promise<void> | undefined;

  constructor(options: KubernetesStoreOptions) {
    this.#options = options;
    this.#lease = new KubernetesLease(options);
  }

  get<K extends Kind>(kind: K, name: string): Promise<StoredObject<K> | undefined> {
    return this.#call(`${kind} ${name}`, async () => {
      const { client, namespace, cluster } = this.#options;
      const of = resourceOf(kind);
      const object = await client.get<UntypedObject>(
        of,
        namespace,
        objectName(cluster, kind, name),
      );
      return object === undefined
        ? undefined
        : this.#parse(kind, await this.#remembered(kind, object));
    });
  }

  list<K extends Kind>(kind: K): Promise<Listing<K>> {
    return this.#call(`objects of ${kind}`, async () => {
      const { client, namespace, cluster } = this.#options;
      const { items, resourceVersion } = await client.list<UntypedObject>(
        resourceOf(kind),
        namespace,
        { labelSelector: clusterSelector(cluster) },
        { deadlineMs: LIST_MS_MAX },
      );
      const objects: StoredObject<K>[] = [];
      let version = versionNumber(resourceVersion);
      for (const item of items) {
        const object = this.#parse(kind, await this.#remembered(kind, item));
        objects.push(object);
        version = Math.max(version, object.version);
      }
      return { objects, version };
    });
  }

  create(objects: readonly AnyNewObject[]): Promise<number[]> {
    for (const { kind, name, spec, status } of objects) {
      try {
        checkStorable(kind, name, 'spec', spec);
        if (status !== undefined) checkStorable(kind, name, 'status', status);
      } catch (error) {
        return Promise.reject(error as Error);
      }
    }
    return this.#inOrder(objects, (object) => this.#create(object));
  }

  update(changes: readonly AnyChange[]): Promise<number[]> {
    for (const change of changes) {
      try {
        const half = 'spec' in change ? 'spec' : 'status';
        checkStorable(
          change.kind,
          change.name,
          half,
          'spec' in change ? change.spec : change.status,
        );
      } catch (error) {
        return Promise.reject(error as Error);
      }
    }
    return this.#inOrder(changes, (change) =>
      'spec' in change ? this.#putSpec(change) : this.#putStatus(change),
    );
  }

  delete(kind: Kind, name: string, expectedVersion: number): Promise<void> {
    return this.#call(`${kind} ${name}`, async () => {
      const { client, namespace, cluster } = this.#options;
      const of = resourceOf(kind);
      await client.delete(of, namespace, objectName(cluster, kind, name), {
        resourceVersion: String(expectedVersion),
      });
    });
  }

  watch<K extends Kind>(
    kind: K,
    fromVersion: number,
    onEvent: (event: WatchEvent<K>) => void,
  ): () => void {
    const { client, namespace, cluster, logger } = this.#options;
    let isStopped = this.#closed !== undefined;
    const stop = (): void => {
      isStopped = true;
      this.#watches.delete(stop);
      watch?.stop();
    };
    const resync = (): void => {
      if (isStopped) return;
      stop();
      onEvent({ type: 'resync' });
    };
    const watch = isStopped
      ? undefined
      : new FollowedWatch<UntypedObject>({
          client,
          of: resourceOf(kind),
          namespace,
          labelSelector: clusterSelector(cluster),
          fromVersion: String(fromVersion),
          onEvent: ({ type, object }) => {
            if (isStopped) return;
            const event = this.#event(kind, type, object);
            if (event?.type === 'resync') resync();
            else if (event !== undefined) onEvent(event);
          },
          onExpired: resync,
          onFailed: ({ message: cause }, retryMs) => {
            logger.debug('a watch of the cluster store is made again', { kind, cause, retryMs });
          },
        });
    if (watch !== undefined) this.#watches.add(stop);
    return stop;
  }

  readLease(): Promise<Lease> {
    return this.#call('the lease', () => this.#lease.read());
  }

  async writeLease(lease: Omit<Lease, 'version'>, expectedVersion: number): Promise<number> {
    const { epoch, renewals } = lease;
    if (!Number.isSafeInteger(epoch) || !Number.isSafeInteger(renewals)) {
      throw millraceError('INVALID_REQUEST', `lease epoch ${epoch}, renewals ${renewals}`);
    }
    return await this.#call('the lease', () => this.#lease.write(lease, expectedVersion));
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    for (const stop of this.#watches) stop();
    await Promise.allSettled(this.#underWay);
    await this.#options.client.connection.close();
  }

  /** Names what failed; refused once it is closed. */
  #call<T>(what: string, run: () => Promise<T>): Promise<T> {
    if (this.#closed !== undefined) {
      const message = 'the cluster store is closed';
      return Promise.reject(
        millraceError('STORE_UNAVAILABLE', message, { outcome: 'not-applied' }),
      );
    }
    const call = run().catch((thrown: unknown) => {
      if (thrown instanceof MillraceError) throw thrown;
      throw storeFailure(thrown, what);
    });
    this.#underWay.add(call);
    const done = (): boolean => this.#underWay.delete(call);
    call.then(done, done);
    return call;
  }

  /** What failed first refuses the rest; what was written before it stays, so the outcome is not that of it alone. */
  async #inOrder<T extends { readonly kind: Kind; readonly name: string }>(
    items: readonly T[],
    write: (item: T) => Promise<number>,
  ): Promise<number[]> {
    const versions: number[] = [];
    for (const item of items) {
      try {
        versions.push(await this.#call(`${item.kind} ${item.name}`, () => write(item)));
      } catch (thrown) {
        if (versions.length === 0 || !(thrown instanceof MillraceError)) throw thrown;
        const { code, message } = thrown;
        throw millraceError(code, message, { outcome: 'unknown', cause: thrown });
      }
    }
    return versions;
  }

  async #create({ kind, name, spec, status }: AnyNewObject): Promise<number> {
    const { client, namespace, cluster } = this.#options;
    const metadata = {
      name: objectName(cluster, kind, name),
      labels: labelsOf(cluster, kind, spec),
    };
    const object = { metadata, spec: resourceSpec(cluster, kind, spec) };
    const created = await client.create<UntypedObject>(resourceOf(kind), namespace, object);
    const version = versionNumber(created.metadata.resourceVersion);
    if (status === undefined) return version;
    // The API server takes a status only by itself.
    try {
      return await this.#putStatus({ kind, name, expectedVersion: version, status } as AnyChange);
    } catch (thrown) {
      const { code, message } =
        thrown instanceof MillraceError ? thrown : storeFailure(thrown, name);
      throw millraceError(code, message, { outcome: 'unknown', cause: thrown });
    }
  }

  /** Labels and annotations are others' too: the object is read, and kept but for its spec. */
  async #putSpec(change: AnyChange & { readonly spec: unknown }): Promise<number> {
    const { client, namespace, cluster } = this.#options;
    const { kind, name, expectedVersion, spec } = change;
    const of = resourceOf(kind);
    const before = await client.get<UntypedObject>(of, namespace, objectName(cluster, kind, name));
    const found = before === undefined ? 'gone' : versionNumber(before.metadata.resourceVersion);
    if (before === undefined || found !== expectedVersion) {
      throw conflict(kind, name, `it is ${found}, the write expected version ${expectedVersion}`);
    }
    const object = { ...before, spec: resourceSpec(cluster, kind, spec as never) };
    const written = await client.put<UntypedObject>(of, namespace, object);
    return versionNumber(written.metadata.resourceVersion);
  }

  async #putStatus(change: AnyChange & { readonly status?: unknown }): Promise<number> {
    const { client, namespace, cluster } = this.#options;
    const { kind, name, expectedVersion, status } = change;
    const metadata = {
      name: objectName(cluster, kind, name),
      resourceVersion: String(expectedVersion),
    };
    const object = { metadata, status } as UntypedObject;
    const written = await client.put<UntypedObject>(resourceOf(kind), namespace, object, {
      subresource: 'status',
    });
    if (unmarked(kind, written).length === 0) {
      return versionNumber(written.metadata.resourceVersion);
    }
    // With its version: a spec that somebody writes in between must not pass as known to the caller.
    const marked = await this.#mark(written);
    if (marked === undefined) {
      const message = 'written, and changed by others before it was marked as initialized';
      throw millraceError('CONFLICT', `${kind} ${name}: ${message}`, { outcome: 'unknown' });
    }
    return versionNumber(marked.metadata.resourceVersion);
  }

  /** The object with what its status says remembered beside it. */
  async #remembered(kind: Kind, object: UntypedObject): Promise<UntypedObject> {
    const { client, namespace } = this.#options;
    let newest = object;
    for (let tries = 0; tries < MARK_TRIES_MAX; tries += 1) {
      if (unmarked(kind, newest).length === 0) return newest;
      const marked = await this.#mark(newest);
      if (marked !== undefined) return marked;
      const { name } = newest.metadata;
      const again = await client.get<UntypedObject>(resourceOf(kind), namespace, name);
      if (again === undefined) throw conflict(kind, name, 'it went while it was read');
      newest = again;
    }
    throw conflict(kind, object.metadata.name, 'it is being changed by others');
  }

  /** Undefined: it is another version by now. */
  async #mark({ metadata, status }: UntypedObject): Promise<UntypedObject | undefined> {
    const { client, namespace } = this.#options;
    const { name, resourceVersion, annotations } = metadata;
    const marks = new Set(parseMark(annotations?.[INITIALIZED_ANNOTATION]));
    for (const index of initializedIndexes(status as AssignmentStatus)) marks.add(index);
    const patch = {
      metadata: {
        resourceVersion,
        annotations: { [INITIALIZED_ANNOTATION]: formatMark([...marks]) },
      },
    };
    try {
      return await client.mergePatch<UntypedObject>(
        resourceOf('PartitionAssignment'),
        namespace,
        name,
        patch,
      );
    } catch (thrown) {
      if (storeFailure(thrown, name).code === 'CONFLICT') return undefined;
      throw thrown;
    }
  }

  /** Undefined: not to be shown, the annotation follows. What cannot be read is left to the listing after a resync. */
  #event<K extends Kind>(
    kind: K,
    type: 'put' | 'deleted',
    object: UntypedObject,
  ): WatchEvent<K> | undefined {
    const { name, resourceVersion } = object.metadata;
    if (type === 'deleted') {
      const stored = storedName(this.#options.cluster, kind, name);
      return { type, name: stored, version: versionNumber(resourceVersion) };
    }
    try {
      if (unmarked(kind, object).length > 0) return undefined;
      return { type, object: this.#parse(kind, object) };
    } catch (error) {
      if (error instanceof MillraceError) return { type: 'resync' };
      throw error;
    }
  }

  #parse<K extends Kind>(kind: K, object: UntypedObject): StoredObject<K> {
    const { metadata, spec, status } = object;
    const stored = parseStored(kind, {
      name: storedName(this.#options.cluster, kind, metadata.name),
      version: versionNumber(metadata.resourceVersion),
      spec: storedSpec(kind, spec),
      status,
    });
    if (kind !== 'PartitionAssignment') return stored;
    const now = initializedIndexes(stored.status as AssignmentStatus | undefined);
    const lost = without(markOf(object), now);
    return lost.length === 0 ? stored : { ...stored, lost };
  }
}

/** Of an assignment: partitions that had a leader by its status, and not yet by its annotation. */
function unmarked(kind: Kind, object: UntypedObject): number[] {
  const { status } = object as { status?: AssignmentStatus };
  if (kind !== 'PartitionAssignment' || !Array.isArray(status?.partitions)) return [];
  return without(initializedIndexes(status), markOf(object));
}

/** Throws CORRUPT_STATE. */
function markOf({ metadata }: UntypedObject): number[] {
  try {
    return parseMark(metadata.annotations?.[INITIALIZED_ANNOTATION]);
  } catch (error) {
    const message = `${metadata.name}: annotation ${INITIALIZED_ANNOTATION} is no bitmap`;
    throw millraceError('CORRUPT_STATE', message, { cause: error });
  }
}

function conflict(kind: Kind, name: string, message: string): MillraceError {
  return millraceError('CONFLICT', `${kind} ${name}: ${message}`, { outcome: 'not-applied' });
}
