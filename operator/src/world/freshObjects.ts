/**
 * A watched collection that shows this process its own writes at once: what was written stands in front of the copy
 * until that has caught up. [two placements in a row from a copy that lacks the first put all leaders on one broker]
 */
import type { KubeClient } from '@millrace/kube/kubeClient';
import { type KubeObject, versionNumber } from '@millrace/kube/kubeObject';
import type { Resource } from '@millrace/kube/resource';
import { WatchedObjects } from '@millrace/kube/watchedObjects';

export interface FreshObjectsParts<T extends KubeObject> {
  readonly client: KubeClient;
  readonly of: Resource;
  readonly namespace: string;
  readonly labelSelector?: string;
  /** `before`: as it was known; `now` undefined: it is gone. `isListed`: nobody saw it happen. */
  readonly onChanged: (
    name: string,
    before: T | undefined,
    now: T | undefined,
    isListed: boolean,
  ) => void;
  readonly onFailed: (plural: string, cause: Error) => void;
}

export class FreshObjects<T extends KubeObject> {
  readonly of: Resource;
  readonly #client: KubeClient;
  readonly #namespace: string;
  readonly #watched: WatchedObjects<T>;
  readonly #known = new Map<string, T>();

  constructor({ client, of, namespace, labelSelector, onChanged, onFailed }: FreshObjectsParts<T>) {
    this.of = of;
    this.#client = client;
    this.#namespace = namespace;
    this.#watched = new WatchedObjects<T>({
      client,
      of,
      namespace,
      labelSelector,
      onChanged: ({ name }, isListed) => {
        const before = this.#known.get(name);
        const now = this.#watched.get(namespace, name);
        if (now === undefined) this.#known.delete(name);
        // A listing replaces: versions are lower after a backup of etcd was restored.
        else if (isListed || isNewer(now, before)) this.#known.set(name, now);
        // Not the event's: it may be of before what this process wrote.
        onChanged(name, before, this.#known.get(name), isListed);
      },
      onFailed: (cause) => onFailed(of.plural, cause),
    });
  }

  get synced(): Promise<void> {
    return this.#watched.synced;
  }

  get silentMs(): number {
    return this.#watched.silentMs;
  }

  get(name: string): T | undefined {
    return this.#known.get(name);
  }

  list(): Iterable<T> {
    return this.#known.values();
  }

  async create(object: T): Promise<T> {
    return this.#written(await this.#client.create<T>(this.of, this.#namespace, object));
  }

  /** Compare-and-set of the whole object. */
  async put(object: T): Promise<T> {
    return this.#changed(await this.#client.put<T>(this.of, this.#namespace, object));
  }

  async putStatus(object: T): Promise<T> {
    const options = { subresource: 'status' } as const;
    return this.#changed(await this.#client.put<T>(this.of, this.#namespace, object, options));
  }

  async apply(object: T, fieldManager: string): Promise<T> {
    const options = { fieldManager };
    return this.#written(await this.#client.apply<T>(this.of, this.#namespace, object, options));
  }

  /** Forgets what the watch does not know: of what was created and deleted at once the answer may come last. */
  prune(): void {
    for (const name of this.#known.keys()) {
      if (this.#watched.get(this.#namespace, name) === undefined) this.#known.delete(name);
    }
  }

  stop(): void {
    this.#watched.stop();
  }

  /** Not if it is gone by now: the watch may be faster than the answer. */
  #changed(object: T): T {
    return this.#known.has(object.metadata.name) ? this.#written(object) : object;
  }

  #written(object: T): T {
    const { name } = object.metadata;
    if (isNewer(object, this.#known.get(name))) this.#known.set(name, object);
    return object;
  }
}

function isNewer(object: KubeObject, than: KubeObject | undefined): boolean {
  if (than === undefined) return true;
  const version = versionNumber(object.metadata.resourceVersion);
  return version >= versionNumber(than.metadata.resourceVersion);
}
