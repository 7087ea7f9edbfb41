/**
 * A copy of a collection that follows it: listed, then watched, listed again where the watch could have missed
 * something. It says which object to look at, never what happened: reconcilers read the state. Its contents are as old
 * as the network makes them: what must be certain is read by KubeClient.get.
 */
import { FollowedWatch, pause } from './followedWatch.ts';
import type { KubeClient, Selection } from './kubeClient.ts';
import type { KubeList, KubeObject } from './kubeObject.ts';
import type { Resource } from './resource.ts';

export interface ObjectKey {
  /** Empty: of the cluster. */
  readonly namespace: string;
  readonly name: string;
}

export interface WatchedObjectsParts extends Selection {
  readonly client: KubeClient;
  readonly of: Resource;
  /** Empty: all. */
  readonly namespace: string;
  /**
   * Something is, or was, different. Called after the copy has it; once for each object of the first listing. `isListed`:
   * by a listing, which may be of an older state [a backup of etcd]; nobody saw what was done, if it was.
   */
  readonly onChanged: (key: ObjectKey, isListed: boolean) => void;
  readonly onFailed?: ((cause: Error, retryMs: number) => void) | undefined;
}

const RETRY_MS = 500;
const RETRY_MS_MAX = 10_000;

export class WatchedObjects<T extends KubeObject> {
  readonly #parts: WatchedObjectsParts;
  readonly #ending = new AbortController();
  readonly #objects = new Map<string, T>();
  readonly #synced = Promise.withResolvers<void>();
  #watch: FollowedWatch<T> | undefined;
  #startedMs = performance.now();
  #isSynced = false;

  /** Begins at once. */
  constructor(parts: WatchedObjectsParts) {
    this.#parts = parts;
    void this.#follow();
  }

  /** Resolves once it was listed; never if it is stopped before. */
  get synced(): Promise<void> {
    return this.#synced.promise;
  }

  get isSynced(): boolean {
    return this.#isSynced;
  }

  /** Milliseconds since the API server was last heard of it: a metric, and a reason to fail liveness at many minutes. */
  get silentMs(): number {
    return this.#watch?.silentMs ?? performance.now() - this.#startedMs;
  }

  get(namespace: string, name: string): T | undefined {
    return this.#objects.get(`${namespace}/${name}`);
  }

  /** In no order. */
  list(): T[] {
    return [...this.#objects.values()];
  }

  stop(): void {
    this.#ending.abort();
    this.#watch?.stop();
  }

  async #follow(): Promise<void> {
    const { client, of, namespace, onFailed } = this.#parts;
    const { signal } = this.#ending;
    this.#startedMs = performance.now();
    for (let tries = 0; !signal.aborted; tries += 1) {
      try {
        const listing = await client.list<T>(of, namespace, this.#selection, { signal });
        if (!signal.aborted) this.#restart(listing);
        return;
      } catch (thrown) {
        if (signal.aborted) return;
        if (!(thrown instanceof Error) || thrown.name !== 'KubeError') throw thrown;
        const retryMs = Math.min(RETRY_MS_MAX, RETRY_MS * 2 ** tries) * (0.5 + Math.random() / 2);
        onFailed?.(thrown, retryMs);
        await pause(retryMs, signal);
      }
    }
  }

  #restart(listing: KubeList<T>): void {
    const before = new Map(this.#objects);
    const changed: ObjectKey[] = [];
    this.#objects.clear();
    for (const object of listing.items) {
      const key = keyOf(object);
      this.#objects.set(textOf(key), object);
      const known = before.get(textOf(key));
      before.delete(textOf(key));
      if (known?.metadata.resourceVersion !== object.metadata.resourceVersion) changed.push(key);
    }
    for (const gone of before.values()) changed.push(keyOf(gone));
    this.#watch = new FollowedWatch<T>({
      ...this.#parts,
      fromVersion: listing.resourceVersion,
      onEvent: ({ type, object }) => {
        const key = keyOf(object);
        if (type === 'put') this.#objects.set(textOf(key), object);
        else this.#objects.delete(textOf(key));
        this.#parts.onChanged(key, false);
      },
      onExpired: () => void this.#follow(),
    });
    this.#isSynced = true;
    this.#synced.resolve();
    for (const key of changed) this.#parts.onChanged(key, true);
  }

  get #selection(): Selection {
    const { labelSelector, fieldSelector } = this.#parts;
    return { labelSelector, fieldSelector };
  }
}

function keyOf({ metadata: { namespace = '', name } }: KubeObject): ObjectKey {
  return { namespace, name };
}

function textOf({ namespace, name }: ObjectKey): string {
  return `${namespace}/${name}`;
}
