/** Times as Kubernetes writes them. */

/** V1MicroTime, which the API takes with six digits and no fewer. */
export function microTime(at: Date): string {
  return at.toISOString().replace('Z', '000Z');
}

/** V1Time: whole seconds. */
export function secondTime(at: Date): string {
  return at.toISOString().replace(/\.\d+Z$/, 'Z');
}
