import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import type { Rights } from '../../src/kernel/access/rights.ts';
import { sql } from '../../src/kernel/database/database.ts';
import type { Context } from '../../src/kernel/tenancy/context.ts';
import { recordTypes } from '../../src/modules/index.ts';
import { search, searchWritten } from '../../src/platform/search/queries.ts';
import { contactsForPlans, type PlanDatabase } from './contacts.ts';

const all: Rights = { '*': 'all' };
const own: Rights = { contact: { read: 'own' } };

let plans: PlanDatabase;
before(async () => {
  // Each owner has more than the search looks through before it asks the trigram index.
  plans = await contactsForPlans({ contacts: 11_000, owners: 2 });
});
after(() => plans.stop());

async function withOwner(work: (owner: pg.Client) => Promise<void>): Promise<void> {
  const owner = new pg.Client({ connectionString: plans.ownerUrl });
  await owner.connect();
  await work(owner).finally(() => owner.end());
}

type Scans = Record<'sequential' | 'folded' | 'trigram', number>;
/** Of each kind: what is looked at before an index is asked, and what the index finds. */
const few_rows_max = 400;

/** PostgreSQL counts the scans that a connection has begun, those inside functions too. */
const countScans = (ctx: Context) =>
  ctx.tx.one<Scans>(sql`select
    (select seq_scan::int from pg_stat_xact_user_tables where relname = 'contact') as sequential,
    pg_stat_get_xact_numscans('contact_folded'::regclass)::int as folded,
    pg_stat_get_xact_numscans('contact_search'::regclass)::int as trigram`);

/** How the contacts were read for a search. */
function scansOf(q: string, rights: Rights): Promise<Scans & { hits: number }> {
  return plans.as(rights, async (ctx) => {
    const before = await countScans(ctx);
    const hits = await search(ctx, recordTypes, q, 10);
    const after = await countScans(ctx);
    return {
      hits: hits.length,
      sequential: after.sequential - before.sequential,
      folded: after.folded - before.folded,
      trigram: after.trigram - before.trigram,
    };
  });
}

for (const [scope, rights] of [
  ['all', all],
  ['own', own],
] as const) {
  test(`a beginning is read off its index (scope ${scope})`, async () => {
    assert.deepEqual(await scansOf('com', rights), { hits: 10, sequential: 0, folded: 1, trigram: 0 });
  });

  test(`a rare part of a text goes through the trigram index (scope ${scope})`, async () => {
    const scans = await scansOf('mily7770', rights);
    assert.deepEqual(scans, { hits: 1, sequential: 0, folded: 1, trigram: 1 });
    // Once more for names that are nearly the same.
    assert.deepEqual(await scansOf('nobodyhere', rights), { hits: 0, sequential: 0, folded: 1, trigram: 2 });
  });

  test(`a part that nearly all texts hold needs no trigram index (scope ${scope})`, async () => {
    assert.deepEqual(await scansOf('plans.example', rights), { hits: 10, sequential: 0, folded: 1, trigram: 0 });
  });
}

test('whose workspace has most of the rows is found none of the others', async () => {
  await withOwner(async (owner) => {
    const { rows } = await owner.query(`insert into tenant (name, title) values ('few', 'Few') returning id`);
    await owner.query(`select set_config('app.tenant_id', $1, false)`, [rows[0].id]);
    await owner.query(`insert into contact (tenant_id, given_name, family_name) values ($1, 'Other', 'Family7770')`, [
      rows[0].id,
    ]);
  });
  const { tables } = await plans.as(all, (ctx) =>
    ctx.tx.one<{ tables: string[] }>(sql`select app.mostly_own_tables() as tables`),
  );
  assert.deepEqual(tables.sort(), ['contact', 'deal']);
  for (const time of ['asked', 'known'])
    assert.deepEqual(await scansOf('mily7770', all), { hits: 1, sequential: 0, folded: 1, trigram: 1 }, time);
});

test('names that are nearly the same are not looked for where anything matches', async () => {
  const misspeltScans = (q: string) =>
    plans.as(all, async (ctx) => {
      const scans = () =>
        ctx.tx.one<{ n: number }>(sql`select pg_stat_get_xact_numscans('company_search'::regclass)::int as n`);
      const before = await scans();
      const hits = await search(ctx, recordTypes, q, 10);
      return [hits.filter(({ resource }) => resource === 'company').length, (await scans()).n - before.n];
    });
  // Contacts match. The companies are so few that all are looked through, without the index.
  assert.deepEqual(await misspeltScans('iven'), [0, 0]);
  assert.deepEqual(await misspeltScans('compnay'), [10, 1]);
});

test('a rare name or word is looked up after a look at few of the newest records', async () => {
  const reads = (ctx: Context) =>
    ctx.tx.many<{ rows: number }>(sql`select (seq_tup_read + idx_tup_fetch)::int as rows from pg_stat_xact_user_tables
      where relname in ('contact', 'deal', 'note') order by relname`);
  const [before, after] = await plans.as(all, async (ctx) => {
    const first = await reads(ctx);
    await search(ctx, recordTypes, 'mily7770', 10);
    await searchWritten(ctx, recordTypes, 'nobodyhere', 10);
    return [first, await reads(ctx)];
  });
  const rows = after.map((now, table) => now.rows - before[table]!.rows);
  assert.ok(
    rows.every((n) => n <= few_rows_max),
    `${rows} rows were read of contacts, deals and notes`,
  );
});

const written = ['note', 'comment', 'activity', 'task'];

/** Which of these indexes a search for a word that nobody wrote begins to read. */
function begunBy(rights: Rights, indexes: string[]): Promise<boolean[]> {
  return plans.as(rights, async (ctx) => {
    const scans = () =>
      ctx.tx.many<{ n: number }>(sql`select pg_stat_get_xact_numscans(name::regclass)::int as n
        from unnest(${indexes}::text[]) with ordinality as indexes (name, place) order by place`);
    const before = await scans();
    await searchWritten(ctx, recordTypes, 'nobodyhere', 10);
    return (await scans()).map(({ n }, place) => n > before[place]!.n);
  });
}
const named = (end: string) => written.map((table) => `${table}_${end}`);

test('of what was written the newest are read off the index by age, then what is rare off that of the words', async () => {
  assert.deepEqual(await begunBy(all, named('created')), [true, true, true, true], written.join());
  assert.deepEqual(await begunBy(all, ['note_words']), [true]);
});

test('of the own texts none are asked for in the index of the words', async () => {
  const rights: Rights = Object.fromEntries([...written, 'contact'].map((resource) => [resource, { read: 'own' }]));
  const people = ['note_author', 'comment_author', 'activity_author', 'task_assignee'];
  assert.deepEqual(await begunBy(rights, people), [true, true, true, true], people.join());
  assert.deepEqual(await begunBy(rights, [...named('words'), ...named('created')]), Array(8).fill(false));
});
