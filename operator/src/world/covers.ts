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

const FACTORS: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

function quantity(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)([A-Za-z]{0,2})$/.exec(value) ?? [];
  const factor = Object.hasOwn(FACTORS, unit) ? FACTORS[unit] : undefined;
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}
