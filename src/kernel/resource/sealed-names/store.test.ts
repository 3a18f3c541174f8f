import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import pg from 'pg';
import { startTestApp, type TestApp, type TestTenant } from '../../../../test/harness/app.ts';
import { contact } from '../../../modules/directory/contact/contract.ts';
import { searchedText } from './name-index.ts';
import { SealedNames } from './store.ts';

const wait_ms = 60_000;

let app: TestApp;
let tenant: TestTenant;
before(async () => {
  app = await startTestApp();
  tenant = await app.tenant();
});
after(async () => {
  await late?.end('rollback');
  await app.stop();
});

/** A transaction of the program, which a test ends when it wants. */
class Transaction {
  private readonly client: pg.Client;
  private constructor(client: pg.Client) {
    this.client = client;
  }

  static async begin(): Promise<Transaction> {
    const client = new pg.Client({ connectionString: app.database.ownerUrl });
    await client.connect();
    await client.query('begin; set local role holdfast_system');
    await client.query(`select set_config('app.tenant_id', $1, true)`, [tenant.tenant_id]);
    return new Transaction(client);
  }

  async query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.client.query<Row>(text, values)).rows;
  }

  async end(how: 'commit' | 'rollback'): Promise<void> {
    await this.client.query(how).finally(() => this.client.end());
  }
}

async function once(work: (transaction: Transaction) => Promise<unknown>): Promise<void> {
  const transaction = await Transaction.begin();
  await work(transaction).finally(() => transaction.end('commit'));
}

const create = (name: string) => (transaction: Transaction) =>
  transaction.query('insert into contact (tenant_id, given_name, middle_name) values ($1, $2, $3)', [
    tenant.tenant_id,
    name,
    name.length % 2 ? 'Mid' : null,
  ]);

/** Changes the nth record that the transaction sees and that nobody else is changing. */
const change = (nth: number, how: string) => async (transaction: Transaction) => {
  const [row] = await transaction.query(
    'select id from contact where tenant_id = $1 order by id offset $2 limit 1 for update skip locked',
    [tenant.tenant_id, nth],
  );
  if (row) await transaction.query(`${how} where tenant_id = $1 and id = $2`, [tenant.tenant_id, row.id]);
};
const changes = {
  rename: `update contact set given_name = left(given_name || 'a', 100)`,
  recase: `update contact set given_name = upper(left(given_name, 1)) || 'é'`,
  trash: 'update contact set deleted_at = now()',
  restore: 'update contact set deleted_at = null',
  delete: 'delete from contact',
} as const;

interface Stored {
  id: string;
  name: string;
  also: string | null;
}

/** What is in memory is what is in the table, in the same order. */
async function sameAsTable(names: SealedNames): Promise<void> {
  const index = await names.names(tenant.tenant_id, contact, wait_ms);
  assert.ok(typeof index === 'object');
  let rows: Stored[] = [];
  await once(async (transaction) => {
    rows = await transaction.query<Stored>(
      `select id, name, middle_name as also from contact where tenant_id = $1 and deleted_at is null order by name, id`,
      [tenant.tenant_id],
    );
  });
  assert.deepEqual(
    [...index.entries()].map(({ id, name, text }) => [id, name, text]),
    rows.map(({ id, name, also }) => [id, name, searchedText({ name, also: also ? [also] : [] })]),
  );
}

const word = fc.constantFrom(
  'Ada',
  'ada',
  'Émile',
  'Zoë',
  'Weiß',
  'Weiss',
  "O'Neil",
  '山田',
  'Li',
  'de la Cruz',
  'Ångström',
);
const kind = <Kind extends string>(name: Kind) => fc.constant(name);
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: kind('create'), name: word, late: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: kind('change'),
      how: fc.constantFrom(...(Object.keys(changes) as (keyof typeof changes)[])),
      nth: fc.nat(8),
      late: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: kind('end'), how: fc.constantFrom('commit' as const, 'rollback' as const) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: kind('read') }) },
);

/** That of the property, also where it failed. */
let late: Transaction | undefined;
test('whatever is written, deleted and committed late, names in memory are those in the table', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const names = new SealedNames(app.app.services.db);
      await late?.end('rollback');
      late = undefined;
      for (const one of steps) {
        if (one.kind === 'read') await sameAsTable(names);
        else if (one.kind === 'end') {
          await late?.end(one.how);
          late = undefined;
        } else {
          const work = one.kind === 'create' ? create(one.name) : change(one.nth, changes[one.how]);
          if (one.late) late ??= await Transaction.begin();
          await (one.late ? work(late!) : once(work));
        }
      }
      await late?.end('commit');
      late = undefined;
      await sameAsTable(names);
    }),
    { numRuns: 40, endOnFailure: true },
  );
});

test('what a transaction writes that began long before is not missed', async () => {
  const names = new SealedNames(app.app.services.db);
  const early = await Transaction.begin();
  await early.query('select now()');
  await sameAsTable(names);
  await create('Early bird')(early);
  await once(create('Later'));
  await sameAsTable(names);
  await early.end('commit');
  await sameAsTable(names);
});

test('two callers share a load, and a load that fails is forgotten', async () => {
  const { db } = app.app.services;
  let transactions = 0;
  let fails = false;
  const counting = new Proxy(db, {
    get: (target, property) =>
      property === 'transaction'
        ? (...given: Parameters<typeof db.transaction>) => {
            transactions++;
            return fails ? Promise.reject(new Error('The database is away')) : target.transaction(...given);
          }
        : Reflect.get(target, property, target),
  });
  const alone = new SealedNames(counting);
  await alone.names(tenant.tenant_id, contact, wait_ms);
  const needed = transactions;
  transactions = 0;
  const shared = new SealedNames(counting);
  const ask = () => shared.names(tenant.tenant_id, contact, wait_ms);
  await Promise.all([ask(), ask(), ask()]);
  assert.equal(transactions, needed, 'each caller reads for itself');
  fails = true;
  const failing = new SealedNames(counting);
  await assert.rejects(failing.names(tenant.tenant_id, contact, wait_ms), /away/);
  fails = false;
  assert.equal(typeof (await failing.names(tenant.tenant_id, contact, wait_ms)), 'object');
});

test('what is not there in time is being read, and memory for too many names is given to those used last', async () => {
  const names = new SealedNames(app.app.services.db);
  assert.equal(await names.names(tenant.tenant_id, contact, 0), 'reading');
  const other = await app.tenant();
  const small = new SealedNames(app.app.services.db, 1);
  for (const { tenant_id } of [tenant, other])
    assert.equal(typeof (await small.names(tenant_id, contact, wait_ms)), 'object');
});
