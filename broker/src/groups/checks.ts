import { millraceError } from '@millrace/core/errors';
import { checkUserTopicName } from '@millrace/core/topicName';
import { TopicPattern } from '@millrace/core/topicPattern';
import { NAME_CHARS_MAX, type Range, SUBSCRIBED_TOPICS_MAX } from './groupLimits.ts';
import type { Subscription } from './groupTopics.ts';

/** Of a group, a member, an instance: it ends up in logs and on screens. Throws INVALID_REQUEST. */
export function checkName(what: string, name: string): void {
  if (name === '') throw millraceError('INVALID_REQUEST', `the ${what} is empty`);
  checkText(what, name);
}

/** As checkName; empty: there is none. */
export function checkText(what: string, text: string): void {
  if (text.length > NAME_CHARS_MAX) {
    const message = `the ${what} has ${text.length} characters, at most ${NAME_CHARS_MAX} are allowed`;
    throw millraceError('INVALID_REQUEST', message);
  }
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const isControl = code < 0x20 || (code >= 0x7f && code < 0xa0);
    if (isControl) throw millraceError('INVALID_REQUEST', `the ${what} has control characters`);
  }
  if (!text.isWellFormed()) throw millraceError('INVALID_REQUEST', `the ${what} is no Unicode`);
}

/** Throws INVALID_TOPIC_NAME and INVALID_REQUEST. */
export function checkSubscription({ topics, pattern }: Subscription): void {
  checkTopicNames(topics);
  if (pattern !== '') new TopicPattern(pattern);
}

export function checkTopicNames(topics: readonly string[]): void {
  if (topics.length > SUBSCRIBED_TOPICS_MAX) {
    const message = `${topics.length} topics are named, at most ${SUBSCRIBED_TOPICS_MAX} are allowed; use a pattern`;
    throw millraceError('INVALID_REQUEST', message);
  }
  for (const name of topics) checkUserTopicName(name);
}

/** 0: the default. Throws INVALID_REQUEST. */
export function checkedTimeout(what: string, value: number, range: Range): number {
  if (value === 0) return range.default;
  if (Number.isInteger(value) && value >= range.min && value <= range.max) return value;
  const message = `the ${what} of ${value} ms is not in ${range.min}..${range.max} ms`;
  throw millraceError('INVALID_REQUEST', message);
}
