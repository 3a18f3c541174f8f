import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { phoneKey } from '../../src/kernel/contract/phone.ts';
import { Database, sql } from '../../src/kernel/database/database.ts';
import { type Actor, type Context, contextOver, settingsOf, withContext } from '../../src/kernel/tenancy/context.ts';
import { companyTarget } from '../../src/modules/directory/import/company-target.ts';
import { contactTarget } from '../../src/modules/directory/import/contact-target.ts';
import type { LoadRow } from '../../src/platform/import/load.ts';
import { namedExactly } from '../../src/platform/import/relation-queries.ts';
import * as staging from '../../src/platform/import/staging.ts';
import type { ImportTarget } from '../../src/platform/import/target.ts';
import '../../src/modules/index.ts';
import { createTestDatabase, type TestDatabase } from '../harness/cluster.ts';

/*
 * An import looks its rows up by key, so that it costs the same on a fresh installation, whose tables nobody has
 * analysed, in a workspace that is newer than the statistics, and with good statistics.
 */

const records = 3_000;
const staged_rows = 102;
const keys = 4;
/** Of a row: its record by each key, once more to change it. */
const reads_per_row_max = keys + 2;

let database: TestDatabase;
let owner: pg.Client;
let db: Database;
before(async () => {
  database = await createTestDatabase();
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  for (const table of ['contact', 'company']) {
    await owner.query(`alter table ${table} set (autovacuum_enabled = false)`);
    await owner.query(`alter table ${table} disable trigger user`);
  }
  db = new Database({ url: database.appUrl, connectionsMax: 1, statementTimeoutMs: 60_000, applicationName: 'plans' });
});
after(async () => {
  await db.close();
  await owner.end();
  await database.drop();
});

/** A workspace with contacts and companies; answers somebody who owns half of the contacts. */
async function workspace(name: string): Promise<Pick<Actor, 'tenant_id' | 'user_id'>> {
  const one = async (text: string, values: unknown[]) => (await owner.query(text, values)).rows[0].id as string;
  const tenant_id = await one(`insert into tenant (name, title) values ($1, $1) returning id`, [name]);
  await owner.query(`select set_config('app.tenant_id', $1, false)`, [tenant_id]);
  const user_id = await one(
    `insert into user_account (tenant_id, name, email, status) values ($1, 'Owner', 'owner@plans.example', 'active') returning id`,
    [tenant_id],
  );
  await owner.query(`insert into company (tenant_id, name, domain, external_id)
    select $1, 'Company ' || i, 'c' || i || '.example', 'C' || i
      from generate_series(1, ${records}) i`, [tenant_id]); // biome-ignore format: SQL
  await owner.query(`insert into contact (tenant_id, given_name, family_name, email, phone, external_id, owner_id)
    select $1, 'Given' || i, 'Family' || i, 'mail' || i || '@plans.example', '0301' || (100000 + i), 'K' || i, case
      when i % 2 = 0 then $2::uuid end
    from generate_series(1, ${records}) i`, [tenant_id, user_id]); // biome-ignore format: SQL
  return { tenant_id, user_id };
}

const no_import = '00000000-0000-7000-8000-000000000000';
const contactKeys = [['id'], ['external_id'], ['email_key'], ['name', 'phone']];

const rowsOf = (make: (n: number) => Record<string, string | null>): LoadRow[] =>
  Array.from({ length: staged_rows }, (_, n) => ({
    number: n + 1,
    id: `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`,
    found: false,
    values: make(n + 1),
    unmapped: [],
    problems: [],
    notes: [],
  }));

/** A third known by their id elsewhere, a third by their address, a third by their name and number. */
const contacts = rowsOf((n) => ({
  external_id: n % 3 === 0 ? `K${n}` : null,
  email: n % 3 === 1 ? `mail${n}@plans.example` : null,
  email_key: n % 3 === 1 ? `mail${n}@plans.example` : null,
  given_name: `Given${n}`,
  family_name: `Family${n}`,
  name: `Given${n} Family${n}`,
  phone: `0301${100_000 + n}`,
  [staging.phone_keys_column]: `{${phoneKey(`0301${100_000 + n}`)}}`,
  job_title: 'Head',
}));

function planOf(target: ImportTarget, inserted: string[], keyColumns: string[][]): staging.StagePlan {
  const keys = keyColumns.map((columns) => ({ from: columns, columns, isShared: columns[0] === 'email_key' }));
  const options = { mode: 'create_and_update', blank_cells: 'keep' } as staging.StagePlan['options'];
  const looksUpPhones = keyColumns.flat().includes('phone');
  const staged = [
    ...new Set([...inserted, ...keyColumns.flat(), ...(looksUpPhones ? [staging.phone_keys_column] : [])]),
  ];
  return {
    target,
    staged,
    inserted,
    updated: ['job_title'],
    headers: new Map(),
    defaults: {},
    keys,
    options,
    linking: false,
    sealed: [],
    personal: [],
    implied: [],
    addsToLists: true,
  };
}
const contactPlan = planOf(
  contactTarget,
  ['id', 'external_id', 'email', 'given_name', 'family_name', 'job_title'],
  contactKeys,
);

/**
 * Rows of a table that were read by scans, and entries of its indexes, for PostgreSQL counts what a transaction has
 * read.
 */
