import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextToSend, type PendingMutation } from './waiting.ts';

const entry = (id: string, more: Partial<PendingMutation>) =>
  ({ id, kind: 'update', resource: 'deal', record_id: id, body: {}, state: 'waiting', ...more }) as PendingMutation;

test('what was held back holds back what it has to do with, and nothing else', () => {
  const company = entry('a', { kind: 'create', resource: 'company', record_id: 'new-1', state: 'refused' });
  const ofCompany = entry('b', { kind: 'create', record_id: 'new-2', body: { company_id: 'new-1' } });
  const ofDeal = entry('c', { record_id: 'new-2' });
  const other = entry('d', {});
  assert.equal(nextToSend([company, ofCompany, ofDeal, other]), other);
  assert.equal(nextToSend([company, ofCompany, ofDeal]), undefined);
  assert.equal(nextToSend([{ ...company, state: 'waiting' }, ofCompany, ofDeal, other])?.id, 'a');
  assert.equal(nextToSend([ofCompany, ofDeal, other]), ofCompany);
});
