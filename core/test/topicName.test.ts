import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkTopicName, checkUserTopicName, topicCollisionKey } from '../src/topicName.ts';

test('names of the allowed characters pass', () => {
  for (const name of ['a', 'Orders.v1_b-c', '...', '_x', 'a'.repeat(249)]) checkUserTopicName(name);
  checkTopicName('__groups');
});

test('other names are refused with a sentence that shows them', () => {
  const names = ['', '.', '..', '../x', 'a b', 'a/b', 'ä', 'a\n', 'a\0', 'a'.repeat(250)];
  for (const name of names) {
    assert.throws(() => checkTopicName(name), { code: 'INVALID_TOPIC_NAME' }, JSON.stringify(name));
  }
  assert.throws(
    () => checkTopicName('a'.repeat(1e6)),
    (error: Error) => error.message.length < 200,
  );
});

test('users cannot create internal topics', () => {
  assert.throws(() => checkUserTopicName('__groups'), { code: 'INVALID_TOPIC_NAME' });
});

test('names that differ in dots and underscores only collide', () => {
  assert.equal(topicCollisionKey('a.b_c'), topicCollisionKey('a_b.c'));
  assert.notEqual(topicCollisionKey('a-b'), topicCollisionKey('a_b'));
});
