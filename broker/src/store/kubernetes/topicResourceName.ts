/** The name of a Topic resource for a topic: its own where that is a legal object name. Pure. */
import { createHash } from 'node:crypto';

/** RFC 1123 subdomain, with room for nothing more. */
const LEGAL = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const HASH_CHARS = 10;
const STEM_CHARS_MAX = 60;

export function topicResourceName(topicName: string): string {
  return LEGAL.test(topicName) ? topicName : distinctResourceName('', topicName);
}

/** Another one for the same topic, where the first is taken by a topic of another cluster. */
export function distinctResourceName(cluster: string, topicName: string): string {
  const hash = createHash('sha256').update(`${cluster}/${topicName}`).digest('hex');
  const stem = topicName
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, STEM_CHARS_MAX)
    .replaceAll(/^-+|-+$/g, '');
  return `${stem === '' ? 'topic' : stem}-${hash.slice(0, HASH_CHARS)}`;
}
