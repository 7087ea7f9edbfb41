/**
 * Events for people (`kubectl get events`). What repeats becomes a series of one event, written at most every 30 s; too
 * many are dropped, and an event that the API server does not take is lost: nothing waits for it.
 */
import { randomBytes } from 'node:crypto';
import type { KubeClient } from './kubeClient.ts';
import { KubeError } from './kubeError.ts';
import { apiVersionOf, EVENTS, type Resource } from './resource.ts';
import type { KubeObject } from './kubeObject.ts';
import { microTime } from './microTime.ts';

export interface EventNote {
  /** Of what the event tells. */
  readonly regarding: { readonly of: Resource; readonly object: KubeObject };
  readonly type: 'Normal' | 'Warning';
  /** CamelCase, for machines: `RollBlocked`. */
  readonly reason: string;
  /** CamelCase, what was being done: `Rolling`. */
  readonly action: string;
  /** A sentence for people, at most 1 kB. */
  readonly note: string;
}

export interface EventRecorderParts {
  readonly client: KubeClient;
  /** `millrace.dev/operator`. */
  readonly controller: string;
  /** The pod. */
  readonly instance: string;
  readonly onFailed?: (cause: Error) => void;
}

interface Series {
  readonly namespace: string;
  readonly name: string;
  count: number;
  seenMs: number;
  writtenMs: number;
}

const SERIES_ENDS_MS = 6 * 60_000;
const SERIES_WRITE_MS = 30_000;
const SERIES_MAX = 1000;
/** A token a second, so many saved up. */
const BURST = 50;
const NOTE_MAX = 1000;

export class EventRecorder {
  readonly #parts: EventRecorderParts;
  readonly #series = new Map<string, Series>();
  #tokens = BURST;
  #refilledMs = performance.now();

  constructor(parts: EventRecorderParts) {
    this.#parts = parts;
  }

  record(event: EventNote): void {
    this.#write(event).catch((error: unknown) => {
      if (!(error instanceof KubeError)) throw error;
      this.#parts.onFailed?.(error);
    });
  }

  async #write(event: EventNote): Promise<void> {
    const { metadata } = event.regarding.object;
    const key = [metadata.uid, event.type, event.reason, event.action, event.note].join('\n');
    const nowMs = performance.now();
    const known = this.#series.get(key);
    if (known !== undefined && nowMs - known.seenMs < SERIES_ENDS_MS) {
      known.count += 1;
      known.seenMs = nowMs;
      if (nowMs - known.writtenMs < SERIES_WRITE_MS || !this.#take(nowMs)) return;
      known.writtenMs = nowMs;
      const series = { count: known.count, lastObservedTime: microTime(Date.now()) };
      await this.#parts.client.mergePatch(EVENTS, known.namespace, known.name, { series });
      return;
    }
    if (!this.#take(nowMs)) return;
    const namespace = metadata.namespace ?? 'default';
    const name = `${metadata.name}.${randomBytes(8).toString('hex')}`;
    this.#series.delete(key);
    this.#series.set(key, { namespace, name, count: 1, seenMs: nowMs, writtenMs: nowMs });
    for (const oldest of this.#series.keys()) {
      if (this.#series.size <= SERIES_MAX) break;
      this.#series.delete(oldest);
    }
    await this.#parts.client.create(EVENTS, namespace, this.#newEvent(event, namespace, name));
  }

  #newEvent(
    { regarding, type, reason, action, note }: EventNote,
    namespace: string,
    name: string,
  ): KubeObject {
    const { metadata } = regarding.object;
    const event = {
      metadata: { name, namespace },
      eventTime: microTime(Date.now()),
      reportingController: this.#parts.controller,
      reportingInstance: this.#parts.instance,
      type,
      reason,
      action,
      note: note.slice(0, NOTE_MAX),
      regarding: {
        apiVersion: apiVersionOf(regarding.of),
        kind: regarding.of.kind,
        name: metadata.name,
        namespace: metadata.namespace,
        uid: metadata.uid,
        resourceVersion: metadata.resourceVersion,
      },
    };
    return event;
  }

  #take(nowMs: number): boolean {
    this.#tokens = Math.min(BURST, this.#tokens + (nowMs - this.#refilledMs) / 1000);
    this.#refilledMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
