/** Admin.DescribeGroupLag: pages over the groups of all coordinators, each of which answers for its own. */
import { type MillraceError, millraceError, toMillraceError } from '@millrace/core/errors';
import type { BrokerId } from '@millrace/core/ids';
import type { DescribeGroupLagRequest__Output } from '@millrace/proto/generated/millrace/v1/DescribeGroupLagRequest';
import type { DescribeGroupLagResponse } from '@millrace/proto/generated/millrace/v1/DescribeGroupLagResponse';
import type { GroupLag } from '@millrace/proto/generated/millrace/v1/GroupLag';
import type { PartitionPositionsRequest__Output } from '@millrace/proto/generated/millrace/peer/v1/PartitionPositionsRequest';
import type { Engine } from '../engine/engine.ts';
import type { LedGroups } from '../engine/lag/groupLags.ts';
import { PARTITION_POSITIONS } from '../peer/peerMethods.ts';
import type { ServerContext } from './context.ts';
import { errorMessage } from './errorMessage.ts';
import { lagSummaryMessage, partitionLagMessage } from './groupLagMessages.ts';
import { after, firstRows, type LagPage, placeOf, tokenAfter } from './groupLagPage.ts';
import type { CoordinatorMethods } from './onCoordinator.ts';
import { remainingMs } from './onLeader.ts';
import { naturalUpTo } from './requests.ts';

const PATH = '/millrace.v1.Admin/DescribeGroupLag';
const NAMED_MAX = 1000;
const ROWS_MAX = 10_000;
const ROWS_DEFAULT = 1000;

type Request = DescribeGroupLagRequest__Output;
type Response = DescribeGroupLagResponse;

export function describeGroupLag(context: ServerContext, methods: CoordinatorMethods) {
  const { groups, topics } = context.engine;
  context.leaderMethods.add(PARTITION_POSITIONS, (request: PartitionPositionsRequest__Output) =>
    groups.positions.answer(request),
  );
  const ask = methods.brokerAsker<Request, Response>(PATH, async (request) =>
    reply(await pageHere(context.engine, request)),
  );
  return context.unary<Request, Response>('DescribeGroupLag', async (request, call) => {
    check(request);
    if (groups.topic === undefined && topics.isLoaded) {
      return { groups: request.groups.map((group) => failed(group, unknownGroup(group))) };
    }
    const deadlineMs = remainingMs(context, call);
    const asked = partsOf(methods, request).map(async ([broker, part]): Promise<Response> => {
      try {
        return await ask(broker, part, deadlineMs);
      } catch (thrown) {
        // Of all groups nobody knows which are missing.
        if (part.groups.length === 0) throw thrown;
        return { groups: part.groups.map((group) => failed(group, toMillraceError(thrown))) };
      }
    });
    const responses = await Promise.all(asked);
    const page = firstRows(
      responses.flatMap(({ groups: found }) => found ?? []),
      rowsOf(request),
    );
    const isCut = page.isCut || responses.some(({ nextPageToken = '' }) => nextPageToken !== '');
    return reply({ ...page, isCut });
  });
}

function reply(page: LagPage): Response {
  return { groups: page.groups, nextPageToken: tokenAfter(page) };
}

function check({ groups, pageSize, pageToken }: Request): void {
  naturalUpTo('page_size', pageSize, ROWS_MAX);
  placeOf(pageToken);
  if (groups.length <= NAMED_MAX) return;
  const message = `${groups.length} groups are named, at most ${NAMED_MAX} are allowed`;
  throw millraceError('INVALID_REQUEST', message);
}

function rowsOf({ pageSize }: Request): number {
  return pageSize === 0 ? ROWS_DEFAULT : pageSize;
}

/** What whom is asked: of named groups their coordinators, else all. */
function partsOf(methods: CoordinatorMethods, request: Request): [BrokerId, Request][] {
  if (request.groups.length === 0) {
    return [...methods.coordinators()].map((broker) => [broker, request]);
  }
  const parts = new Map<BrokerId, Request>();
  for (const group of new Set(request.groups)) {
    const broker = methods.coordinatorOf(group);
    const part = parts.get(broker) ?? { ...request, groups: [] };
    part.groups.push(group);
    parts.set(broker, part);
  }
  return [...parts];
}

async function pageHere({ groups, topics }: Engine, request: Request): Promise<LagPage> {
  const failures: GroupLag[] = [];
  const wanted = new Map<LedGroups['coordinator'], [LedGroups, Set<string> | undefined]>();
  if (request.groups.length === 0) {
    for (const led of groups.led()) wanted.set(led.coordinator, [led, undefined]);
  }
  for (const group of request.groups) {
    try {
      const led = groups.ledOf(group);
      const names = wanted.get(led.coordinator)?.[1] ?? new Set<string>();
      wanted.set(led.coordinator, [led, names.add(group)]);
    } catch (thrown) {
      failures.push(failed(group, toMillraceError(thrown)));
    }
  }
  const pages = await Promise.all(
    [...wanted.values()].map(([led, names]) => pageOf({ groups, topics }, led, names, request)),
  );
  const place = placeOf(request.pageToken);
  const found = [...pages.flatMap((page) => page.groups), ...failures];
  const left = found.flatMap((group) => after(group, place) ?? []);
  const page = firstRows(left, rowsOf(request));
  return { ...page, isCut: page.isCut || pages.some(({ isCut }) => isCut) };
}

/** Of one coordinator; `names` undefined: all of its groups. */
async function pageOf(
  { groups, topics }: Pick<Engine, 'groups' | 'topics'>,
  { term, coordinator }: LedGroups,
  names: ReadonlySet<string> | undefined,
  request: Request,
): Promise<LagPage> {
  const { group: from } = placeOf(request.pageToken);
  // One more: of the first one nothing may be left.
  const rows = rowsOf(request) + 1;
  const { subjects, isCut } = await coordinator.lagSubjects({
    groupIds: names,
    from,
    groupsMax: rows,
    partitionsMax: request.summary ? Number.POSITIVE_INFINITY : rows,
  });
  const reports = await groups.lags.measured(term, subjects);
  const found = reports.map((report): GroupLag => {
    const summary = lagSummaryMessage(report);
    if (request.summary) return summary;
    const lags = report.partitions.map((partition) => partitionLagMessage(partition, topics));
    return { ...summary, partitionLags: lags };
  });
  const known = new Set(subjects.map(({ groupId }) => groupId));
  const last = subjects.at(-1)?.groupId ?? '';
  for (const name of names ?? []) {
    const isLater = isCut && name > last;
    if (known.has(name) || name < from || isLater) continue;
    found.push(failed(name, unknownGroup(name)));
  }
  return { groups: found, isCut };
}

function failed(group: string, error: MillraceError): GroupLag {
  return { group, error: errorMessage(error) };
}

function unknownGroup(group: string): MillraceError {
  const shown = JSON.stringify(group.slice(0, 100));
  return millraceError('UNKNOWN_GROUP', `there is no group ${shown}`);
}
