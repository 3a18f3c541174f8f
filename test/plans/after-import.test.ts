import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { startTestApp, type TestApp } from '../harness/app.ts';
import { importNow } from '../harness/import.ts';

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
