/**
 * The annotation that remembers which partitions ever had a leader, beside the status that says so too (safety.md, rule
 * 22): backups drop status, and without it a partition would look new. A hex digit for each four partitions, the lowest
 * bit for the first of them. It only grows.
 */

/** Ascending. Throws SyntaxError for what is no such mark. */
export function parseMark(text: string | undefined): number[] {
  const indexes: number[] = [];
  for (const [at, digit] of (text ?? '').split('').entries()) {
    if (!/[0-9a-f]/.test(digit)) throw new SyntaxError(`${JSON.stringify(digit)} is no hex digit`);
    const bits = Number.parseInt(digit, 16);
    for (let bit = 0; bit < 4; bit += 1) if ((bits >> bit) % 2 === 1) indexes.push(4 * at + bit);
  }
  return indexes;
}

export function formatMark(indexes: readonly number[]): string {
  const digits: number[] = [];
  for (const index of indexes) {
    const at = Math.floor(index / 4);
    while (digits.length <= at) digits.push(0);
    digits[at] = (digits[at] ?? 0) | (1 << (index % 4));
  }
  return digits.map((digit) => digit.toString(16)).join('');
}

/** Of a status that nobody has checked yet, too: what is no partition had no leader. */
export function initializedIndexes(
  status: { readonly partitions: readonly unknown[] } | undefined,
): number[] {
  return (status?.partitions ?? []).flatMap((partition, index) =>
    isInitialized(partition) ? [index] : [],
  );
}

function isInitialized(partition: unknown): boolean {
  if (typeof partition !== 'object' || partition === null) return false;
  return (partition as { readonly initialized?: unknown }).initialized === true;
}

/** Those of `indexes` that are not among `others`. */
export function without(indexes: readonly number[], others: readonly number[]): number[] {
  const known = new Set(others);
  return indexes.filter((index) => !known.has(index));
}
