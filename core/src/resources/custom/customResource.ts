/** A kind of custom resource and the CustomResourceDefinition made from it (kubernetes.md, Custom resources). */
import type { AnySchema, JsonSchema, Rule, TypeOf } from './schema.ts';

export const API_GROUP = 'millrace.dev';
export const API_VERSION = 'v1alpha1';

export interface PrinterColumn {
  readonly name: string;
  readonly jsonPath: string;
  readonly type: 'string' | 'integer' | 'date' | 'boolean';
  readonly description?: string;
  /** 0: always shown; 1: with `-o wide`. */
  readonly priority?: 0 | 1;
}

export interface ScalePaths {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath: string;
}

export interface CustomResource<S extends AnySchema = AnySchema, T extends AnySchema = AnySchema> {
  readonly kind: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
  /** `kubectl get millrace` lists the first, `kubectl get millrace-internal` the others. */
  readonly category: 'millrace' | 'millrace-internal';
  readonly description: string;
  readonly spec: S;
  readonly status: T;
  readonly rules?: readonly Rule[];
  readonly columns: readonly PrinterColumn[];
  readonly scale?: ScalePaths;
}

/** Keeps the types of both halves. */
export function customResource<S extends AnySchema, T extends AnySchema>(
  resource: CustomResource<S, T>,
): CustomResource<S, T> {
  return resource;
}

export type SpecOf<R> = R extends CustomResource<infer S, infer _> ? TypeOf<S> : never;
export type StatusOf<R> = R extends CustomResource<infer _, infer T> ? TypeOf<T> : never;

/** What of an object's metadata is read. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface CustomObject<Spec, Status> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec: Spec;
  readonly status?: Status | undefined;
}

const AGE: PrinterColumn = { name: 'Age', jsonPath: '.metadata.creationTimestamp', type: 'date' };

/** The manifest, in the order that people read. */
export function definitionOf(resource: CustomResource): object {
  const { kind, plural, shortNames, category, columns, scale } = resource;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${API_GROUP}` },
    spec: {
      group: API_GROUP,
      scope: 'Namespaced',
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: kind.toLowerCase(),
        ...(shortNames.length === 0 ? {} : { shortNames }),
        categories: [category],
      },
      versions: [
        {
          name: API_VERSION,
          served: true,
          storage: true,
          subresources: { status: {}, ...(scale === undefined ? {} : { scale }) },
          additionalPrinterColumns: [...columns, AGE],
          schema: { openAPIV3Schema: schemaOf(resource) },
        },
      ],
    },
  };
}

function schemaOf({ description, spec, status, rules }: CustomResource): JsonSchema {
  return {
    type: 'object',
    description,
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      spec: spec.json,
      status: status.json,
    },
    ...(rules === undefined ? {} : { 'x-kubernetes-validations': rules }),
  };
}
