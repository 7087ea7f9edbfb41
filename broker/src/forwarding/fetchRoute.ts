/** A place of a fetch session with who reads it now, and how often that has failed. */
import type { MillraceError } from '@millrace/core/errors';
import type { FetchedEntry } from '../engine/fetchSource.ts';
import type { LocalFetch } from '../engine/localFetch.ts';
import type { FetchPlace } from './fetchPlace.ts';

export interface FetchRoute {
  readonly place: FetchPlace;
  /** Undefined: it is read elsewhere, or nowhere at the moment. */
  local: LocalFetch | undefined;
  /** In a row, and since when. */
  failures: number;
  failingSinceMs: number;
  lastError: MillraceError | undefined;
  notBeforeMs: number;
}

export function newRoute(place: FetchPlace): FetchRoute {
  return {
    place,
    local: undefined,
    failures: 0,
    failingSinceMs: 0,
    lastError: undefined,
    notBeforeMs: 0,
  };
}

/** Where a reader of this broker's own log stands, from the last thing that it hands out. */
export function leftHere(place: FetchPlace, local: LocalFetch, { nextOffset }: FetchedEntry): void {
  const { wish } = place;
  const hasRead = wish.start.kind === 'offset' && nextOffset > wish.start.offset;
  const { leaderEpoch } = local.partition;
  place.introduced = local.introduced;
  place.wish = {
    ...wish,
    start: { kind: 'offset', offset: nextOffset },
    lastLeaderEpoch: hasRead && leaderEpoch >= 0 ? leaderEpoch : wish.lastLeaderEpoch,
  };
}

export function keyOf({ topicId, partition }: { topicId: string; partition: number }): string {
  return `${topicId}/${partition}`;
}
