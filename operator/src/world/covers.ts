/** Whether an object of the API server already is what it should be. Pure. */

/**
 * True if everything that `wanted` says is so in `live`, which may say more: what the API server fills in. Quantities
 * count by their value, as the API server writes them in its own way. Lists are compared whole.
 */
export function covers(live: unknown, wanted: unknown): boolean {
  if (wanted === undefined) return true;
  if (Array.isArray(wanted)) {
    if (!Array.isArray(live) || live.length !== wanted.length) return false;
    return wanted.every((item, index) => covers(live[index], item));
  }
  if (typeof wanted === 'object' && wanted !== null) {
    if (typeof live !== 'object' || live === null) return false;
    const fields = live as Readonly<Record<string, unknown>>;
    return Object.entries(wanted).every(([key, value]) => covers(fields[key], value));
  }
  if (live === wanted) return true;
  const [left, right] = [quantity(live), quantity(wanted)];
  return left !== undefined && left === right;
}

/** Order of fields does not matter, fields that are undefined are not there. */
export function isSame(left: unknown, right: unknown): boolean {
  return covers(left, right) && covers(right, left);
}

const ONE = 10n ** 9n;

/** In billionths, the smallest that Kubernetes knows: 0.7 and 700m are the same, which they are not as floats. */
const FACTORS: ReadonlyMap<string, bigint> = new Map([
  ['n', 1n],
  ['u', 10n ** 3n],
  ['m', 10n ** 6n],
  ['', ONE],
  ...['k', 'M', 'G', 'T', 'P', 'E'].map(
    (unit, at) => [unit, ONE * 1000n ** BigInt(at + 1)] as const,
  ),
  ...['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map(
    (unit, at) => [unit, ONE * 1024n ** BigInt(at + 1)] as const,
  ),
]);

function quantity(value: unknown): bigint | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string') return undefined;
  const [, whole, decimals = '', unit = ''] =
    /^(\d+)(?:\.(\d{1,9}))?([A-Za-z]{0,2})$/.exec(text) ?? [];
  const factor = FACTORS.get(unit);
  if (whole === undefined || factor === undefined) return undefined;
  return (BigInt(`${whole}${decimals}`) * factor) / 10n ** BigInt(decimals.length);
}
