import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { isBegun, readEvents } from '../../src/platform/notification/dispatch-queries.ts';
import { startTestApp, type TestApp } from '../harness/app.ts';
import { importNow } from '../harness/import.ts';
import { contactsForPlans } from './contacts.ts';
import { measure } from './measure.ts';

const rows = 12_000;
const version_with_right = 170_000;

let app: TestApp;
before(async () => {
  app = await startTestApp();
});
after(async () => {
  await app.stop();
});

test('who reads right after an import need not wait for autovacuum: what it filled is vacuumed', async (t) => {
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  try {
    const { rows: version } = await owner.query(`select current_setting('server_version_num')::int as number`);
    if (version[0].number < version_with_right) return t.skip('Before PostgreSQL 17 only the owner may vacuum');
    for (const table of ['contact', 'company'])
      await owner.query(`alter table ${table} set (autovacuum_enabled = off)`);
    const { api } = await (await app.tenant()).as('admin');
    const people = Array.from({ length: rows }, (_, n) => `Given ${n},Family ${n},n${n}@x.example,Firm ${n}`);
    await importNow(api, [['people.csv', ['First Name,Last Name,Email,Company', ...people].join('\n')]]);

    const { rows: tables } = await owner.query<{ name: string; vacuums: number }>(
      `select relname as name, vacuum_count::int as vacuums
       from pg_stat_user_tables where relname in ('contact', 'company') order by 1`,
    );
    assert.deepEqual(tables, [
      { name: 'company', vacuums: 1 },
      { name: 'contact', vacuums: 1 },
    ]);
  } finally {
    await owner.end();
  }
});

test('what people are told of is found by its transaction, also where the planner thinks that nobody asks for anything', async (t) => {
  const requests = 300;
  const database = await contactsForPlans({ contacts: 3_000, owners: 5 });
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  t.after(async () => {
    await owner.end();
    await database.stop();
  });
  // Each event so far is of one transaction that no request asked for, as those of an import.
  await owner.query('analyze audit_event');
  const { rows: contacts } = await owner.query('select tenant_id, id from contact limit $1', [requests]);
  for (const [n, { tenant_id, id }] of contacts.entries()) {
    await owner.query('begin');
    await owner.query(`select set_config('app.tenant_id', $1, true), set_config('app.request_id', $2, true)`, [
      tenant_id,
      `request ${n}`,
    ]);
    await owner.query(`update contact set job_title = 'Head' where id = $1`, [id]);
    await owner.query('commit');
  }
  const { rows } = await owner.query(
    'select xid::text, seq::float8 from audit_event order by audit_event.xid desc limit 20',
  );
  for (const planned of ['for its values', 'for any values'] as const)
    await database.as({ '*': 'all' }, async (ctx) => {
      const taken = await measure(ctx, planned, async ({ tx, ...measured }) => {
        const one: typeof tx.one = async (statement) => (await tx.many(statement))[0] as never;
        await isBegun({ ...measured, tx: { ...tx, one } }, rows[0], ['contact']);
        const found = await readEvents({ ...measured, tx }, rows.map(({ xid }) => xid), ['contact']); // biome-ignore format: a line
        assert.equal(found.length, rows.length);
      });
      assert.equal(taken.length, 2);
      for (const { rows: read, plan } of taken)
        assert.ok(read <= rows.length * 2, `${planned}: ${read} rows by ${plan}`);
    });
});
