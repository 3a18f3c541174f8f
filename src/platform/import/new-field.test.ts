import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { eventually, type SharedTestApp, sharedTestApp } from '../../../test/harness/app.ts';
import { countBlocked, systemClient } from '../../../test/harness/identity.ts';
import { follow, upload } from '../../../test/harness/import.ts';
import type { importFile } from './contract.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

const moods = ['Sunny', 'Rainy', 'N/A'];
const rows = Array.from({ length: 24 }, (_, n) => `P${n},${150 + n},${moods[n % 3]},"${n},000.50 EUR"`);
const csv = ['First name,Height,Mood,Honorarium', ...rows].join('\n');

test('a column whose field was retired meanwhile ends the import at once, by name, until it goes elsewhere', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const field = { resource: 'contact', key: 'grade', label: 'Grade', type: 'text' };
  const { body: grade } = await api('POST', '/api/v1/custom-fields', field);
  const made = await upload(api, [['people.csv', 'First name,Last name,Email,Grade\nAda,Byron,ada@x.example,A\n']]);
  const { id, files } = made.body;
  assert.ok(files[0].columns.some((column: { field: string }) => column.field === 'custom.grade'));
  assert.equal((await api('DELETE', `/api/v1/custom-fields/${grade.id}`)).status, 204);
  for (const [step, state] of [
    ['dry-runs', 'ready'],
    ['runs', 'failed'],
  ] as const) {
    const ended = await follow(api, id, step, 10_000);
    assert.equal(ended.state, state);
    assert.match(ended.error!, /^The column “Grade” is mapped to a field that is retired/);
  }
  const elsewhere = await api('PATCH', `/api/v1/imports/${id}`, {
    files: [{ id: files[0].id, columns: { Grade: null } }],
  });
  assert.equal(elsewhere.status, 200, JSON.stringify(elsewhere.body));
  const { state } = await follow(api, id, 'runs');
  assert.equal(state, 'done');
});

test('a column goes to the field of its name, though it is another word for one that all workspaces have', async () => {
  const { api } = await (await app.tenant()).as('admin');
  for (const [key, label, type] of [['coach', 'Betreuer', 'user'], ['page', 'Homepage', 'url']] as const)
    assert.equal((await api('POST', '/api/v1/custom-fields', { resource: 'contact', key, label, type })).status, 201); // biome-ignore format: one loop
  const row = 'Ada,Byron,ada@x.example,Bo Ek,bo@x.example,https://ada.example';
  const { body } = await upload(api, [['people.csv', `Vorname,Nachname,E-Mail,Betreuer,Owner,Homepage\n${row}\n`]]);
  const columns = body.files[0].columns.map(({ name, field }: { name: string; field: string }) => [name, field]);
  assert.deepEqual(columns.slice(3), [['Betreuer', 'custom.coach'], ['Owner', 'owner'], ['Homepage', 'custom.page']]); // biome-ignore format: a table
});

test('a field that is converted while an import fills it gets values of its new type', async () => {
  const tenant = await app.tenant();
  const { api } = await tenant.as('admin');
  const field = { resource: 'contact', key: 'level', label: 'Level', type: 'text' };
  const { body: level } = await api('POST', '/api/v1/custom-fields', field);
  const { id } = (await upload(api, [['people.csv', 'First name,Level\nAda,7\nBo,high\n']])).body;
  const converter = await systemClient(app);
  try {
    await converter.query('begin');
    await converter.query(`select pg_advisory_xact_lock(app.custom_fields_lock($1, 'contact'))`, [tenant.tenant_id]);
    const ended = follow(api, id, 'runs');
    await eventually(async () => (await countBlocked(converter)) >= 1);
    await converter.query(`update custom_field set type = 'integer' where id = $1`, [level.id]);
    await converter.query('commit');
    assert.equal((await ended).state, 'done');
  } finally {
    await converter.end();
  }
  const { body } = await api('GET', '/api/v1/contacts?sort=given_name');
  assert.deepEqual(body.data.map(({ custom }: { custom: object }) => custom), [{ level: 7 }, {}]); // biome-ignore format: one list
});

test('a column nobody knows becomes a field of its own, by a call that makes it and one that maps it', async () => {
  const { api } = await (await app.tenant()).as('admin');
  const { id, files } = (await upload(api, [['people.csv', csv]])).body;
  const columns = Object.fromEntries(
    (files[0].columns as (typeof importFile)['_output']['columns']).map((column) => [column.name, column]),
  );
  assert.deepEqual([columns.Height!.field, columns.Mood!.field, columns.Honorarium!.field], [null, null, null]);
  assert.deepEqual([columns.Height!.kind, columns.Height!.choices], ['integer', null]);
  assert.deepEqual([columns.Mood!.kind, columns.Mood!.choices], ['enum', ['Sunny', 'Rainy']]);
  assert.equal(columns.Honorarium!.kind, 'money');

  for (const [column, field] of [
    ['Height', { key: 'height', type: 'integer' }],
    ['Mood', { key: 'mood', type: 'select', options: columns.Mood!.choices }],
    ['Honorarium', { key: 'honorarium', type: 'money' }],
  ] as const) {
    const made = await api('POST', '/api/v1/custom-fields', { resource: 'contact', label: column, ...field });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const change = { files: [{ id: files[0].id, columns: { [column]: `custom.${field.key}` } }] };
    const { status, body } = await api('PATCH', `/api/v1/imports/${id}`, change);
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(
      body.files[0].columns.find(({ name }: { name: string }) => name === column).field,
      `custom.${field.key}`,
    );
  }
  const { state, files: done } = await follow(api, id, 'runs');
  assert.deepEqual([state, done[0]!.counts.created, done[0]!.counts.errors], ['done', 24, 0]);
  const filter = encodeURIComponent(JSON.stringify({ field: 'given_name', op: 'in', value: ['P3', 'P5'] }));
  const { body } = await api('GET', `/api/v1/contacts?sort=given_name&filter=${filter}`);
  assert.deepEqual(
    body.data.map(({ custom }: { custom: object }) => custom),
    [
      { height: 153, mood: 'Sunny', honorarium: { amount: '3000.50', currency: 'EUR' } },
      { height: 155, honorarium: { amount: '5000.50', currency: 'EUR' } },
    ],
  );
});
