/**
 * UNKNOWN_TOPIC, because the topic was deleted and another one made under its name. Offsets of the one mean nothing in
 * the other: a consumer ends with it, and so does what a producer may have appended to the old one.
 */
import { MillraceError } from '@millrace/core/errors';

export class TopicReplacedError extends MillraceError {
  readonly topic: string;
  /** Of the topic that is gone. */
  readonly topicId: string;
  /** Of the one that has the name now. */
  readonly newTopicId: string;

  constructor(topic: string, topicId: string, newTopicId: string) {
    super(
      'UNKNOWN_TOPIC',
      `topic ${topic} was deleted and created again: ${newTopicId} has the name of ${topicId} now`,
    );
    this.topic = topic;
    this.topicId = topicId;
    this.newTopicId = newTopicId;
  }
}
