/** Pages of lag: rows are partitions, or whole groups, by group and then by partition. */
import { byRef, checkedPartitionRef, compareText } from '@millrace/core/assignors/partitionRef';
import { millraceError } from '@millrace/core/errors';
import type { GroupLag } from '@millrace/proto/generated/millrace/v1/GroupLag';
import type { PartitionLag } from '@millrace/proto/generated/millrace/v1/PartitionLag';

/** After the row of that partition, or after the whole group without one. The empty group: the beginning. */
export interface LagPlace {
  readonly group: string;
  readonly topicId: string;
  readonly partition: number;
}

const BEGINNING: LagPlace = { group: '', topicId: '', partition: -1 };

export interface LagPage {
  readonly groups: GroupLag[];
  /** There is more after its last row. */
  readonly isCut: boolean;
}

/** Throws INVALID_REQUEST for what is no token. */
export function placeOf(token: string): LagPlace {
  if (token === '') return BEGINNING;
  try {
    const text = Buffer.from(token, 'base64url').toString();
    const [group, topicId, partition]: unknown[] = JSON.parse(text);
    if (typeof group === 'string' && typeof topicId === 'string' && Number.isInteger(partition)) {
      return { group, topicId, partition: Number(partition) };
    }
  } catch {
    // As below.
  }
  throw millraceError('INVALID_REQUEST', 'page_token is none of a previous reply');
}

export function tokenAfter({ groups, isCut }: LagPage): string {
  const last = groups.at(-1);
  if (!isCut || last === undefined) return '';
  const row = last.partitionLags?.at(-1);
  const place = [last.group ?? '', row?.topicId ?? '', row?.partition ?? -1];
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** Of a group, what comes after the place; undefined: nothing. */
export function after(group: GroupLag, place: LagPlace): GroupLag | undefined {
  if (group.group !== place.group) return group;
  if (place.topicId === '') return undefined;
  const from = checkedPartitionRef(place.topicId, place.partition);
  const rows = (group.partitionLags ?? []).filter((row) => byRef(refOf(row), from) > 0);
  return rows.length === 0 ? undefined : { ...group, partitionLags: rows };
}

/** The first `rowsMax` rows, in order; a group without partitions is a row. */
export function firstRows(groups: readonly GroupLag[], rowsMax: number): LagPage {
  const sorted = [...groups].sort((left, right) =>
    compareText(left.group ?? '', right.group ?? ''),
  );
  const page: GroupLag[] = [];
  let left = rowsMax;
  for (const group of sorted) {
    if (left <= 0) return { groups: page, isCut: true };
    const rows = group.partitionLags ?? [];
    if (rows.length > left) {
      page.push({ ...group, partitionLags: rows.slice(0, left) });
      return { groups: page, isCut: true };
    }
    page.push(group);
    left -= Math.max(1, rows.length);
  }
  return { groups: page, isCut: false };
}

function refOf({ topicId, partition }: PartitionLag) {
  return checkedPartitionRef(topicId ?? '', partition ?? 0);
}
