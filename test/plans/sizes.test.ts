import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Rights } from '../../src/kernel/access/rights.ts';
import { listQuery, type Resource } from '../../src/kernel/contract/resource.ts';
import { sql } from '../../src/kernel/database/database.ts';
import { setCursorKeys } from '../../src/kernel/resource/cursor.ts';
import { type Filter, isSelective } from '../../src/kernel/resource/filter.ts';
import { listRows } from '../../src/kernel/resource/list.ts';
import { company } from '../../src/modules/directory/company/contract.ts';
import { contact } from '../../src/modules/directory/contact/contract.ts';
import { deal } from '../../src/modules/sales/deal/contract.ts';
import { measure } from './measure.ts';
import { type Workspaces, workspacesForPlans } from './workspaces.ts';

/**
 * Of a page of 50, each row with what it refers to: up to six references and its tags, each three levels of an index
 * and a row.
 */
// A team's thousand contacts are read by owner and sorted: some 3,900 since names have more parts.
const page_buffers_max = 4_200;
/** A list may leave out some rows on its way, or sort those that a filter found. */
const page_rows_max = 2_000;
/**
 * A filter through a relation also reads the records it reaches: as many as it takes to fill a page, or those of one
 * small table.
 */
const related_buffers_max = 15_000;
const related_rows_max = 20_000;

const all: Rights = { '*': 'all' };
const reads = (scope: 'own' | 'team'): Rights => ({
  contact: { read: scope },
  company: { read: scope },
  deal: { read: scope },
  user: { read: 'all' },
  tag: { read: 'all' },
  team: { read: 'all' },
  pipeline: { read: 'all' },
  custom_field: { read: 'all' },
});

const workspace_of_many = 50;
const small_workspace = 101;
const large_workspace = 102;
const middle_workspace = 103;

let workspaces: Workspaces;
before(async () => {
  setCursorKeys({ current: 1, keys: new Map([[1, createSecretKey(Buffer.alloc(32))]]) });
  workspaces = await workspacesForPlans();
});
after(() => workspaces.stop());

interface List {
  resource: Resource;
  rights: Rights;
  sort: string;
  filter?: unknown;
  /** Which way is shorter only statistics can tell, and the values of this very request. */
  chosen?: true;
  /** The filter goes through a relation, or through the list until the page is full. */
  related?: true;
}

async function lists(workspace: number): Promise<List[]> {
  const [owner, company_id, common, rare] = await Promise.all([
    workspaces.idOf(workspace, 'user', 0),
    workspaces.idOf(workspace, 'company', 7),
    workspaces.idOf(workspace, 'tag', 0),
    workspaces.idOf(workspace, 'tag', 1),
  ]);
  const eq = (field: string, value: string) => ({ field, op: 'eq', value });
  const any = (relation: string, where?: unknown) => ({ any: relation, ...(where !== undefined && { where }) });
  const has = (tag: string) => ({ field: 'tags', op: 'has', value: tag });
  return [
    { resource: contact, rights: all, sort: 'name' },
    { resource: contact, rights: all, sort: '-updated_at' },
    { resource: contact, rights: all, sort: 'updated_at' },
    { resource: contact, rights: all, sort: 'name', filter: eq('owner_id', owner) },
    { resource: contact, rights: all, sort: 'name', filter: eq('company_id', company_id) },
    { resource: contact, rights: all, sort: 'name', filter: eq('lead_status', 'new') },
    { resource: contact, rights: all, sort: '-updated_at', filter: eq('lead_status', 'new') },
    { resource: contact, rights: reads('own'), sort: 'name' },
    { resource: contact, rights: all, sort: 'custom.number', filter: eq('owner_id', owner) },
    { resource: contact, rights: reads('own'), sort: '-custom.number' },
    { resource: company, rights: all, sort: 'name' },
    { resource: company, rights: all, sort: '-updated_at' },
    { resource: company, rights: reads('own'), sort: 'name' },
    { resource: deal, rights: all, sort: 'name' },
    { resource: deal, rights: all, sort: '-created_at' },
    { resource: deal, rights: all, sort: 'updated_at' },
    { resource: deal, rights: all, sort: '-updated_at', filter: eq('status', 'open') },
    { resource: contact, rights: reads('own'), sort: '-updated_at', chosen: true },
    { resource: contact, rights: reads('team'), sort: 'name', chosen: true },
    { resource: contact, rights: reads('team'), sort: '-updated_at', chosen: true },
    { resource: company, rights: reads('team'), sort: 'name', chosen: true },
    { resource: contact, rights: all, sort: '-updated_at', filter: eq('owner_id', owner), chosen: true },
    { resource: contact, rights: all, sort: 'name', filter: has(common), chosen: true },
    { resource: contact, rights: all, sort: 'name', filter: has(rare), chosen: true },
    {
      resource: contact,
      rights: all,
      sort: 'name',
      filter: { field: 'custom.number', op: 'lt', value: 2_000 },
      chosen: true,
    },
    { resource: company, rights: all, sort: 'name', filter: any('contacts', eq('lead_status', 'new')), related: true },
    { resource: company, rights: all, sort: '-updated_at', filter: any('contacts'), related: true },
    { resource: company, rights: all, sort: 'name', filter: any('deals', eq('status', 'open')), related: true },
    { resource: contact, rights: all, sort: 'name', filter: any('company', eq('industry', 'Common')), related: true },
    { resource: contact, rights: all, sort: 'name', filter: any('deals', eq('status', 'open')), related: true },
    { resource: company, rights: all, sort: 'name', filter: { none: 'deals' }, related: true },
    {
      resource: contact,
      rights: all,
      sort: 'name',
      filter: { none: 'deals', where: eq('status', 'won') },
      related: true,
    },
    {
      resource: contact,
      rights: all,
      sort: '-updated_at',
      filter: { field: 'name', op: 'contains', value: 'Family 77' },
      related: true,
    },
    { resource: contact, rights: reads('own'), sort: 'name', filter: any('deals'), related: true },
    { resource: company, rights: reads('team'), sort: 'name', filter: any('contacts'), related: true },
  ];
}

