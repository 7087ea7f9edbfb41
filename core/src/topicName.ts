/** Rules of topic names (contracts.md, Types and names). Names live at the edge; inside, topics go by topicId. */
import { millraceError } from './errors.ts';

export const TOPIC_NAME_CHARS_MAX = 249;
const SHAPE = /^[a-zA-Z0-9._-]{1,249}$/;

/** Topics of the cluster itself, such as `__groups`; users neither create nor alter them. */
export function isInternalTopicName(name: string): boolean {
  return name.startsWith('__');
}

/** Throws INVALID_TOPIC_NAME unless a topic may have this name; internal topics may. */
export function checkTopicName(name: string): void {
  const shown = JSON.stringify(name.length > 64 ? `${name.slice(0, 64)}...` : name);
  if (name === '') throw millraceError('INVALID_TOPIC_NAME', 'the topic name is empty');
  if (name === '.' || name === '..') {
    throw millraceError('INVALID_TOPIC_NAME', `a topic cannot be named ${shown}`);
  }
  if (name.length > TOPIC_NAME_CHARS_MAX) {
    throw millraceError(
      'INVALID_TOPIC_NAME',
      `${shown} has ${name.length} characters; at most ${TOPIC_NAME_CHARS_MAX} are allowed`,
    );
  }
  if (!SHAPE.test(name)) {
    throw millraceError(
      'INVALID_TOPIC_NAME',
      `${shown} has characters other than a-z, A-Z, 0-9, ".", "_" and "-"`,
    );
  }
}

/** As checkTopicName, and refuses the names reserved for internal topics: for what users create. */
export function checkUserTopicName(name: string): void {
  checkTopicName(name);
  if (isInternalTopicName(name)) {
    throw millraceError(
      'INVALID_TOPIC_NAME',
      `${JSON.stringify(name)} begins with "__", which is reserved for internal topics`,
    );
  }
}

/** Two topics whose keys are equal may not both exist: metric names cannot tell them apart. */
export function topicCollisionKey(name: string): string {
  return name.replaceAll('.', '_');
}
