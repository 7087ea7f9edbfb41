/** The log has broken a promise: what a seed is run for. */
export class SimViolation extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SimViolation';
  }
}

export function mustHold(holds: boolean, message: () => string): asserts holds {
  if (!holds) throw new SimViolation(message());
}
