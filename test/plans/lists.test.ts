import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Rights } from '../../src/kernel/access/rights.ts';
import { listQuery, type Resource } from '../../src/kernel/contract/resource.ts';
import { type Statement, sql } from '../../src/kernel/database/database.ts';
import { setCursorKeys } from '../../src/kernel/resource/cursor.ts';
import { listRows } from '../../src/kernel/resource/list.ts';
import type { Context } from '../../src/kernel/tenancy/context.ts';
import { contact } from '../../src/modules/directory/contact/contract.ts';
import { readTimeline } from '../../src/modules/directory/timeline/service.ts';
import { contactsForPlans, type PlanDatabase } from './contacts.ts';

const all: Rights = { '*': 'all' };
const own: Rights = { contact: { read: 'own' }, company: { read: 'all' }, user: { read: 'all' } };

let plans: PlanDatabase;
before(async () => {
  setCursorKeys({ current: 1, keys: new Map([[1, createSecretKey(Buffer.alloc(32))]]) });
  plans = await contactsForPlans({ contacts: 20_000, owners: 20 });
});
after(() => plans.stop());

interface Node {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  Alias?: string;
  'Parent Relationship'?: string;
  Plans?: Node[];
}

const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** Without what is worked out for each row that is shown. */
const spine = (node: Node): Node => ({
  ...node,
  Plans: node.Plans?.filter((child) => child['Parent Relationship'] !== 'SubPlan').map(spine),
});

/** The nodes of the plans of all that `work` reads. */
async function planned(rights: Rights, work: (ctx: Context) => Promise<unknown>): Promise<Node[]> {
  const nodes: Node[] = [];
  await plans.as(rights, async (ctx) => {
    const explain = async (statement: Statement<unknown>) => {
      const [row] = await ctx.tx.many<{ 'QUERY PLAN': [{ Plan: Node }] }>(sql`explain (format json) ${statement}`);
      nodes.push(...nodesOf(spine(row!['QUERY PLAN'][0].Plan)));
    };
    const tx: Context['tx'] = {
      ...ctx.tx,
      many: async (statement) => {
        await explain(statement);
        return ctx.tx.many(statement);
      },
      maybe: async (statement) => {
        await explain(statement);
        return ctx.tx.maybe(statement);
      },
    };
    await work({ ...ctx, tx });
  });
  return nodes;
}

const listed = (query: Record<string, unknown>, resource: Resource = contact) => {
  const { filter, ...rest } = query;
  const parsed = listQuery.parse({ ...rest, ...(filter ? { filter: JSON.stringify(filter) } : {}) });
  return (ctx: Context) => listRows(ctx, resource, parsed);
};

function assertIndexed(nodes: Node[], index: string): void {
  const uses = nodes.map((node) => node['Index Name'] ?? node['Relation Name'] ?? node['Node Type']);
  assert.ok(
    nodes.some((node) => node['Index Name'] === index && node.Alias === 'r'),
    `${index} is not used: ${uses.join(', ')}`,
  );
  const wasteful = nodes.filter((node) => node['Node Type'] === 'Seq Scan' && node['Relation Name'] === 'contact');
  assert.deepEqual(wasteful, [], 'the contacts are read from end to end');
  assert.ok(!nodes.some((node) => node['Node Type'] === 'Sort'), `the rows are sorted: ${uses.join(', ')}`);
}

const eq = (field: string, value: unknown) => ({ field, op: 'eq', value });

for (const [scope, rights, byName] of [
  ['all', all, 'contact_name'],
  ['own', own, 'contact_owner'],
] as const) {
  test(`contacts by name come off an index in order (scope ${scope})`, async () => {
    assertIndexed(await planned(rights, listed({})), byName);
    assertIndexed(await planned(rights, listed({ sort: '-name' })), byName);
    assertIndexed(await planned(rights, listed({ filter: eq('lead_status', 'new') })), byName);
  });

  test(`a later page begins where the one before ended (scope ${scope})`, async () => {
    const first = await plans.as(rights, listed({}));
    assert.ok(first.next_cursor);
    assertIndexed(await planned(rights, listed({ cursor: first.next_cursor })), byName);
    const second = await plans.as(rights, listed({ cursor: first.next_cursor }));
    assert.ok(String(second.data[0]!.name) >= String(first.data.at(-1)!.name));
  });
}

test('contacts of an owner or a company come off the index of those', async () => {
  assertIndexed(await planned(all, listed({ filter: eq('owner_id', plans.user_id) })), 'contact_owner');
  assertIndexed(await planned(all, listed({ filter: eq('company_id', plans.company_id) })), 'contact_company');
});

test('the newest contacts come off the index of their creation', async () => {
  assertIndexed(await planned(all, listed({ sort: '-created_at' })), 'contact_created');
});

test('a timeline reads no more than the ends of its indexes', async () => {
  const nodes = await planned(all, (ctx) => readTimeline(ctx, contact, plans.contact_id, { limit: 30 }));
  const read = nodes.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name']);
  assert.ok(!read.some((relation) => /^audit_event_\d/.test(relation ?? '')), read.join(', '));
  assert.ok(
    nodes.some((node) => node['Index Name']?.startsWith('audit_event') && node['Index Name'].includes('record_id')),
  );
});
