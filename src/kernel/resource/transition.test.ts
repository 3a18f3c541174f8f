import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { type KitApp, startKitApp } from '../../../test/fixtures/kit/app.ts';
import { lease } from '../../../test/fixtures/kit/contract.ts';
import type { Client, TestTenant } from '../../../test/harness/app.ts';
import { requiredText } from '../contract/fields.ts';
import { defineResource } from '../contract/resource.ts';
import type { StateMachine } from '../contract/state-machine.ts';
import { sql } from '../database/database.ts';
import { systemActor, withContext } from '../tenancy/context.ts';

let app: KitApp;
let tenant: TestTenant;
let admin: Client;
/** May change leases and has no right to approve or reject them. */
let clerk: Client;
before(async () => {
  app = await startKitApp();
  tenant = await app.tenant();
  const { api, key } = await tenant.as('admin');
  admin = app.kit(key);
  const rights = { product: { read: 'all', create: 'all', update: 'all', delete: 'all' } };
  const role = await api('POST', '/api/v1/roles', { name: 'Clerk', rights });
  clerk = app.kit((await tenant.as(role.body.key)).key);
});
after(() => app.stop());

let count = 0;
const ready = { share: '1', notice: 'P30D', sites: [{ city: 'Delft' }] };
async function made(more: object = {}) {
  const answer = await admin('POST', '/api/v1/leases', {
    name: 'Lease',
    room: `s${++count}`,
    valid_from: '2026-01-01',
    ...more,
  });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body as { id: string; status: string; version: number };
}
const go = (id: string, transition: string, fields?: object, by = admin, headers = {}) =>
  by('POST', `/api/v1/leases/${id}/transitions`, { transition, ...(fields && { fields }) }, headers);
const read = async (id: string) => (await admin('GET', `/api/v1/leases/${id}`)).body;
const declared = lease.states as StateMachine;

test('records follow the declared ways and no others, whoever asks for what in whatever order', async () => {
  const step = fc.record({
    name: fc.constantFrom(...declared.transitions.map(({ name }) => name)),
    isClerk: fc.boolean(),
    fields: fc.subarray(['share', 'notice', 'sites'] as const),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const { id, status } = await made();
      assert.equal(status, 'draft');
      let state = status;
      const filled = new Set<string>();
      for (const { name, isClerk, fields } of steps) {
        const way = declared.transitions.find((one) => one.name === name)!;
        const values = Object.fromEntries(fields.map((field) => [field, ready[field]]));
        const missing = (way.required ?? []).filter(
          (field) => !filled.has(field) && !fields.includes(field as 'share'),
        );
        const expected = !way.from.includes(state) ? 409 : isClerk && way.right ? 403 : missing.length > 0 ? 422 : 200;
        const answer = await go(id, name, values, isClerk ? clerk : admin);
        assert.equal(answer.status, expected, JSON.stringify([state, name, isClerk, fields, answer.body]));
        if (expected === 409) assert.deepEqual([answer.body.code, answer.body.state], ['transition_refused', state]);
        if (expected === 422)
          assert.deepEqual(
            answer.body.errors.map(({ field }: { field: string }) => field),
            missing.map((one) => `fields.${one}`),
          );
        if (expected === 200) {
          state = way.to;
          for (const field of fields) filled.add(field);
        }
        const now = await read(id);
        assert.equal(now.status, state);
        for (const field of ['share', 'notice'])
          assert.equal(now[field] !== null, filled.has(field), 'what is refused leaves nothing behind');
      }
    }),
    { numRuns: 25 },
  );
});

test('a list of the ways on says what is missing and what the caller may not do', async () => {
  const { id } = await made({ share: '1', sites: [{ city: 'Delft' }] });
  const ways = async (by: Client) => (await by('GET', `/api/v1/leases/${id}/transitions`)).body.data;
  assert.deepEqual(await ways(admin), [
    { name: 'submit', title: 'Submit', to: 'submitted', allowed: true, missing: [] },
  ]);
  await go(id, 'submit');
  assert.deepEqual(
    (await ways(clerk)).map(({ name, allowed, missing }: { name: string; allowed: boolean; missing: string[] }) => [
      name,
      allowed,
      missing,
    ]),
    [
      ['approve', false, ['notice']],
      ['reject', false, []],
      ['withdraw', true, []],
    ],
  );
});

test('no other request sets the state, and If-Match holds', async () => {
  const { id, version } = await made({ ...ready });
  assert.equal((await admin('PATCH', `/api/v1/leases/${id}`, { status: 'approved' })).status, 422);
  const born = await admin('POST', '/api/v1/leases', {
    name: 'x',
    room: 'x',
    valid_from: '2026-01-01',
    status: 'approved',
  });
  assert.equal(born.status, 422);
  assert.equal((await go(id, 'submit', undefined, admin, { 'if-match': `"${version + 1}"` })).status, 412);
  assert.equal((await go(id, 'submit', undefined, admin, { 'if-match': `"${version}"` })).status, 200);
  assert.equal((await go(id, 'fly')).status, 422);
});

