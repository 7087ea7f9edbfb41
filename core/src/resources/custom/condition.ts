/** Conditions by the conventions of Kubernetes and kstatus. */
import { choice, integer, list, object, optional, text, type TypeOf } from './schema.ts';

const CONDITION = object('One aspect of the state.', {
  type: text('Ready, Reconciling, Stalled, or one of the kind.', { maxLength: 64, minLength: 1 }),
  status: choice('True, False, or Unknown.', ['True', 'False', 'Unknown']),
  reason: text('One word for programs.', {
    maxLength: 128,
    minLength: 1,
    pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$',
  }),
  message: text('A sentence for people: what is the matter, and what to do about it.', {
    maxLength: 4096,
  }),
  lastTransitionTime: text('When the status last changed.', {
    maxLength: 64,
    format: 'date-time',
  }),
  observedGeneration: optional(
    integer('Generation of the spec that this is about.', { min: 0, max: Number.MAX_SAFE_INTEGER }),
  ),
});

export type Condition = TypeOf<typeof CONDITION>;

export const CONDITIONS = list('The state in aspects.', CONDITION, {
  maxItems: 16,
  mapKeys: ['type'],
});

export const OBSERVED_GENERATION = integer('Generation of the spec that the status is about.', {
  min: 0,
  max: Number.MAX_SAFE_INTEGER,
});

export type NewCondition = Omit<Condition, 'lastTransitionTime'>;

/** `wanted` with times: what has the status that it had keeps its time. `now`: RFC 3339, whole seconds. */
export function withTransitionTimes(
  before: readonly Condition[],
  wanted: readonly NewCondition[],
  now: string,
): Condition[] {
  return wanted.map((condition) => {
    const old = before.find(({ type }) => type === condition.type);
    const time = old?.status === condition.status ? old.lastTransitionTime : now;
    return { ...condition, lastTransitionTime: time };
  });
}
