/** As much of JSON Schema as the chart's values need. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly title?: string;
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
}

/** Without what only Kubernetes knows, such as CEL rules; no key that the CRD does not have. */
export function ofCrd(schema: unknown): JsonSchema {
  return strip(schema) as JsonSchema;
}

function strip(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strip);
  if (typeof value !== 'object' || value === null) return value;
  const node = value as Record<string, unknown>;
  const kept = Object.entries(node)
    // A default here would be filled in by nobody.
    .filter(([key]) => !key.startsWith('x-kubernetes-') && key !== 'default' && key !== 'format')
    .map(([key, inner]) => [key, key === 'properties' ? properties(inner) : strip(inner)]);
  const stripped = Object.fromEntries(kept) as Record<string, unknown>;
  if (node['x-kubernetes-int-or-string'] === true) stripped.type = ['integer', 'string'];
  const isClosed = 'properties' in node && !('x-kubernetes-preserve-unknown-fields' in node);
  return isClosed ? { ...stripped, additionalProperties: false } : stripped;
}

/** Names of fields, which may be those of keywords. */
function properties(value: unknown): Record<string, unknown> {
  const fields = Object.entries(value as Record<string, unknown>);
  return Object.fromEntries(fields.map(([name, schema]) => [name, strip(schema)]));
}
