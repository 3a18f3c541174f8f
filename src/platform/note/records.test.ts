import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Client, type SharedTestApp, sharedTestApp, type TestTenant } from '../../../test/harness/app.ts';
import { asOwner } from '../../../test/harness/identity.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let admin: Client;
/** Reads own contacts and deals alone, and all that is written on them. */
let adviser: { api: Client; user_id: string };
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  admin = (await tenant.as('admin')).api;
  const of = (scope: string) => ({ read: scope, create: scope, update: scope });
  const rights = { contact: of('own'), deal: of('own'), note: of('all'), task: of('all'), activity: of('all') };
  await asOwner(app, `insert into role (tenant_id, key, name, rights) values ($1, 'reader', 'reader', $2)`, [
    tenant.tenant_id,
    JSON.stringify(rights),
  ]);
  adviser = await tenant.as('reader');
});

async function made(api: Client, path: string, body: object) {
  const answer = await api('POST', `/api/v1/${path}`, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}
const read = async (api: Client, path: string) => (await api('GET', `/api/v1/${path}`)).body;
const contactOf = async (api: Client, given_name: string) => ({
  type: 'contact',
  id: (await made(api, 'contacts', { given_name })).id as string,
  name: given_name,
});
const ref = ({ type, id }: { type: string; id: string }) => ({ type, id });
const hidden = (type: string) => ({ type, id: null, name: null });
const linksOf = (id: string) => asOwner(app, `select record_id from record_link where item_id = '${id}' order by 1`);

test('whoever reads one of the records reads the entry, and of the others sees only that they exist', async () => {
  const mine = await contactOf(adviser.api, 'Mine');
  const theirs = await contactOf(admin, 'Theirs');
  const deal = { type: 'deal', id: (await made(admin, 'deals', { name: 'Secret' })).id as string, name: 'Secret' };
  const records = [ref(deal), ref(theirs), ref(mine)];
  const note = await made(admin, 'notes', { body: '<p>Said</p>', records });
  const task = await made(admin, 'tasks', { title: 'Ring', records, assignee_id: adviser.user_id });
  assert.deepEqual(note.records, [deal, theirs, mine], 'in the order in which they were named');
  const seen = [hidden('deal'), hidden('contact'), mine];
  assert.deepEqual((await read(adviser.api, `notes/${note.id}`)).records, seen);
  assert.deepEqual((await read(adviser.api, `contacts/${mine.id}/timeline?kinds=note`)).data[0].note.records, seen);
  const listed = await adviser.api(
    'GET',
    `/api/v1/tasks?filter=${encodeURIComponent(JSON.stringify({ field: 'records', op: 'has', value: mine.id }))}`,
  );
  assert.deepEqual([listed.body.data[0].id, listed.body.data[0].records], [task.id, seen]);
  assert.doesNotMatch(JSON.stringify(listed.body), new RegExp(`Secret|Theirs|${deal.id}|${theirs.id}`));
  // Neither may they ask what is about a record that they do not see, nor name it.
  const asked = encodeURIComponent(JSON.stringify({ field: 'records', op: 'has', value: theirs.id }));
  assert.deepEqual((await read(adviser.api, `notes?filter=${asked}`)).data, []);
  const named = await adviser.api('POST', '/api/v1/notes', { body: 'Sneaky', records: [ref(mine), ref(theirs)] });
  assert.equal(named.body.errors[0].field, 'records.1.id');
  assert.equal((await adviser.api('GET', `/api/v1/contacts/${theirs.id}/timeline`)).status, 404);
  assert.equal((await read(adviser.api, 'search?q=said')).written.length, 1);

  // What they do not see stays when they set the records, and they lose the entry with their own record.
  const other = await contactOf(adviser.api, 'Other');
  const changed = await adviser.api('PATCH', `/api/v1/tasks/${task.id}`, { records: [ref(other)] });
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  assert.deepEqual((await read(admin, `tasks/${task.id}`)).records, [other, deal, theirs]);
  await admin('PATCH', `/api/v1/notes/${note.id}`, { records: [ref(theirs)] });
  assert.equal((await adviser.api('GET', `/api/v1/notes/${note.id}`)).status, 404);
});

test('links follow what an entry names, and its order in a timeline the time that it was at', async () => {
  const [a, b] = [await contactOf(admin, 'A'), await contactOf(admin, 'B')];
  const first = await made(admin, 'activities', {
    kind: 'call',
    subject: 'First',
    records: [ref(a), ref(a), ref(b)],
    occurred_at: '2024-01-01T00:00:00Z',
  });
  assert.deepEqual(first.records, [a, b], 'each once');
  await made(admin, 'activities', {
    kind: 'call',
    subject: 'Second',
    records: [ref(a)],
    occurred_at: '2024-02-01T00:00:00Z',
  });
  const subjects = async (id: string) =>
    (await read(admin, `contacts/${id}/timeline?kinds=activity`)).data.map(
      ({ activity }: { activity: { subject: string } }) => activity.subject,
    );
  assert.deepEqual(await subjects(a.id), ['Second', 'First']);
  await admin('PATCH', `/api/v1/activities/${first.id}`, { occurred_at: '2024-03-01T00:00:00Z' });
  assert.deepEqual(await subjects(a.id), ['First', 'Second']);
  const moved = await admin('PATCH', `/api/v1/activities/${first.id}`, { records: [ref(b)] });
  assert.deepEqual([await subjects(a.id), await subjects(b.id)], [['Second'], ['First']]);
  await admin('POST', `/api/v1/changes/${moved.headers.get('change-id')}/reversal`);
  assert.deepEqual([await subjects(a.id), await subjects(b.id)], [['First', 'Second'], ['First']]);
  assert.equal((await linksOf(first.id)).length, 2);
});

test('merged, a survivor takes the place of its doubles, once, and undoing puts them back', async () => {
  const [kept, double, third] = [
    await contactOf(admin, 'Kept'),
    await contactOf(admin, 'Double'),
    await contactOf(admin, 'Third'),
  ];
  const note = await made(admin, 'notes', { body: '<p>Of three</p>', records: [ref(double), ref(third), ref(kept)] });
  const merged = await admin(
    'POST',
    `/api/v1/contacts/${kept.id}/merge`,
    { others: [double.id], values: {} },
    { 'if-match': '"1"' },
  );
  assert.equal(merged.status, 200, JSON.stringify(merged.body));
  assert.deepEqual((await read(admin, `notes/${note.id}`)).records, [kept, third]);
  assert.equal((await linksOf(note.id)).length, 2);
  const undone = await admin('POST', `/api/v1/changes/${merged.headers.get('change-id')}/reversal`);
  assert.equal(undone.status, 200, JSON.stringify(undone.body));
  assert.deepEqual((await read(admin, `notes/${note.id}`)).records, [double, third, kept]);
  assert.equal((await linksOf(note.id)).length, 3);
});

test('of a record in the trash the entry keeps the name, and of one that is gone for good nothing', async () => {
  const [gone, stays] = [await contactOf(admin, 'Gone'), await contactOf(admin, 'Stays')];
  const note = await made(admin, 'notes', { body: '<p>Both</p>', records: [ref(gone), ref(stays)] });
  await admin('DELETE', `/api/v1/contacts/${gone.id}`);
  assert.deepEqual((await read(admin, `notes/${note.id}`)).records, [gone, stays]);
  const purged = await admin('POST', '/api/v1/trash/deletions', { items: [{ resource: 'contact', id: gone.id }] });
  assert.equal(purged.status, 200, JSON.stringify(purged.body));
  assert.deepEqual((await read(admin, `notes/${note.id}`)).records, [stays]);
  const events = (await read(admin, `audit-events?resource=note&record_id=${note.id}&limit=1`)).data;
  assert.deepEqual([events[0].fields, events[0].after.records], [['records'], [stays.id]]);
});

test('at most 20 records, and the database holds it too', async () => {
  const one = await contactOf(admin, 'Many');
  const twenty = [];
  for (let n = 0; n < 20; n++) twenty.push(ref(await contactOf(admin, `Of many ${n}`)));
  const note = await made(admin, 'notes', { body: '<p>Many</p>', records: twenty });
  assert.equal(note.records.length, 20);
  const refused = await admin('PATCH', `/api/v1/notes/${note.id}`, { records: [...twenty, ref(one)] });
  assert.deepEqual([refused.status, refused.body.errors?.[0].field], [422, 'records'], JSON.stringify(refused.body));
});

test('a call needs no subject and has an outcome; other entries need their subject', async () => {
  const records = [ref(await contactOf(admin, 'Called'))];
  for (const outcome of ['connected', 'voicemail', 'wrong_number'])
    assert.equal((await made(admin, 'activities', { kind: 'call', outcome, records })).outcome, outcome);
  const call = await made(admin, 'activities', { kind: 'call', outcome: 'no_answer', records });
  assert.deepEqual([call.subject, call.outcome], ['Call', 'no_answer']);
  const found = encodeURIComponent(JSON.stringify({ field: 'outcome', op: 'eq', value: 'no_answer' }));
  assert.deepEqual(
    (await read(admin, `activities?filter=${found}`)).data.map(({ id }: { id: string }) => id),
    [call.id],
  );
  const refused = async (body: object) => {
    const answer = await admin('POST', '/api/v1/activities', { records, ...body });
    return [answer.status, answer.body.errors?.[0].field];
  };
  assert.deepEqual(await refused({ kind: 'meeting' }), [422, 'subject']);
  assert.deepEqual(await refused({ kind: 'call', outcome: 'busy' }), [422, 'outcome']);
});
