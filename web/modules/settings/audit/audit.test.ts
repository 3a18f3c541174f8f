import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Building2 } from 'lucide-react';
import { loadSections } from '../../../app/settings/sections.ts';
import { declareProducts } from '../../../platform/product/products.ts';
import { recordType } from '../../../platform/record/definition.ts';
import { type AuditEvent, actorName, deedOf, fieldNamesOf, fieldsOf, nameOf, valueText } from './audit.ts';

before(async () => {
  const words = { singular: 'Company', plural: 'Companies', newLabel: 'New company', icon: Building2 };
  const details = () => Promise.reject(new Error('Not wanted here'));
  const company = recordType({ resource: 'company', path: '/companies', ...words, details });
  declareProducts([
    { id: 'sales', title: 'Sales', records: [company], settings: () => import('../../sales/settings.ts') },
  ]);
  await loadSections();
});

const [mia, role, mill] = ['mia', 'role', 'mill'].map(() => crypto.randomUUID()) as [string, string, string];
const names = { [mia]: 'Mia Member', [role]: 'Viewer', [mill]: 'Mill Ltd' };
const event = (given: Partial<AuditEvent>): AuditEvent => ({
  seq: '7',
  at: '2026-11-02T10:00:00Z',
  actor_kind: 'user',
  actor: { id: crypto.randomUUID(), name: 'Ann' },
  via: null,
  action: 'update',
  resource: 'user',
  record_id: null,
  fields: null,
  before: null,
  after: null,
  currency: null,
  derived: {},
  names,
  ip: null,
  request_id: null,
  import_id: null,
  cause: null,
  ...given,
});
const sentence = (given: Partial<AuditEvent>) => `${deedOf(event(given))} ${nameOf(event(given))}`.trim();

test('a line says whom and what it is about, though the change itself does not name it', () => {
  assert.equal(sentence({ record_id: mia, after: { status: 'disabled' } }), 'changed a member Mia Member');
  assert.equal(
    sentence({ resource: 'deal_line', after: { company_id: mill } }),
    'changed a product of a deal Mill Ltd',
  );
  const signIn = { resource: 'session', action: 'sign_in', record_id: mia };
  assert.equal(sentence({ ...signIn, actor: { id: mia, name: 'Mia Member' } }), 'signed in');
  const values = { user_id: mia, role_id: role };
  const ofRole = { resource: 'user_role', after: values };
  assert.equal(sentence({ ...ofRole, action: 'create' }), 'gave Mia Member the role Viewer');
  const taken = { resource: 'user_role', action: 'delete', before: values };
  assert.equal(sentence(taken), 'removed the role Viewer from Mia Member');
  assert.equal(sentence({ ...ofRole, action: 'create', names: { [mia]: 'Mia Member' } }), 'assigned a role Mia Member');
});

test('what is gone is said to be, beside what it was', () => {
  const gone = crypto.randomUUID();
  const changed = event({ resource: 'team', record_id: gone, after: { company_id: gone, file_id: gone } });
  assert.equal(sentence(changed), 'changed a team (deleted, or not visible to you)');
  assert.equal(valueText(changed, 'company_id', gone), `${gone} (deleted, or not visible to you)`);
  assert.equal(valueText(changed, 'file_id', gone), gone, 'a file has no name');
  assert.equal(sentence({ resource: 'team', action: 'delete', record_id: gone }), 'deleted a team');
  assert.equal(sentence({ resource: 'note', record_id: gone }), 'changed a note');
});

test('values are said in words: names for ids, and each field that the workspace made by itself', () => {
  const changed = event({
    resource: 'contact',
    before: { company_id: null, custom: { grade: 'A', size: 3 }, shared: false },
    after: { id: mill, company_id: mill, custom: { grade: 'B', size: 3 }, shared: true },
  });
  assert.deepEqual(
    fieldsOf(changed).map(({ field, before, after }) => [field, before, after && valueText(changed, field, after)]),
    [
      ['company_id', null, 'Mill Ltd'],
      ['shared', false, 'yes'],
      ['custom.grade', 'A', 'B'],
    ],
  );
  assert.match(valueText(changed, 'last_sign_in_at', '2026-11-02T10:00:00+00:00'), /Nov.*2026/);
});

test('of fields that follow from another one, that one is told: of a task that is due on a day not the time', () => {
  const changed = (before: AuditEvent['before'], after: AuditEvent['after'], derived: AuditEvent['derived'] = due) =>
    event({ resource: 'task', before, after, fields: ['due_at', 'due_on', 'title'], derived });
  const told = (...values: Parameters<typeof changed>) =>
    fieldsOf(changed(...values)).map(({ field, before, after }) => [field, before, after]);
  const due = { due_at: 'due_on' };
  const [monday, tuesday] = ['2026-11-30', '2026-12-01'];
  const end = (day: string) => ({ due_on: day, due_at: `${day}T23:59:59+00:00` });
  const at_nine = '2026-12-01T09:00:00+00:00';
  assert.deepEqual(fieldNamesOf(changed(null, null)), ['due_on', 'title']);
  assert.deepEqual(told(end(monday), end(tuesday)), [['due_on', monday, tuesday]]);
  assert.deepEqual(told(end(monday), { due_on: null, due_at: at_nine }), [['due_at', monday, at_nine]]);
  assert.deepEqual(told({ due_on: null, due_at: at_nine }, end(monday)), [['due_on', at_nine, monday]]);
  assert.deepEqual(told(end(monday), { due_on: null, due_at: null }), [['due_on', monday, null]]);
  assert.deepEqual(told(null, { title: 'Ring', due_at: at_nine }, {})[1], ['due_at', null, at_nine]);
  assert.deepEqual(told({ due_at: at_nine }, { due_at: null }, {}), [['due_at', at_nine, null]]);
  const moved = [
    { due_at: at_nine, assignee_id: mia },
    { due_at: end(tuesday).due_at, assignee_id: mill },
  ] as const;
  assert.deepEqual(told(...moved), [['assignee_id', mia, mill]], 'the day stayed, and ends elsewhere');
  const { derived: _, ...ofServerBefore } = changed(null, { due_at: at_nine });
  assert.deepEqual(fieldNamesOf(ofServerBefore as AuditEvent), ['due_at', 'due_on', 'title']);
  assert.deepEqual(
    fieldsOf(ofServerBefore as AuditEvent).map(({ field }) => field),
    ['due_at'],
  );
});

test('a line says what its person acted through', () => {
  const id = crypto.randomUUID();
  const who = (via: AuditEvent['via'], given: Partial<AuditEvent> = {}) => actorName(event({ via, ...given }));
  assert.equal(who(null), 'Ann');
  assert.equal(who({ type: 'api_key', id, name: 'Zapier' }), 'Ann through Zapier');
  assert.equal(who({ type: 'api_key', id, name: null }), 'Ann (API key)');
  assert.equal(who({ type: 'import', id, name: null }), 'Ann, by an import');
  assert.equal(who(null, { actor: null, actor_kind: 'system' }), 'Holdfast');
});
