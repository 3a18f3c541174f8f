import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { type Client, type SharedTestApp, sharedTestApp } from '../../../test/harness/app.ts';

const rows_count = 60;

let app: SharedTestApp;
let api: Client;
let rows: Row[];
let owners: string[];
before(async () => {
  app = await sharedTestApp();
  const tenant = await app.tenant();
  const admin = await tenant.as('admin');
  ({ api } = admin);
  owners = [admin.user_id, (await tenant.as('member')).user_id];
  for (const [key, type] of Object.entries(types)) {
    const options = type === 'select' || type === 'multi_select' ? words : [];
    const body = { resource: 'company', key, label: `Own ${key}`, type, options };
    assert.equal((await api('POST', '/api/v1/custom-fields', body)).status, 201);
  }
  const values = fc.sample(custom, { numRuns: rows_count, seed: 7 });
  const data = values.map((own, i) => ({ name: `c${String(i).padStart(3, '0')}`, custom: own, owner_id: owners[0] }));
  const made = await api('POST', '/api/v1/companies/bulk', { data });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  // One in three goes to somebody else, one in three to nobody, after they have their values.
  const ofOwner = (row: Row, i: number) => ({ ...row, owner_id: [owners[0]!, owners[1]!, null][i % 3]! });
  rows = made.body.data.map(ofOwner);
  for (const [i, { id, owner_id }] of rows.entries()) {
    const { status } = i % 3 === 0 ? { status: 200 } : await api('PATCH', `/api/v1/companies/${id}`, { owner_id });
    assert.equal(status, 200);
  }
});

const words = ['alpha', 'beta', 'gamma', 'omega'];
const types = {
  note: 'text',
  visits: 'integer',
  ratio: 'decimal',
  fee: 'money',
  since: 'date',
  tier: 'select',
  likes: 'multi_select',
  vip: 'boolean',
} as const;
type Key = keyof typeof types;
type Custom = Partial<Record<Key, unknown>>;
interface Row {
  id: string;
  name: string;
  owner_id: string | null;
  custom: Custom;
}

const word = fc.constantFrom(...words, 'alphabet', 'be');
const integer = fc.oneof(fc.integer({ min: -12, max: 12 }), fc.constantFrom(-2147483648, 2147483647));
const decimal = fc.constantFrom(
  '-999999999999999.999999',
  '-1',
  '-0.000001',
  '0',
  '0.5',
  '2',
  '10',
  '999999999999999.999999',
);
const day = fc.constantFrom('0001-01-01', '1999-12-31', '2000-01-01', '2024-02-29', '9999-12-31');
const custom: fc.Arbitrary<Custom> = fc.record(
  {
    note: word,
    visits: integer,
    ratio: decimal,
    fee: fc.constantFrom('-5.00', '0.00', '9.50', '10.00').map((amount) => ({ amount, currency: 'USD' })),
    since: day,
    tier: fc.constantFrom(...words),
    likes: fc.uniqueArray(fc.constantFrom(...words), { maxLength: 3 }),
    vip: fc.boolean(),
  },
  { requiredKeys: [] },
);

interface Condition {
  field: string;
  op: string;
  value?: unknown;
}

const operands: Record<Key, fc.Arbitrary<unknown>> = {
  note: word,
  visits: integer,
  ratio: decimal,
  fee: fc.constantFrom('-5', '0', '9.5', '11'),
  since: day,
  tier: fc.constantFrom(...words),
  likes: fc.constantFrom(...words),
  vip: fc.boolean(),
};

const ordered = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'is_empty', 'not_empty', 'in', 'between'];
const operatorsOf: Record<Key, string[]> = {
  note: ['eq', 'ne', 'in', 'contains', 'starts_with', 'is_empty', 'not_empty'],
  visits: ordered, ratio: ordered, fee: ordered, since: ordered,
  tier: ['eq', 'ne', 'in', 'is_empty', 'not_empty'],
  likes: ['has', 'has_not', 'is_empty', 'not_empty'],
  vip: ['eq'],
}; // biome-ignore format: one line a family

const condition: fc.Arbitrary<Condition> = fc.constantFrom(...(Object.keys(types) as Key[])).chain((key) =>
  fc.constantFrom(...operatorsOf[key]).chain((op): fc.Arbitrary<Condition> => {
    const field = `custom.${key}`;
    if (op.endsWith('_empty')) return fc.constant({ field, op });
    if (op === 'in')
      return fc.array(operands[key], { minLength: 1, maxLength: 3 }).map((value) => ({ field, op, value }));
    if (op === 'between') return fc.tuple(operands[key], operands[key]).map((value) => ({ field, op, value }));
    return operands[key].map((value) => ({ field, op, value }));
  }),
);
type Filter = Condition | { and: Filter[] } | { or: Filter[] };
const filter: fc.Arbitrary<Filter> = fc.letrec<{ part: Filter }>((tie) => ({
  part: fc.oneof(
    { maxDepth: 2 },
    condition,
    fc.array(tie('part'), { minLength: 1, maxLength: 3 }).map((and) => ({ and })),
    fc.array(tie('part'), { minLength: 1, maxLength: 3 }).map((or) => ({ or })),
  ),
})).part;

