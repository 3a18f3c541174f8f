import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from '../../src/kernel/database/database.ts';
import type { Context } from '../../src/kernel/tenancy/context.ts';
import { findMatches } from '../../src/modules/directory/duplicate/queries.ts';
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

for (const [what, draft, rows_max] of [
  ['an address', { email: 'MAIL77@plans.example' }, 10],
  ['a number', { phone: '+1 555 0100100' }, 10],
  ['a name', { given_name: 'Given77', family_name: 'Family7877' }, 50],
] as const)
  test(`what is like ${what} is looked up, not searched for`, async () => {
    const [before, after] = await plans.as({ '*': 'all' }, async (ctx) => {
      const first = await countReads(ctx);
      await findMatches(ctx, 'contact', draft);
      return [first, await countReads(ctx)];
    });
    assert.equal(after.scans - before.scans, 0);
    assert.ok(after.rows - before.rows <= rows_max, `${after.rows - before.rows} rows were read`);
  });
