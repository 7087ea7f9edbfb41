/**
 * A watch that goes on: whatever ends a request, the next one begins where it stopped, with jitter and a growing delay
 * while the API server is away. It ends by itself only where going on would hide something: the version is too old, or
 * the store may be older than the version (a backup of etcd was restored). Then its owner lists again.
 */
import type { KubeClient, Selection } from './kubeClient.ts';
import { isKubeError, type KubeError } from './kubeError.ts';
import { type KubeObject, versionNumber } from './kubeObject.ts';
import type { Resource } from './resource.ts';
import { type WatchedEvent, watchOnce } from './watchStream.ts';

export interface FollowedWatchParts<T extends KubeObject> extends Selection {
  readonly client: KubeClient;
  readonly of: Resource;
  readonly namespace: string;
  readonly fromVersion: string;
  /** Put and deleted objects alone, in the order of their versions. */
  readonly onEvent: (event: Exclude<WatchedEvent<T>, { type: 'bookmark' }>) => void;
  /** Its last call: what came in between is not known. */
  readonly onExpired: () => void;
  /** A request failed; the next one is made in `retryMs`. */
  readonly onFailed?: ((cause: Error, retryMs: number) => void) | undefined;
  readonly silenceMsMax?: number | undefined;
}

const RETRY_FIRST_MS = 100;
const RETRY_MS_MAX = 3000;
/** Between a minimum and twice that. */
const TIMEOUT_SECONDS = 240;
const SILENCE_MS_MAX = 90_000;
/** Out of reach for longer, the API server may come back with the state of a backup, and with newer versions already. */
const OUTAGE_MS_MAX = 2000;

export class FollowedWatch<T extends KubeObject> {
  readonly #parts: FollowedWatchParts<T>;
  readonly #ending = new AbortController();
  #version: string;
  #heardMs = performance.now();
  #failures = 0;
  /** Since when no request got through; undefined: the last one did. */
  #outSinceMs: number | undefined;

  /** Begins at once. What `onEvent` throws is not caught. */
  constructor(parts: FollowedWatchParts<T>) {
    this.#parts = parts;
    this.#version = parts.fromVersion;
    void this.#run();
  }

  /** Milliseconds since the API server was last heard, by event or by bookmark: about a minute where all is well. */
  get silentMs(): number {
    return performance.now() - this.#heardMs;
  }

  /** Takes effect at once. Idempotent. */
  stop(): void {
    this.#ending.abort();
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      try {
        if (await this.#mayBeRewound()) return this.#expire();
        if (signal.aborted) return;
        await this.#watch();
      } catch (thrown) {
        if (signal.aborted) return;
        if (isKubeError(thrown, 'expired')) return this.#expire();
        if (!(thrown instanceof Error) || thrown.name !== 'KubeError') throw thrown;
        this.#outSinceMs ??= performance.now();
        const retryMs = Math.max(this.#retryMs(), (thrown as KubeError).retryAfterMs);
        this.#parts.onFailed?.(thrown, retryMs);
        await pause(retryMs, signal);
      }
    }
  }

  async #watch(): Promise<void> {
    const { client, of, namespace, labelSelector, fieldSelector, silenceMsMax } = this.#parts;
    const request = {
      of,
      namespace,
      labelSelector,
      fieldSelector,
      resourceVersion: this.#version,
      timeoutSeconds: Math.round(TIMEOUT_SECONDS * (1 + Math.random())),
      silenceMsMax: silenceMsMax ?? SILENCE_MS_MAX,
      signal: this.#ending.signal,
    };
    await watchOnce<T>(client.connection, request, (event) => this.#take(event));
  }

  #take(event: WatchedEvent<T>): void {
    this.#heardMs = performance.now();
    this.#failures = 0;
    if (event.type === 'bookmark') {
      this.#version = event.resourceVersion;
      return;
    }
    this.#version = event.object.metadata.resourceVersion ?? this.#version;
    this.#parts.onEvent(event);
  }

  /** A watch from a version that is still to come is silent until then, and would miss what happens before. */
  async #mayBeRewound(): Promise<boolean> {
    const { client, of, namespace } = this.#parts;
    const { signal } = this.#ending;
    const now = await client.currentVersion(of, namespace, { signal });
    const nowMs = performance.now();
    const outMs = nowMs - (this.#outSinceMs ?? nowMs);
    this.#heardMs = nowMs;
    this.#outSinceMs = undefined;
    return outMs > OUTAGE_MS_MAX || versionNumber(now) < versionNumber(this.#version);
  }

  #expire(): void {
    if (this.#ending.signal.aborted) return;
    this.stop();
    this.#parts.onExpired();
  }

  #retryMs(): number {
    const step = Math.min(RETRY_MS_MAX, RETRY_FIRST_MS * 2 ** Math.min(10, this.#failures));
    this.#failures += 1;
    return step / 2 + (step / 2) * Math.random();
  }
}

export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