/** Without statistics, what only they can tell is left out. */
async function assertBounded(workspace: number, analysed: boolean): Promise<void> {
  const failures: string[] = [];
  for (const { resource, rights, sort, filter, chosen, related } of await lists(workspace)) {
    if ((chosen || related) && !analysed) continue;
    const [buffersMax, rowsMax] = related ? [related_buffers_max, related_rows_max] : [page_buffers_max, page_rows_max];
    const query = listQuery.parse({ sort, limit: '50', ...(filter ? { filter: JSON.stringify(filter) } : {}) });
    // A filter that finds few records is planned for its values; other lists keep the plan along their index.
    const narrows = chosen || (related && isSelective(resource, filter as Filter));
    for (const planned of narrows ? (['for its values'] as const) : (['for its values', 'for any values'] as const)) {
      const taken = await workspaces.as(workspace, rights, (ctx) =>
        measure(ctx, planned, (measured) => listRows(measured, resource, query)),
      );
      assert.ok(taken.length > 0);
      const asked = `${resource.plural} ${sort} ${query.filter ?? ''} ${JSON.stringify(rights[resource.right] ?? 'all')}`;
      for (const { buffers, rows, plan } of taken)
        if (buffers > buffersMax || rows > rowsMax)
          failures.push(`${asked}, planned ${planned}: ${buffers} buffers, ${rows} rows: ${plan}`);
    }
  }
  assert.deepEqual(failures, []);
}

test('what the rows of a page refer to is looked up by key, not along another index from end to end', async () => {
  // Beside small ones, so that the planner expects a tenth of what the large one has.
  await workspaces.add(201, 209, { contacts: 110, companies: 6 });
  await workspaces.add(middle_workspace, middle_workspace, { contacts: 9_000, companies: 450 });
  await workspaces.vacuum();
  const plans = await workspaces.as(middle_workspace, all, (ctx) =>
    measure(ctx, 'for any values', (measured) => listRows(measured, contact, listQuery.parse({ limit: '50' }))),
  );
  const indexes = plans.flatMap(({ plan }) => plan.match(/\b(company|user_account)_\w+/g) ?? []);
  assert.deepEqual([...new Set(indexes)].sort(), ['company_pkey', 'user_account_pkey']);
});

const states: [name: string, analysed: boolean, prepare: () => Promise<void>][] = [
  ['without statistics', false, () => workspaces.forgetStatistics()],
  ['analysed', true, () => workspaces.analyze()],
];

const steps: [name: string, workspaces: number[], grow: () => Promise<void>][] = [
  [
    'a hundred workspaces of 110 contacts and 50 companies',
    [workspace_of_many],
    () => workspaces.add(1, 100, { contacts: 110, companies: 50 }),
  ],
  [
    '1,000 contacts, 50 companies',
    [small_workspace],
    () => workspaces.add(small_workspace, small_workspace, { contacts: 1_000, companies: 50 }),
  ],
  [
    '100,000 contacts, 5,000 companies, nine tenths of all',
    [large_workspace, small_workspace],
    () => workspaces.add(large_workspace, large_workspace, { contacts: 100_000, companies: 5_000 }),
  ],
  [
    '100,000 contacts, 105,000 companies',
    [large_workspace, small_workspace],
    () => workspaces.add(large_workspace, large_workspace, { first: 100_000, contacts: 0, companies: 100_000 }),
  ],
];

for (const [step, read, grow] of steps) {
  test(`lists read little more than their page: ${step}`, async (t) => {
    await grow();
    for (const [state, analysed, prepare] of states) {
      await t.test(state, async () => {
        await prepare();
        for (const workspace of read) await assertBounded(workspace, analysed);
      });
    }
  });
}

test('lists in the order of an index are planned once for each connection, not for each request', async () => {
  const read = (sort: string) =>
    workspaces.as(large_workspace, all, (ctx) => listRows(ctx, contact, listQuery.parse({ sort, limit: '50' })));
  const customPlans = () =>
    workspaces.as(large_workspace, all, async ({ tx }) => {
      const { plans } = await tx.one<{ plans: number }>(
        sql`select sum(custom_plans)::int as plans from pg_prepared_statements where statement like '%from "contact" r%order by%'`,
      );
      return plans;
    });
  for (const sort of ['name', '-updated_at', 'custom.number']) {
    await read(sort);
    const before = await customPlans();
    for (let n = 0; n < 6; n++) await read(sort);
    assert.equal((await customPlans()) - before, 0, `${sort} was planned for its values`);
  }
});
