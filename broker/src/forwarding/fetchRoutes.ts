/**
 * Where the partitions of one fetch session are read: here, or at another leader through a stream of its own. When a
 * leader goes, each of its partitions goes on at the next one behind what its reader has got; while there is none it is
 * tried again, and after `patienceMs` its entry says why.
 */
import {
  type ErrorCode,
  type MillraceError,
  millraceError,
  toMillraceError,
} from '@millrace/core/errors';
import type { MetadataChange } from '../cluster/metadataCache.ts';
import type { FetchRequest } from '../engine/fetching.ts';
import type { FetchRouting, FetchSession } from '../engine/fetchSession.ts';
import { FailedFetch, type FetchedEntry } from '../engine/fetchSource.ts';
import { fetchTarget } from '../engine/fetchStart.ts';
import { LocalFetch } from '../engine/localFetch.ts';
import type { TimerHandle } from '../io/clock.ts';
import type { Partition } from '../replication/partition.ts';
import { failedEntry, type FetchPlace } from './fetchPlace.ts';
import type { Forwarding } from './forwarding.ts';
import { type FetchRoute, keyOf, leftHere, newRoute } from './fetchRoute.ts';
import { FetchSite, MOVED_CODES } from './fetchSite.ts';
import type { LeaderBroker, LeaderWatcher } from './leaders.ts';
import { RemoteFetch, type RemoteFetchOwner } from './remoteFetch.ts';

/** For the first answers of all leaders. */
const BEGIN_MS_MAX = 1000;
const RETRY_MS_MIN = 50;
const RETRY_MS_MAX = 1000;

/** Another broker may not have heard of it yet, or not any more. */
const UNHEARD_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'UNKNOWN_TOPIC',
  'UNKNOWN_PARTITION',
  'CANCELLED',
]);

export class FetchRoutes implements FetchRouting, LeaderWatcher, RemoteFetchOwner {
  readonly #forwarding: Forwarding;
  readonly #site: FetchSite;
  readonly #session: FetchSession;
  readonly #request: FetchRequest;
  readonly #routes = new Map<string, FetchRoute>();
  /** Those that nobody reads at the moment. */
  readonly #waiting = new Set<FetchRoute>();
  /** Those whose beginning in a log of this broker is being looked for. */
  readonly #opening = new Set<FetchRoute>();
  readonly #fetches = new Set<RemoteFetch>();
  /** Who waits for the first answers. */
  readonly #beginning = new Map<RemoteFetch, (failure: MillraceError | undefined) => void>();
  #timer: TimerHandle | undefined;
  #stopped: MillraceError | undefined;
  #closed = false;

  constructor(forwarding: Forwarding, session: FetchSession, request: FetchRequest) {
    this.#forwarding = forwarding;
    this.#site = new FetchSite(forwarding, request.rack ?? '');
    this.#session = session;
    this.#request = request;
  }

