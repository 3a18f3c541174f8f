import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Rights } from '../../src/kernel/access/rights.ts';
import { listQuery, type Resource } from '../../src/kernel/contract/resource.ts';
import type { Statement } from '../../src/kernel/database/statement.ts';
import { setCursorKeys } from '../../src/kernel/resource/cursor.ts';
import { listRows } from '../../src/kernel/resource/list.ts';
import type { Context } from '../../src/kernel/tenancy/context.ts';
import { contact } from '../../src/modules/directory/contact/contract.ts';
import { deal } from '../../src/modules/sales/deal/contract.ts';
import { note } from '../../src/platform/note/contract.ts';
import { readTimeline } from '../../src/platform/timeline/service.ts';
import { explained } from '../harness/explain.ts';
import { contactsForPlans, type PlanDatabase } from './contacts.ts';
import { measure } from './measure.ts';

const all: Rights = { '*': 'all' };
const own: Rights = { contact: { read: 'own' }, company: { read: 'all' }, user: { read: 'all' } };

let plans: PlanDatabase;
before(async () => {
  setCursorKeys({ current: 1, keys: new Map([[1, createSecretKey(Buffer.alloc(32))]]) });
  plans = await contactsForPlans({ contacts: 20_000, owners: 10 });
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
      const [row] = await ctx.tx.many(explained<Node>(statement));
      const found = nodesOf(spine(row!['QUERY PLAN'][0].Plan));
      // The definitions of custom fields are few, and sorted.
      if (!found.some((node) => node['Relation Name'] === 'custom_field')) nodes.push(...found);
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

test('contacts of an e-mail address, their first or a further one, are looked up', async () => {
  for (const rights of [all, own]) {
    const nodes = await planned(rights, listed({ filter: eq('email', 'mail77@plans.example') }));
    const indexes = nodes.map((node) => node['Index Name']);
    for (const index of ['contact_email', 'contact_pkey']) assert.ok(indexes.includes(index), JSON.stringify(indexes));
    const scanned = nodes.filter((node) => node['Node Type'] === 'Seq Scan');
    assert.deepEqual(scanned, []);
  }
});

test('the newest contacts come off the index of their creation', async () => {
  assertIndexed(await planned(all, listed({ sort: '-created_at' })), 'contact_created');
});

/** Along the index of custom values to the contacts, by their key, and no further than the page. */
function assertByValues(
  nodes: Node[],
  index: 'custom_value_listed' | 'custom_value_owned' = 'custom_value_listed',
): void {
  const uses = nodes.map((node) => node['Index Name'] ?? node['Relation Name'] ?? node['Node Type']).join(', ');
  assert.ok(
    nodes.some((node) => node['Index Name'] === index),
    uses,
  );
  const scanned = nodes.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name']);
  assert.ok(
    !scanned.includes('contact') && !scanned.includes('custom_value'),
    `read from end to end: ${scanned.join(', ')}`,
  );
}

for (const [scope, rights, ordered] of [
  ['all', { ...all }, 'custom_value_listed'],
  ['own', { ...own, custom_field: { read: 'all' } }, 'custom_value_owned'],
] as const) {
  test(`contacts with a value of a custom field are found by it (scope ${scope})`, async () => {
    for (const filter of [
      eq('custom.number', 4711),
      { field: 'custom.number', op: 'between', value: [100, 120] },
      { field: 'custom.number', op: 'in', value: [1, 2, 3] },
      eq('custom.since', '2020-02-02'),
      { and: [eq('custom.tier', 'B'), eq('custom.number', 5)] },
    ])
      assertByValues(await planned(rights, listed({ filter })));
  });

  test(`contacts in the order of a custom field come off its index, page by page (scope ${scope})`, async () => {
    for (const sort of ['custom.number', '-custom.number', '-custom.tier', 'custom.since']) {
      const nodes = await planned(rights, listed({ sort }));
      assertByValues(nodes, ordered);
      // The few that have a day may as well be sorted.
      if (sort !== 'custom.since') assert.ok(!nodes.some((node) => node['Node Type'] === 'Sort'), `${sort} is sorted`);
      const { next_cursor } = await plans.as(rights, listed({ sort, limit: 5 }));
      assertByValues(await planned(rights, listed({ sort, limit: 5, cursor: next_cursor })), ordered);
    }
  });
}

test('contacts of one owner come off an index in the order of their last change and of a custom field, page by page', async () => {
  const filter = { and: [eq('owner_id', plans.user_id), eq('lead_status', 'new')] };
  for (const [sort, look] of [
    ['-updated_at', (nodes: Node[]) => assertIndexed(nodes, 'contact_owner_changed')],
    ['custom.number', (nodes: Node[]) => assertByValues(nodes, 'custom_value_owned')],
  ] as const) {
    const { next_cursor } = await plans.as(all, listed({ filter, sort, limit: 5 }));
    for (const cursor of [undefined, next_cursor!]) {
      const nodes = await planned(all, listed({ filter, sort, limit: 5, ...(cursor && { cursor }) }));
      look(nodes);
      assert.ok(!nodes.some((node) => node['Node Type'] === 'Sort'), `${sort} is sorted`);
    }
  }
});

test('open deals, the likeliest first, come off an index, page by page', async () => {
  const likeliest = { sort: '-score', filter: eq('status', 'open') };
  const { next_cursor } = await plans.as(all, listed(likeliest, deal));
  for (const cursor of [undefined, next_cursor!])
    assertIndexed(await planned(all, listed({ ...likeliest, ...(cursor && { cursor }) }, deal)), 'deal_by_score');
});

test('a timeline reads no more than the ends of its indexes', async () => {
  const nodes = await planned(all, (ctx) => readTimeline(ctx, contact, plans.contact_id, { limit: 30 }));
  const read = nodes.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name']);
  assert.ok(!read.some((relation) => /^audit_event_\d/.test(relation ?? '')), read.join(', '));
  assert.ok(
    nodes.some((node) => node['Index Name']?.startsWith('audit_event') && node['Index Name'].includes('record_id')),
  );
});

test('a timeline begins at the links of its record, and a list by record looks its entries up by key', async () => {
  const timeline = await planned(all, (ctx) =>
    readTimeline(ctx, contact, plans.contact_id, { limit: 30, kinds: ['note'] }),
  );
  const about = { field: 'records', op: 'has', value: plans.contact_id };
  const list = await planned(all, listed({ filter: about }, note));
  for (const [nodes, index] of [
    [timeline, 'record_link_record'],
    [timeline, 'note_pkey'],
    [list, 'note_pkey'],
  ] as const)
    assert.ok(nodes.some((node) => node['Index Name'] === index), index); // biome-ignore format: a line
});

test('groups by a time ask once where the caller lives, not for each record', async () => {
  const work = listed({ group: 'created_at:month', limit: 1 });
  const measured = await plans.as(all, (ctx) => measure(ctx, 'for its values', work));
  const [largest] = measured.map(({ buffers }) => buffers).sort((a, b) => b - a);
  assert.ok(measured.length > 0 && largest! < 5_000, `${largest} pages for 20,000 contacts`);
});
