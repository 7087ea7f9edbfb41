/**
 * A plan as `reassign plan --output json` prints it and `reassign apply` reads it. Kafka's form, with `partitions` at the
 * top, is taken, too; what else is in it is ignored.
 */
import type { PartitionReplicas } from '@millrace/client/clusterAdmin';
import { InputError } from '../inputError.ts';

const INT32_MAX = 0x7fff_ffff;

/** Throws InputError. */
export function parsePlan(text: string): PartitionReplicas[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid('the plan is no JSON', cause);
  }
  const plan = isObject(value) ? value : {};
  const changes = plan.reassignments ?? plan.partitions;
  if (!Array.isArray(changes)) throw invalid('the plan has no list "reassignments"');
  return changes.map(parseChange);
}

function parseChange(value: unknown, index: number): PartitionReplicas {
  const at = `reassignments[${index}]`;
  if (!isObject(value)) throw invalid(`${at} is no object`);
  const { topic, partition, replicas } = value;
  if (typeof topic !== 'string' || topic === '') throw invalid(`${at}.topic is no name`);
  if (!isInt32(partition)) throw invalid(`${at}.partition is no number of a partition`);
  if (!Array.isArray(replicas) || replicas.length === 0 || !replicas.every(isInt32)) {
    throw invalid(`${at}.replicas is no list of broker ids`);
  }
  return { topic, partition, replicas };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isInt32(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= INT32_MAX;
}

function invalid(message: string, cause?: unknown): InputError {
  return new InputError(message, 'give what millrace reassign plan --output json prints', cause);
}