test('the database itself refuses a jump, a state to begin with, a missing field and a missing right', async () => {
  const rights = { product: { read: 'all', create: 'all', update: 'all' } } as const;
  const as = (actor: object, statement: ReturnType<typeof sql>) =>
    withContext(app.app.services.db, { ...systemActor(tenant.tenant_id), ...actor }, (ctx) =>
      ctx.tx.run(statement),
    ).then(
      () => 'done',
      (error: { code: string }) => error.code,
    );
  const set = (id: string, status: string) => sql`update lease set status = ${status} where id = ${id}`;
  const { id } = await made({ ...ready });
  assert.equal(await as({}, set(id, 'approved')), '23514');
  const { id: bare } = await made();
  assert.equal(await as({}, set(bare, 'submitted')), '23514');
  assert.equal(await as({ rights }, set(id, 'submitted')), 'done');
  assert.equal(await as({ rights }, set(id, 'approved')), '42501');
  assert.equal(await as({ rights }, set(id, 'draft')), 'done', 'withdrawing needs no right of its own');
  const born = sql`insert into lease (tenant_id, name, room, valid_from, status) values (${tenant.tenant_id}, 'x', 'born', '2026-01-01',
    'approved')`;
  assert.equal(await as({}, born), '23514');
});

test('each transition is one entry of the timeline and an event of the audit trail by its verb', async () => {
  const { id } = await made({ ...ready });
  await go(id, 'submit');
  await go(id, 'approve', { notice: 'P60D' });
  await admin('PATCH', `/api/v1/leases/${id}`, { name: 'Renamed' });
  const { data } = (await admin('GET', `/api/v1/leases/${id}/timeline?kinds=change`)).body;
  assert.deepEqual(
    data.map(
      ({
        change,
      }: {
        change: { action: string; transition: { name: string } | null; changes: { field: string }[] };
      }) => [change.action, change.transition?.name ?? null, change.changes.map(({ field }) => field)],
    ),
    [
      ['update', null, ['name']],
      ['update', 'approve', ['notice', 'status']],
      ['update', 'submit', ['status']],
      ['create', null, []],
    ],
  );
  const { api } = await tenant.as('admin');
  const events = (await api('GET', `/api/v1/audit-events?record_id=${id}`)).body.data;
  assert.deepEqual(events.map(({ action }: { action: string }) => action).sort(), [
    'approve',
    'create',
    'submit',
    'update',
    'update',
    'update',
  ]);
});

test('undo goes back only where the machine has a way', async () => {
  const { id } = await made({ ...ready });
  const undo = (answer: { headers: Headers }) =>
    admin('POST', `/api/v1/changes/${answer.headers.get('change-id')}/reversal`);
  const submitted = await go(id, 'submit');
  assert.equal((await undo(submitted)).status, 200, 'from submitted to draft there is a way');
  assert.equal((await read(id)).status, 'draft');
  await go(id, 'submit');
  const approved = await go(id, 'approve', { notice: 'P60D' });
  const refused = await undo(approved);
  assert.deepEqual([refused.status, refused.body.skipped?.[0].code], [409, 'refused']);
  assert.deepEqual(
    [(await read(id)).status, (await read(id)).notice],
    ['approved', 'PT1440H'],
    'nor are the values that came with it',
  );
});

test('a declaration that says something twice or names what is not there is refused', () => {
  const way = { name: 'go', title: 'Go', from: ['a'], to: 'b' };
  const define = (states: Partial<StateMachine>) =>
    defineResource({
      ...lease, name: 'broken', fields: { ...lease.fields, note: requiredText(9, { title: 'Note' }) },
      states: { field: 'status', initial: 'draft', transitions: [], ...states },
    }); // biome-ignore format: one object
  const from = ['draft'];
  const to = 'submitted';
  for (const [states, said] of [
    [{ field: 'note' }, /no read-only field/],
    [{ initial: 'new' }, /no state "new"/],
    [{ transitions: [way] }, /no state "a"/],
    [{ transitions: [{ ...way, from, to, name: 'update' }] }, /cannot be the name/],
    [
      {
        transitions: [
          { ...way, from, to },
          { ...way, from: ['approved'], to },
        ],
      },
      /declared twice/,
    ],
    [
      {
        transitions: [
          { ...way, from, to },
          { ...way, name: 'other', from, to },
        ],
      },
      /another way already/,
    ],
    [{ transitions: [{ ...way, from, to, required: ['fee'] }] }, /no field "fee"/],
  ] as [Partial<StateMachine>, RegExp][])
    assert.throws(() => define(states), said);
});
