import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Rights } from '../../src/kernel/access/rights.ts';
import { sql } from '../../src/kernel/database/database.ts';
import type { Context } from '../../src/kernel/tenancy/context.ts';
import { recordTypes } from '../../src/modules/index.ts';
import { findMatches } from '../../src/platform/duplicate/queries.ts';
import { search } from '../../src/platform/search/queries.ts';
import { contactsForPlans, type PlanDatabase } from './contacts.ts';

let plans: PlanDatabase;
before(async () => {
  plans = await contactsForPlans({ contacts: 11_000, owners: 2 });
});
after(() => plans.stop());

/** Rows of contacts that were read, by a scan of the table or off an index. */
const countReads = (ctx: Context) =>
  ctx.tx.one<{
    scans: number;
    rows: number;
  }>(sql`select seq_scan::int as scans, (seq_tup_read + idx_tup_fetch)::int as rows
    from pg_stat_xact_user_tables where relname = 'contact'`);

const drafts = [
  ['an address', { email: 'MAIL77@plans.example' }, 10],
  ['a number', { phone: '+1 555 0100100' }, 10],
  ['a name', { given_name: 'Given77', family_name: 'Family7877' }, 50],
] as const;

async function assertLookedUp(draft: (typeof drafts)[number][1], rows_max: number): Promise<void> {
  const [before, after] = await plans.as({ '*': 'all' }, async (ctx) => {
    const first = await countReads(ctx);
    await findMatches(ctx, 'contact', draft);
    return [first, await countReads(ctx)];
  });
  assert.equal(after.scans - before.scans, 0);
  assert.ok(after.rows - before.rows <= rows_max, `${after.rows - before.rows} rows were read`);
}

for (const [what, draft, rows_max] of drafts)
  test(`what is like ${what} is looked up, not searched for`, () => assertLookedUp(draft, rows_max));

const searches = ['com', 'mily7770', 'nobodyhere', 'plans.example', 'mail77@plans.example'];
const rights: Rights[] = [{ '*': 'all' }, { contact: { read: 'own' } }];

/** Rows of contacts that each search reads, as one who sees all and as one who sees the own. */
async function searchReads(): Promise<Record<string, number>> {
  const reads: Record<string, number> = {};
  for (const [at, right] of rights.entries())
    for (const q of searches)
      await plans.as(right, async (ctx) => {
        const before = await countReads(ctx);
        await search(ctx, recordTypes, q, 10);
        reads[`${q} ${at}`] = (await countReads(ctx)).rows - before.rows;
      });
  return reads;
}

test('without statistics duplicates and searches read no more than with them', async (t) => {
  const analysed = await searchReads();
  if (!(await plans.forgetStatistics())) return t.skip('PostgreSQL forgets statistics since version 18');
  for (const [, draft, rows_max] of drafts) await assertLookedUp(draft, rows_max);
  const fresh = await searchReads();
  const more = Object.entries(fresh).filter(([q, rows]) => rows > 1.33 * analysed[q]! + 50);
  assert.deepEqual(more, [], JSON.stringify({ analysed, fresh }));
});
