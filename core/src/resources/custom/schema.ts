/**
 * Schemas of custom resources, written once: the TypeScript type is inferred from the schema, and the OpenAPI schema of
 * the CRD is the same object. Every list, map and string has a bound, for what a rule costs (CEL) is estimated from it.
 */

export interface Rule {
  /** CEL. One that names `oldSelf` is skipped where the old value is absent: put those on the parent, with has(). */
  readonly rule: string;
  /** A sentence that says what to do. */
  readonly message: string;
}

/** OpenAPI v3 as structural schemas of Kubernetes have it. */
export interface JsonSchema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  readonly description?: string;
  readonly format?: 'int32' | 'int64' | 'date-time';
  readonly nullable?: boolean;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-validations'?: readonly Rule[];
}

declare const typed: unique symbol;

export interface AnySchema {
  readonly json: JsonSchema;
  readonly presence: 'required' | 'optional' | 'defaulted';
}

/** Invariant in T: a schema that has to describe an interface must have all of its fields, and no others. */
export interface Schema<T, P extends AnySchema['presence'] = 'required'> extends AnySchema {
  readonly presence: P;
  readonly [typed]?: (value: T) => T;
}

export type TypeOf<S> = S extends Schema<infer T, infer _> ? T : never;

export type Fields = Readonly<Record<string, AnySchema>>;
type OptionalKeys<F extends Fields> = {
  [K in keyof F]: F[K]['presence'] extends 'optional' ? K : never;
}[keyof F];
/** What is defaulted is there once the API server has stored it. */
export type ObjectOf<F extends Fields> = {
  readonly [K in Exclude<keyof F, OptionalKeys<F>>]: TypeOf<F[K]>;
} & { readonly [K in OptionalKeys<F>]?: TypeOf<F[K]> | undefined };

interface TextBounds {
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength: number;
  readonly rules?: readonly Rule[];
  readonly format?: 'date-time';
}

interface NumberBounds {
  readonly min: number;
  readonly max: number;
  readonly rules?: readonly Rule[];
}

interface ListBounds {
  readonly minItems?: number;
  readonly maxItems: number;
  /** Default atomic: whoever writes it, writes all of it. */
  readonly listType?: 'atomic' | 'set';
  /** Items are told apart by these fields. */
  readonly mapKeys?: readonly string[];
  readonly rules?: readonly Rule[];
}

function schema<T>(json: JsonSchema): Schema<T> {
  return { json, presence: 'required' };
}

function ruled(rules: readonly Rule[] | undefined): Pick<JsonSchema, 'x-kubernetes-validations'> {
  return rules === undefined ? {} : { 'x-kubernetes-validations': rules };
}

export function text<T extends string = string>(
  description: string,
  { rules, ...bounds }: TextBounds,
): Schema<T> {
  return schema({ type: 'string', description, ...bounds, ...ruled(rules) });
}

/** int64 past int32: safe integers, as core/ids.ts. */
export function integer<T extends number = number>(
  description: string,
  { min, max, rules }: NumberBounds,
): Schema<T> {
  const format = max > 0x7fff_ffff ? 'int64' : 'int32';
  return schema({
    type: 'integer',
    description,
    format,
    minimum: min,
    maximum: max,
    ...ruled(rules),
  });
}

export function boolean(description: string): Schema<boolean> {
  return schema({ type: 'boolean', description });
}

export function choice<const C extends readonly string[]>(
  description: string,
  choices: C,
): Schema<C[number]> {
  return schema({ type: 'string', description, enum: choices });
}

export function list<T>(
  description: string,
  item: Schema<T>,
  { listType = 'atomic', mapKeys, rules, ...bounds }: ListBounds,
): Schema<readonly T[]> {
  return schema({
    type: 'array',
    description,
    items: item.json,
    ...bounds,
    'x-kubernetes-list-type': mapKeys === undefined ? listType : 'map',
    ...(mapKeys === undefined ? {} : { 'x-kubernetes-list-map-keys': mapKeys }),
    ...ruled(rules),
  });
}

export function map<T>(
  description: string,
  value: Schema<T>,
  { rules, maxProperties }: { readonly maxProperties: number; readonly rules?: readonly Rule[] },
): Schema<Readonly<Record<string, T>>> {
  return schema({
    type: 'object',
    description,
    additionalProperties: value.json,
    maxProperties,
    ...ruled(rules),
  });
}

/** A number or a text, as quantities and our own sizes and durations are written. */
export function intOrText(description: string, maxLength: number): Schema<number | string> {
  return schema({ description, 'x-kubernetes-int-or-string': true, maxLength });
}

/** Passed on as it is to a type of Kubernetes, which checks it. */
export function passedOn<T>(description: string, type: 'object' | 'array'): Schema<T> {
  if (type === 'object') {
    return schema({ type, description, 'x-kubernetes-preserve-unknown-fields': true });
  }
  return schema({
    type,
    description,
    maxItems: 64,
    items: {
      type: 'object',
      description: 'As of any pod.',
      'x-kubernetes-preserve-unknown-fields': true,
    },
    'x-kubernetes-list-type': 'atomic',
  });
}

export function object<const F extends Fields>(
  description: string,
  fields: F,
  rules?: readonly Rule[],
): Schema<ObjectOf<F>> {
  const required = Object.keys(fields).filter((key) => fields[key]?.presence === 'required');
  return schema({
    type: 'object',
    description,
    ...(required.length === 0 ? {} : { required }),
    properties: Object.fromEntries(Object.entries(fields).map(([key, { json }]) => [key, json])),
    ...ruled(rules),
  });
}

export function optional<T>({ json }: Schema<T>): Schema<T, 'optional'> {
  return { json, presence: 'optional' };
}

export function nullable<T>({ json }: Schema<T>): Schema<T | null> {
  return schema({ ...json, nullable: true });
}

/** Stored with the object when it is written. */
export function defaulted<T>({ json }: Schema<T>, value: T): Schema<T, 'defaulted'> {
  return { json: { ...json, default: value }, presence: 'defaulted' };
}
