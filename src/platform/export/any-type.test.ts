import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type SharedTestApp, sharedTestApp } from '../../../test/harness/app.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

test('notes, activities and tasks are exported too, as far as the caller reads them', async () => {
  const tenant = await app.tenant();
  const { api } = await tenant.as('admin');
  const adviser = (await tenant.as('advisor')).api;
  const made = async (path: string, body: object) => {
    const answer = await api('POST', `/api/v1/${path}`, body);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body;
  };
  const { id: contact_id } = await made('contacts', { given_name: 'Ada' });
  await made('notes', { body: '<p>=SUM(1)</p>', records: [{ type: 'contact', id: contact_id }] });
  await made('activities', {
    kind: 'call',
    subject: 'Called',
    records: [{ type: 'contact', id: contact_id }],
    occurred_at: '2026-01-02T03:04:05Z',
  });
  await made('tasks', { title: '=1+1', records: [{ type: 'contact', id: contact_id }] });
  for (const [plural, shown] of [
    ['notes', /<p>=SUM\(1\)<\/p>,.*,Ada,/],
    ['activities', /call,Called,.*2026-01-02T03:04:05/],
    ['tasks', /'=1\+1,.*,Ada,/],
  ] as const) {
    const all = await api('GET', `/api/v1/${plural}/export.csv`);
    assert.equal(all.status, 200, JSON.stringify(all.body));
    assert.match(all.body, shown);
    const own = await adviser('GET', `/api/v1/${plural}/export.csv`);
    assert.equal(own.body.trim().split('\n').length, 1, `an adviser reads none of these ${plural}`);
  }
});