  /**
   * Resolves once each partition has begun, waits for a leader or has a silent one. Rejects if one can't begin as asked, and, if nothing is
   * forwarded, with NOT_LEADER or why there is no leader.
   */
  async begin(places: readonly FetchPlace[]): Promise<void> {
    this.#forwarding.leaders.watch(this);
    const elsewhere: FetchRoute[] = [];
    for (const place of places) {
      const route = newRoute(place);
      this.#routes.set(keyOf(place), route);
      const partition = this.#site.here(place);
      if (partition !== undefined) {
        const failure = await this.#openHere(route, partition);
        if (failure === undefined) continue;
        if (!this.#mayMove(failure, 'here')) throw this.#site.hinted(failure, place);
        this.#waits(route, failure);
      } else if (this.#forwards) elsewhere.push(route);
      else throw this.#site.hinted(this.#site.whyNotHere(place), place);
    }
    const fetches = this.#routeElsewhere(elsewhere);
    const failures = await this.#firstAnswers(fetches);
    const failure = failures.find((found) => found !== undefined);
    if (failure !== undefined) throw failure;
  }

  get isBusy(): boolean {
    return this.#waiting.size > 0 || this.#opening.size > 0;
  }

  unanswered(): FetchedEntry[] {
    const asked = [...this.#fetches].flatMap(({ sources }) => sources.map(({ place }) => place));
    const places = [...this.#waiting, ...this.#opening].map(({ place }) => place);
    for (const place of asked) if (!place.introduced) places.push(place);
    return places.map((place) => {
      const why = this.#routes.get(keyOf(place))?.lastError;
      const error = why ?? millraceError('UNAVAILABLE', `${place.name}: its leader is silent`);
      return failedEntry(place, this.#site.hinted(error, place));
    });
  }

  pass(entry: FetchedEntry): FetchedEntry | undefined {
    const { error } = entry;
    if (error === undefined) {
      if (entry.end) this.#routes.delete(keyOf(entry));
      return entry;
    }
    const route = this.#routes.get(keyOf(entry));
    if (route === undefined) return entry;
    const { local } = route;
    if (local !== undefined) leftHere(route.place, local, entry);
    route.local = undefined;
    if (this.#mayMove(error, local === undefined ? 'elsewhere' : 'here')) {
      this.#waits(route, error);
      return undefined;
    }
    this.#routes.delete(keyOf(entry));
    return { ...entry, error: this.#site.hinted(error, route.place) };
  }

  drop(topicId: string, partition: number): void {
    const key = keyOf({ topicId, partition });
    const route = this.#routes.get(key);
    if (route === undefined) return;
    this.#routes.delete(key);
    this.#waiting.delete(route);
    this.#opening.delete(route);
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#forwarding.leaders.unwatch(this);
    this.#routes.clear();
    this.#waiting.clear();
    for (const fetch of this.#fetches) fetch.close();
    for (const resolve of this.#beginning.values()) resolve(undefined);
    this.#beginning.clear();
  }

  changed({ topics, gone }: MetadataChange): void {
    const changed = new Set([...topics, ...gone].map(({ topicId }) => topicId));
    for (const route of this.#routes.values()) {
      if (changed.has(route.place.topicId)) this.#topicChanged(route);
    }
    for (const fetch of this.#fetches) {
      if (this.#forwarding.leaders.isLive(fetch.leader)) continue;
      fetch.lose(millraceError('UNAVAILABLE', `broker ${fetch.leader.brokerId} is gone`));
    }
    this.#retry();
  }

  stopped(error: MillraceError): void {
    this.#stopped = error;
    for (const fetch of this.#fetches) fetch.lose(error);
    for (const route of this.#waiting) this.#giveUp(route, error);
  }

  answered(fetch: RemoteFetch): void {
    for (const { place } of fetch.sources) {
      const route = this.#routes.get(keyOf(place));
      if (route !== undefined) route.failures = 0;
    }
    this.#begun(fetch, undefined);
  }

  /** Nobody says for which of its partitions a request was refused: unless it is the first, it is asked for in halves. */
  refused(fetch: RemoteFetch, error: MillraceError): void {
    const isFinal = !this.#mayMove(error, 'elsewhere');
    if (isFinal && this.#beginning.has(fetch)) {
      this.#begun(fetch, error);
      fetch.close();
      return;
    }
    const { leader } = fetch;
    const places = fetch.sources.map(({ place }) => place);
    if (!isFinal || places.length === 1) {
      fetch.lose(error);
      return;
    }
    for (const source of fetch.sources) this.#session.remove(source);
    const half = Math.ceil(places.length / 2);
    this.#fetch(leader, places.slice(0, half));
    this.#fetch(leader, places.slice(half));
  }

  closed(fetch: RemoteFetch): void {
    this.#fetches.delete(fetch);
    this.#begun(fetch, undefined);
  }

  get #forwards(): boolean {
    return this.#request.forward !== undefined && this.#forwarding.transport !== undefined;
  }

  /** Why each can't begin as asked. One that says nothing for long begins when it does: it holds up no other. */
  async #firstAnswers(fetches: readonly RemoteFetch[]): Promise<(MillraceError | undefined)[]> {
    if (fetches.length === 0) return [];
    const timer = this.#forwarding.clock.setTimer(BEGIN_MS_MAX, () => {
      for (const fetch of fetches) this.#begun(fetch, undefined);
    });
    const failures = await Promise.all(
      fetches.map(
        (fetch) =>
          new Promise<MillraceError | undefined>((resolve) => this.#beginning.set(fetch, resolve)),
      ),
    );
    timer.cancel();
    return failures;
  }

  #begun(fetch: RemoteFetch, failure: MillraceError | undefined): void {
    this.#beginning.get(fetch)?.(failure);
    this.#beginning.delete(fetch);
  }

  /** Why it does not begin; undefined: it is read, or no longer wanted. */
  async #openHere(route: FetchRoute, partition: Partition): Promise<MillraceError | undefined> {
    const { place } = route;
    this.#opening.add(route);
    try {
      const { isolation } = this.#session;
      const target = await fetchTarget(partition, place.topicId, place.wish, isolation);
      if (!this.#opening.has(route) || this.#closed) return undefined;
      if (!this.#site.serves(partition)) return this.#site.whyNotHere(place);
      const { lastLeaderEpoch } = place.wish;
      const { startOffset, endOffset } = target;
      const start = { kind: 'offset', offset: startOffset } as const;
      place.wish = { start, endOffset, lastLeaderEpoch, stopAtEnd: false };
      route.local = new LocalFetch(target, this.#session, place.introduced);
      this.#session.add(route.local);
      return undefined;
    } catch (error) {
      return toMillraceError(error);
    } finally {
      this.#opening.delete(route);
    }
  }

  async #reopenHere(route: FetchRoute, partition: Partition): Promise<void> {
    const failure = await this.#openHere(route, partition);
    if (failure === undefined || !this.#routes.has(keyOf(route.place))) return;
    if (this.#mayMove(failure, 'here')) this.#waits(route, failure);
    else this.#giveUp(route, failure);
  }

  /** Sends each to its leader, and those without one to wait. */
  #routeElsewhere(routes: readonly FetchRoute[]): RemoteFetch[] {
    const byLeader = new Map<string, { leader: LeaderBroker; places: FetchPlace[] }>();
    for (const route of routes) {
      const { place } = route;
      const leader = this.#site.leaderElsewhere(place);
      if (leader === undefined) {
        this.#waits(route, this.#site.whyNotHere(place));
        continue;
      }
      const key = `${leader.brokerId} ${place.wish.stopAtEnd}`;
      const group = byLeader.get(key);
      if (group === undefined) byLeader.set(key, { leader, places: [place] });
      else group.places.push(place);
    }
    return [...byLeader.values()].map(({ leader, places }) => this.#fetch(leader, places));
  }

  #fetch(leader: LeaderBroker, places: readonly FetchPlace[]): RemoteFetch {
    const { transport } = this.#forwarding;
    const { forward } = this.#request;
    if (transport === undefined || forward === undefined) throw new Error('nothing is forwarded');
    const fetch = new RemoteFetch(places, this.#session, {
      transport,
      leader,
      isolation: this.#session.isolation,
      stopAtEnd: places[0]?.wish.stopAtEnd === true,
      messageBytesMax: forward.messageBytesMax,
      owner: this,
    });
    this.#fetches.add(fetch);
    for (const source of fetch.sources) this.#session.add(source);
    return fetch;
  }

  #topicChanged(route: FetchRoute): void {
    const { place, local } = route;
    if (local !== undefined) {
      if (!this.#site.serves(local.partition)) {
        local.closed(this.#site.hinted(this.#site.whyNotHere(place), place));
      }
    } else if (this.#waiting.has(route)) route.notBeforeMs = 0;
  }

  #mayMove({ code, retriable }: MillraceError, readWhere: 'here' | 'elsewhere'): boolean {
    if (!this.#forwards || this.#stopped !== undefined) return false;
    if (readWhere === 'here') return MOVED_CODES.has(code);
    return retriable || UNHEARD_CODES.has(code);
  }

  #waits(route: FetchRoute, error: MillraceError): void {
    const nowMs = this.#forwarding.clock.monotonicMs();
    if (route.failures === 0) route.failingSinceMs = nowMs;
    route.failures++;
    route.lastError = error;
    const { place } = route;
    const patienceMs = this.#request.forward?.patienceMs ?? 0;
    const isGone = this.#site.topicOf(place) === undefined;
    if (isGone || this.#stopped !== undefined || nowMs - route.failingSinceMs >= patienceMs) {
      this.#giveUp(route, error);
      return;
    }
    const backoffMs = Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** Math.min(route.failures - 1, 8));
    route.notBeforeMs = nowMs + backoffMs;
    this.#waiting.add(route);
    this.#retryLater();
  }

  #giveUp(route: FetchRoute, error: MillraceError): void {
    const { place } = route;
    this.#waiting.delete(route);
    this.#routes.delete(keyOf(place));
    this.#session.add(new FailedFetch(failedEntry(place, this.#site.hinted(error, place))));
  }

  #retryLater(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#closed || this.#waiting.size === 0) return;
    let atMs = Number.POSITIVE_INFINITY;
    for (const { notBeforeMs } of this.#waiting) atMs = Math.min(atMs, notBeforeMs);
    const { clock } = this.#forwarding;
    const delayMs = Math.max(1, atMs - clock.monotonicMs());
    this.#timer = clock.setTimer(delayMs, () => this.#retry());
  }

  #retry(): void {
    const nowMs = this.#forwarding.clock.monotonicMs();
    const due = [...this.#waiting].filter(({ notBeforeMs }) => notBeforeMs <= nowMs);
    const elsewhere: FetchRoute[] = [];
    for (const route of due) {
      this.#waiting.delete(route);
      const partition = this.#site.here(route.place);
      if (partition === undefined) elsewhere.push(route);
      else void this.#reopenHere(route, partition);
    }
    this.#routeElsewhere(elsewhere);
    this.#retryLater();
  }
}