/** Records of one owner are read another way, so they are asked for often. */
const owned = fc.nat(1).map((at): Filter => ({ field: 'owner_id', op: 'eq', value: owners[at] }));
const asked = fc.oneof(
  filter,
  owned,
  fc.tuple(owned, filter).map((and) => ({ and })),
);

/** A value as it compares, the slow way. */
function plain(key: Key, value: unknown): bigint | string | undefined {
  if (value === undefined) return undefined;
  const { amount } = value as { amount?: string };
  if (key !== 'visits' && key !== 'ratio' && key !== 'fee') return String(value);
  const [whole = '', part = ''] = String(amount ?? value)
    .replace('-', '')
    .split('.');
  const size = BigInt(whole + part.padEnd(6, '0'));
  return String(amount ?? value).startsWith('-') ? -size : size;
}

function holds(row: Row, part: Filter): boolean {
  if ('and' in part) return part.and.every((each) => holds(row, each));
  if ('or' in part) return part.or.some((each) => holds(row, each));
  if (part.field === 'owner_id') return row.owner_id === part.value;
  const key = part.field.slice('custom.'.length) as Key;
  const value = row.custom[key];
  const list = (value ?? []) as string[];
  const empty = key === 'likes' ? list.length === 0 : value === undefined;
  const mine = plain(key, value)!;
  const [first, second] = [part.value].flat().map((each) => plain(key, each)!) as [string, string];
  switch (part.op) {
    case 'is_empty': return empty;
    case 'not_empty': return !empty;
    case 'has': return list.includes(first);
    case 'has_not': return !list.includes(first);
    case 'ne': return mine !== first;
    case 'eq': return key === 'vip' ? (value ?? false) === part.value : !empty && mine === first;
    case 'in': return !empty && (part.value as unknown[]).some((each) => plain(key, each) === mine);
    case 'contains': return !empty && String(value).includes(first);
    case 'starts_with': return !empty && String(value).startsWith(first);
    case 'between': return !empty && mine >= first && mine <= second;
    case 'lt': return !empty && mine < first;
    case 'lte': return !empty && mine <= first;
    case 'gt': return !empty && mine > first;
    default: return !empty && mine >= first;
  }
} // biome-ignore format: a table of operators

const sortable = ['note', 'visits', 'ratio', 'fee', 'since', 'tier'] as const;
const sort = fc.uniqueArray(fc.tuple(fc.constantFrom(...sortable, 'name' as const), fc.boolean()), {
  minLength: 1,
  maxLength: 3,
  selector: ([key]) => key,
});

/**
 * In the order of a list: own fields without a value last either way, ties broken by the id, which goes the way of the
 * first field.
 */
function sorted(list: Row[], keys: [Key | 'name', boolean][]): string[] {
  const compare = (a: Row, b: Row): number => {
    for (const [key, descending] of keys) {
      const [x, y] = [a, b].map((row) => (key === 'name' ? row.name : plain(key, row.custom[key])));
      if (x === y) continue;
      if (x === undefined || y === undefined) return x === undefined ? 1 : -1;
      return x < y === descending ? 1 : -1;
    }
    return a.id < b.id === (keys[0]![1] as boolean) ? 1 : -1;
  };
  return list.toSorted(compare).map(({ name }) => name);
}

test('filters, sorts and pages of own fields come to what one would find by looking at each record', async () => {
  await fc.assert(
    fc.asyncProperty(fc.option(asked), sort, fc.integer({ min: 1, max: 40 }), async (wanted, keys, limit) => {
      const query = new URLSearchParams({
        limit: String(limit),
        count: 'true',
        sort: keys
          .map(([key, descending]) => `${descending ? '-' : ''}${key === 'name' ? key : `custom.${key}`}`)
          .join(),
        ...(wanted && { filter: JSON.stringify(wanted) }),
      });
      const found: string[] = [];
      let total = 0;
      for (let cursor: string | null = ''; cursor !== null; ) {
        if (cursor) query.set('cursor', cursor);
        const { status, body } = await api('GET', `/api/v1/companies?${query}`);
        assert.equal(status, 200, JSON.stringify(body));
        found.push(...body.data.map(({ name }: Row) => name));
        ({ total } = body);
        cursor = body.next_cursor;
      }
      const expected = rows.filter((row) => !wanted || holds(row, wanted));
      assert.deepEqual(found, sorted(expected, keys as [Key | 'name', boolean][]));
      assert.equal(total, expected.length);
    }),
    { numRuns: 160 },
  );
});