const countReads = (ctx: Context, table: string) =>
  ctx.tx.one<{ read: number }>(sql`select (pg_stat_get_xact_tuples_returned(${table}::regclass)
    + (select sum(pg_stat_get_xact_tuples_returned(indexrelid)) from pg_index where indrelid = ${table}::regclass))::int as read`);

async function readsOf(ctx: Context, table: string, work: () => Promise<unknown>): Promise<number> {
  const { read } = await countReads(ctx, table);
  await work();
  return (await countReads(ctx, table)).read - read;
}

const states: [state: string, prepare: () => Promise<Pick<Actor, 'tenant_id' | 'user_id'>>][] = [
  ['without statistics', () => workspace('first')],
  [
    'with statistics that are older than the workspace',
    async () => {
      await db.call(sql`select app.refresh_statistics()`);
      return workspace('second');
    },
  ],
  [
    'with statistics',
    async () => {
      const made = await workspace('third');
      await owner.query('analyze contact, company');
      return made;
    },
  ],
];

for (const [state, prepare] of states)
  test(`an import looks up its rows by key ${state}`, async () => {
    const someone = await prepare();
    for (const scope of ['all', 'own'] as const) {
      const actor: Actor = {
        ...someone,
        kind: 'user',
        credential_id: null,
        rights: { contact: { read: 'all', create: 'all', update: scope }, company: { read: 'all' } },
      };
      const settings = settingsOf(actor, { request_id: 'plans' });
      const failure = new Error('taken back');
      await db
        .streaming(settings, async (tx, client) => {
          const ctx = contextOver(tx, db, actor);
          await staging.openStage(tx, contactPlan);
          await staging.fillStage(client, contactPlan, contacts);
          const matched = await readsOf(ctx, 'contact', async () => {
            const outcomes = await staging.matchStage(ctx, contactPlan, no_import, { rows: contacts, writes: true });
            assert.equal(outcomes.filter(({ match_id }) => match_id).length, staged_rows);
            const refused = outcomes.filter(({ refusal }) => refusal === 'not_yours').length;
            assert.equal(refused, scope === 'own' ? staged_rows / 2 : 0);
          });
          const counted = await readsOf(ctx, 'contact', () => staging.changingRows(ctx, contactPlan));
          const placed = await readsOf(ctx, 'contact', async () => {
            const { updated } = await staging.placeStage(ctx, contactPlan, no_import, staged_rows);
            assert.equal(updated, scope === 'own' ? staged_rows / 2 : staged_rows);
          });
          const names = Array.from({ length: staged_rows }, (_, n) =>
            n % 2 === 0 ? `Company ${n + 1}` : `Nobody ${n}`,
          );
          const named = await readsOf(ctx, 'company', async () => {
            assert.equal((await namedExactly(ctx, companyTarget, names)).length, staged_rows / 2);
          });
          // Without what identifies them rows are looked up by their names, for people to say.
          await tx.run(
            sql`update import_stage set match_id = null, refusal = null, external_id = null, email_key = null, phone = null,
              phone_keys = null`,
          );
          const alike = await readsOf(ctx, 'contact', async () => {
            const outcomes = await staging.matchStage(ctx, contactPlan, no_import, { rows: contacts, writes: false });
            assert.equal(outcomes.filter(({ candidates }) => candidates?.length === 1).length, staged_rows);
          });
          // Records are changed by a join that the planner chooses: without statistics it may go through all of them,
          // once.
          const reads = {
            matched,
            alike,
            counted,
            placed: state === 'without statistics' ? placed - records : placed,
            named,
          };
          for (const [step, read] of Object.entries(reads))
            assert.ok(
              read <= 2 * reads_per_row_max * staged_rows,
              `${step} (scope ${scope}): ${read} entries and rows read for ${staged_rows} rows`,
            );
          throw failure;
        })
        .catch((error) => {
          if (error !== failure) throw error;
        });
    }
  });

test('figures are taken of tables that have grown, and of no empty ones', async () => {
  await owner.query('alter table team set (autovacuum_enabled = false)');
  await db.call(sql`select app.refresh_statistics()`);
  assert.deepEqual(await db.call(sql`select app.refresh_statistics() as tables`), [{ tables: 0 }]);
  const { rows } = await owner.query(
    `select relname, reltuples::float8 > 0 as known from pg_class where relname in ('company', 'contact', 'deal', 'team') order by 1`,
  );
  assert.deepEqual(
    rows.map(({ known }) => known),
    [true, true, false, false],
  );
});

test('foreign keys to a table that fills are checked by its key', async () => {
  const someone = await workspace('fourth');
  const actor: Actor = { ...someone, kind: 'user', credential_id: null, rights: { '*': 'all' } };
  await withContext(db, actor, async (ctx) => {
    const add = (from: number, to: number) =>
      ctx.tx.run(sql`with made as (insert into team (tenant_id, name) select ${ctx.tenant_id}, 'Team ' || i
        from generate_series(${from}::int, ${to}::int) i returning id)
        insert into team_member (tenant_id, team_id, user_id) select ${ctx.tenant_id}, id, ${actor.user_id} from made`);
    // From the sixth time on PostgreSQL keeps a plan, here one made for a table that is all but empty.
    for (let n = 1; n <= 6; n++) await add(n, n);
    const read = await readsOf(ctx, 'team', () => add(7, 606));
    assert.ok(read <= 4 * 600, `${read} entries and rows read to check 600 keys`);
  });
});
