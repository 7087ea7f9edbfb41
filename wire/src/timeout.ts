// The grpc-timeout header: 1 to 8 digits and a unit.
const UNIT_MS: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};
const VALUE_MAX = 99_999_999;
const UNITS_OF_FORMAT = ['m', 'S', 'M', 'H'] as const;

/** Milliseconds (may be a fraction), or undefined when `text` is no valid grpc-timeout. */
export function parseTimeout(text: string): number | undefined {
  const match = /^(\d{1,8})([HMSmun])$/.exec(text);
  const unitMs = UNIT_MS[match?.[2] ?? ''];
  return match === null || unitMs === undefined ? undefined : Number(match[1]) * unitMs;
}

/** The header for `timeoutMs`, rounded up in the finest unit that holds it; longer than 8 digits of hours is cut. */
export function formatTimeout(timeoutMs: number): string {
  for (const unit of UNITS_OF_FORMAT) {
    const value = Math.max(1, Math.ceil(timeoutMs / (UNIT_MS[unit] ?? 1)));
    if (value <= VALUE_MAX) return `${value}${unit}`;
  }
  return `${VALUE_MAX}H`;
}
