/**
 * Follows what others write to the store: the operator's specs, a rival controller, a backup that was restored. It only
 * brings news sooner: every write is a compare-and-set on what was read.
 */
import { toMillraceError } from '@millrace/core/errors';
import type { Clock } from '../io/clock.ts';
import type { Logger } from '../io/logger.ts';
import type { ClusterStore, Kind, Listing, WatchEvent } from '../store/clusterStore.ts';
import { pause } from './probing.ts';

const RETRY_MS = 500;

export interface StateWatchParts<K extends Kind> {
  readonly kind: K;
  readonly store: ClusterStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onEvent: (event: Exclude<WatchEvent<K>, { type: 'resync' }>) => void;
  /** All there is, after a gap. Called before anything is awaited. */
  readonly onListing: (listing: Listing<K>) => void;
  /** Before a listing is asked for: what is known by then is in it, or was taken back. */
  readonly beforeListing: () => void;
}

export class StateWatch<K extends Kind> {
  readonly #parts: StateWatchParts<K>;
  #stop: (() => void) | undefined;
  #closed = false;

  constructor(parts: StateWatchParts<K>, fromVersion: number) {
    this.#parts = parts;
    this.#watch(fromVersion);
  }

  close(): void {
    this.#closed = true;
    this.#stop?.();
  }

  #watch(fromVersion: number): void {
    const { store, kind, logger } = this.#parts;
    this.#stop = store.watch(kind, fromVersion, (event) => {
      if (this.#closed) return;
      if (event.type !== 'resync') {
        this.#parts.onEvent(event);
        return;
      }
      this.#resync().catch((error: unknown) => {
        logger.error('a watch of the cluster store ended', { kind, cause: String(error) });
      });
    });
  }

  async #resync(): Promise<void> {
    const { store, kind, clock, logger } = this.#parts;
    while (!this.#closed) {
      try {
        this.#parts.beforeListing();
        const listing = await store.list(kind);
        if (this.#closed) return;
        this.#parts.onListing(listing);
        this.#watch(listing.version);
        return;
      } catch (thrown) {
        logger.warn('the cluster store is not listed', { cause: toMillraceError(thrown).message });
        await pause(clock, RETRY_MS);
      }
    }
  }
}
