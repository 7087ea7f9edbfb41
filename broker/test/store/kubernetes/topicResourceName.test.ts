import assert from 'node:assert/strict';
import { it } from 'node:test';
import * as fc from 'fast-check';
import {
  distinctResourceName,
  topicResourceName,
} from '../../../src/store/kubernetes/topicResourceName.ts';

const LEGAL = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

it('a topic has a resource of its own name where Kubernetes takes it', () => {
  for (const name of ['flights', 'a', '7', 'orders-eu.v2'])
    assert.equal(topicResourceName(name), name);
});

it('any other topic has a resource of a legal name, and no two the same', () => {
  const names = ['Flights', 'flights_eu', 'flights-eu.', '-', '..a', '_', 'a..b', 'A'.repeat(249)];
  const taken = names.map(topicResourceName);
  for (const name of taken) assert.match(name, LEGAL);
  assert.equal(new Set(taken).size, names.length);
});

it('every legal topic name has one', () => {
  const name = fc.stringMatching(/^[a-zA-Z0-9._-]{1,249}$/);
  fc.assert(fc.property(name, (topic) => assert.match(topicResourceName(topic), LEGAL)));
});

it('topics of one name in two clusters have different ones where the first is taken', () => {
  assert.notEqual(distinctResourceName('a', 'flights'), distinctResourceName('b', 'flights'));
});
