/** The known key that somebody who wrote an unknown one probably meant. */

/** Undefined if none is near: a wrong suggestion is worse than none. */
export function nearestKey(given: string, known: Iterable<string>): string | undefined {
  const wanted = plain(given);
  let nearest: string | undefined;
  let nearestDistance = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const key of known) {
    const distance = editDistance(wanted, plain(key));
    if (distance < nearestDistance) {
      nearest = key;
      nearestDistance = distance;
    }
  }
  return nearest;
}

/** retention.ms, RETENTION_MS and retentionMs are the same word. */
function plain(key: string): string {
  return key
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
    .slice(0, 64);
}

function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      const change = (previous[column - 1] ?? 0) + (same ? 0 : 1);
      const drop = (previous[column] ?? 0) + 1;
      const add = (current[column - 1] ?? 0) + 1;
      current.push(Math.min(change, drop, add));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}
