/** Times as Kubernetes writes them, from milliseconds since 1970. */

/** V1MicroTime, which the API takes with six digits and no fewer. */
export function microTime(wallMs: number): string {
  return new Date(wallMs).toISOString().replace('Z', '000Z');
}

/** V1Time: whole seconds. */
export function secondTime(wallMs: number): string {
  return new Date(wallMs).toISOString().replace(/\.\d+Z$/, 'Z');
}
