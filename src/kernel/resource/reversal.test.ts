import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import pg from 'pg';
import { type KitApp, startKitApp } from '../../../test/fixtures/kit/app.ts';
import { ledgerEntry } from '../../../test/fixtures/kit/contract.ts';
import type { Client, TestTenant } from '../../../test/harness/app.ts';
import { defineResource } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import { systemActor, withContext } from '../tenancy/context.ts';

let app: KitApp;
let tenant: TestTenant;
let api: Client;
before(async () => {
  app = await startKitApp();
  tenant = await app.tenant();
  api = app.kit((await tenant.as('admin')).key);
});
after(() => app.stop());

const path = '/api/v1/ledger-entries';
let accounts = 0;
const post = (account: string, quantity: string, amount: string | null = null, by = api) =>
  by('POST', path, { account, quantity, amount, currency: 'EUR' });
async function made(account: string, quantity: string, amount: string | null = null) {
  const answer = await post(account, quantity, amount);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer;
}
const reverse = (id: string, by = api) => by('POST', `${path}/${id}/reversal`);
const undo = (answer: { headers: Headers }) =>
  api('POST', `/api/v1/changes/${answer.headers.get('change-id')}/reversal`);
const listed = async (filter: object) =>
  (await api('GET', `${path}?filter=${encodeURIComponent(JSON.stringify(filter))}&sums=quantity,amount&count=true`))
    .body;
/** -1500 with 3 decimals: -1.500. */
const decimal = (units: number, decimals: number) => {
  const digits = String(Math.abs(units)).padStart(decimals + 1, '0');
  return `${units < 0 ? '-' : ''}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
};

test('sums are those of what was not set off, whatever is booked, reversed and taken back in whatever order', async () => {
  const step = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('book' as const),
        units: fc.integer({ min: -9_999_999, max: 9_999_999 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constantFrom('reverse' as const, 'undo' as const), which: fc.nat(20) }),
    },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const account = `account ${++accounts}`;
      interface Booking {
        units: number;
        counts: boolean;
      }
      /** Every entry there is, with the booking that it makes count or not. */
      const entries: { id: string; booking: Booking; isReversed: boolean; answer: { headers: Headers } }[] = [];
      for (const one of steps) {
        if (one.kind === 'book') {
          const answer = await made(account, decimal(one.units, 3), decimal(one.units, 2));
          entries.push({ id: answer.body.id, booking: { units: one.units, counts: true }, isReversed: false, answer });
          continue;
        }
        const entry = entries[one.which % Math.max(entries.length, 1)];
        if (!entry) continue;
        const answer = one.kind === 'reverse' ? await reverse(entry.id) : await undo(entry.answer);
        const expected = entry.isReversed ? 409 : one.kind === 'reverse' ? 201 : 200;
        assert.equal(answer.status, expected, JSON.stringify(answer.body));
        if (entry.isReversed) continue;
        entry.isReversed = true;
        entry.booking.counts = !entry.booking.counts;
        const reversing = (await listed({ field: 'reverses_id', op: 'eq', value: entry.id })).data;
        assert.equal(reversing.length, 1);
        entries.push({ id: reversing[0].id, booking: entry.booking, isReversed: false, answer });
      }
      const bookings = new Set(entries.map(({ booking }) => booking));
      const total = [...bookings].reduce((sum, { units, counts }) => sum + (counts ? units : 0), 0);
      const list = await listed({ field: 'account', op: 'eq', value: account });
      assert.equal(list.total, entries.length, 'nothing goes');
      if (entries.length === 0) return;
      assert.equal(Number(list.sums.quantity.replace('.', '')), total);
      assert.equal(Number(list.sums.amount[0].amount.replace('.', '')), total);
    }),
    { numRuns: 15 },
  );
});

test('a reversing entry says the same as the first, the other way round, and names it', async () => {
  const first = await made('Cash', '2.5', '10.00');
  const answer = await reverse(first.body.id);
  const { id: _, created_at: __, updated_at: ___, ...said } = answer.body;
  assert.deepEqual(said, {
    account: 'Cash',
    quantity: '-2.500',
    amount: '-10.00',
    currency: 'EUR',
    reverses_id: first.body.id,
    version: 1,
  });
  assert.equal(answer.headers.get('location'), `${path}/${answer.body.id}`);
  assert.equal((await reverse(first.body.id)).body.code, 'reversed_already');
  assert.equal((await reverse('01900000-0000-7000-8000-000000000000')).status, 404);
  const twice = await Promise.all([0, 1, 2].map(async () => reverse(answer.body.id)));
  assert.deepEqual(twice.map(({ status }) => status).sort(), [201, 409, 409]);
});

test('nobody changes or deletes an entry, and no request says what it reverses', async () => {
  const { id } = (await made('Fixed', '1')).body;
  for (const method of ['PATCH', 'DELETE']) {
    const answer = await api(method, `${path}/${id}`, method === 'PATCH' ? { account: 'Other' } : undefined);
    assert.ok([404, 405].includes(answer.status), String(answer.status));
  }
  const born = await api('POST', path, { account: 'x', quantity: '1', currency: 'EUR', reverses_id: id });
  assert.equal(born.status, 422);
  const { key } = await tenant.as('viewer');
  assert.equal((await reverse(id, app.kit(key))).status, 403);
});

test('the database holds it for whoever writes, and lets a workspace go as a whole', async () => {
  const { id } = (await made('Held', '1', '5.00')).body;
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  const code = (statement: string, values: unknown[] = []) =>
    owner.query(statement, values).then(
      () => 'done',
      (error) => error.code,
    );
  try {
    for (const statement of [
      'update ledger_entry set account = account',
      'delete from ledger_entry',
      'truncate ledger_entry',
    ])
      assert.equal(await code(statement), '42501', statement);
    const program = withContext(app.app.services.db, systemActor(tenant.tenant_id), (ctx) =>
      ctx.tx.run(sql`delete from ledger_entry`),
    );
    await assert.rejects(program, { code: '42501' });
    const insert = (account: string, quantity: string, amount: number) =>
      code(`insert into ledger_entry (tenant_id, account, quantity, amount, currency, reverses_id) values ($1, $2, $3, $4, 'EUR', $5)`,
        [tenant.tenant_id, account, quantity, amount, id]); // biome-ignore format: one call
    assert.equal(await insert('Held', '-1', -499), '23514', 'less');
    assert.equal(await insert('Other', '-1', -500), '23514', 'elsewhere');
    assert.equal(await insert('Held', '1', -500), '23514', 'half of it');
    assert.equal(await insert('Held', '-1.000', -500), 'done');
    assert.equal(await insert('Held', '-1', -500), '23505', 'twice');
    const other = await app.tenant('goes');
    const theirs = app.kit((await other.as('admin')).key);
    const entry = await post('Theirs', '1', null, theirs);
    await reverse(entry.body.id, theirs);
    assert.equal(await code('delete from tenant where id = $1', [other.tenant_id]), 'done');
  } finally {
    await owner.end();
  }
});

test('a declaration that leaves a way to change is refused', () => {
  assert.throws(() => defineResource({ ...ledgerEntry, name: 'broken', trash: true }), /has no trash/);
  assert.throws(
    () => defineResource({ ...ledgerEntry, name: 'broken', appendOnly: { by: 'account', negated: [] } }),
    /program alone/,
  );
});
