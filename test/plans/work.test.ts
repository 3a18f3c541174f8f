import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Client, startTestApp, type TestApp } from '../harness/app.ts';
import { scoresAtRest } from '../harness/archive.ts';
import { eventually } from '../harness/eventually.ts';
import { follow, importNow } from '../harness/import.ts';
import { forgetStatistics } from './contacts.ts';

/**
 * What reads much of a workspace over HTTP: the dashboard, a change of many records and its way back, the inbox, the
 * search for duplicates. On the first day, without statistics or with those of an empty workspace, it touches about as
 * many pages of the database as later.
 */

const contacts = 10_000;
const [companies, deals, imported] = [500, 2_000, 4_000];
/** Of what looks up some changes by their keys: to read a history of thousands of rows, once for each, takes more. */
const looked_up_max: Record<string, number> = {
  'one taken back': 2_000,
  'search for whom to tell': 800,
  'timelines of ten': 2_000,
  'inbox, ten times': 20_000,
};
/** Beside a plan that is as good: the catalogue is read, and what was changed before leaves dead rows. */
const [ratio_max, buffers_beside] = [2, 20_000];

let app: TestApp;
let api: Client;
let colleague: Client;
let server: pg.Client | undefined;
before(async () => {
  app = await startTestApp();
  // Of another workspace the planner knows what it did; of this one, which comes later, nothing until it is analysed
  // again.
  const known = (await (await app.tenant()).as('admin')).api;
  for (let n = 0; n < 20; n++)
    assert.equal((await known('POST', '/api/v1/contacts', { family_name: `Known ${n}` })).status, 201);
  await onOwner((owner) => owner.query('vacuum analyze'));
  const tenant = await app.tenant();
  const admin = await tenant.as('admin');
  ({ api } = admin);
  colleague = (await tenant.as('manager', 'colleague')).api;
  await onOwner(async (owner) => {
    await owner.query(`select set_config('app.tenant_id', $1, false)`, [tenant.tenant_id]);
    const insert = async (text: string, values: unknown[] = []) =>
      (await owner.query(text, [tenant.tenant_id, ...values])).rows[0].id as string;
    await insert(
      `insert into company (tenant_id, name, domain, owner_id)
      select $1, 'Company ' || i, 'c' || i || '.example', $2 from generate_series(1, ${companies}) i returning id`,
      [admin.user_id],
    );
    // Every tenth has the name and the company of the one before.
    await insert(`insert into contact (tenant_id, given_name, family_name, email, city, owner_id, company_id)
      select $1, 'Given', 'Family ' || i - (i % 10 = 0)::int, 'mail' || i || '@plans.example', case when i % 8 = 0 then 'Oslo'
        else 'Rome' end, $2,
        (select array_agg(id) from company where tenant_id = $1)[1 + (i - (i % 10 = 0)::int) % ${companies}]
      from generate_series(1, ${contacts}) i returning id`, [admin.user_id]); // biome-ignore format: one statement
    const { rows } = await owner.query(
      'select id, pipeline_id from stage where tenant_id = $1 order by position limit 1',
      [tenant.tenant_id],
    );
    const stage = rows[0] ?? (await aStage(insert));
    await insert(`insert into deal (tenant_id, name, pipeline_id, stage_id, status, amount, currency, owner_id, company_id)
      select $1, 'Deal ' || i, $3, $2, 'open', i * 100, 'USD', $4, (select array_agg(id) from company
        where tenant_id = $1)[1 + i % ${companies}]
      from generate_series(1, ${deals}) i
        returning id`, [stage.id, stage.pipeline_id, admin.user_id]); // biome-ignore format: one statement
  });
  await scoresAtRest(app, tenant.tenant_id);
  server = new pg.Client({ connectionString: process.env.HOLDFAST_TEST_DATABASE_URL! });
  await server.connect();
});
after(async () => {
  await server?.end();
  await app.stop();
});

async function aStage(insert: (text: string, values?: unknown[]) => Promise<string>) {
  const pipeline_id = await insert(`insert into pipeline (tenant_id, name) values ($1, 'Sales') returning id`);
  const id = await insert(`insert into stage (tenant_id, pipeline_id, name) values ($1, $2, 'Open') returning id`, [
    pipeline_id,
  ]);
  return { id, pipeline_id };
}

async function onOwner<Result>(work: (owner: pg.Client) => Promise<Result>): Promise<Result> {
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  return work(owner).finally(() => owner.end());
}

/** How many pages the database has touched so far, by PostgreSQL's own count of statements: of those that begin so. */
async function buffers(beginning = ''): Promise<number> {
  const name = new URL(app.database.ownerUrl).pathname.slice(1);
  const { rows } = await server!.query(
    `select coalesce(sum(shared_blks_hit + shared_blks_read), 0)::float8 as touched from pg_stat_statements s
     join pg_database d on d.oid = s.dbid where d.datname = $1 and starts_with(ltrim(s.query, E' \\n'), $2)`,
    [name, beginning],
  );
  return rows[0].touched;
}

const ended = (id: string) =>
  eventually(async () => {
    const { body } = await api('GET', `/api/v1/changes/${id}`);
    return body.state === 'done' && body;
  }, 120_000);

async function change(city: string): Promise<string> {
  const { status, body } = await api('POST', '/api/v1/changes', {
    resource: 'contact',
    filter: JSON.stringify({ field: 'city', op: 'eq', value: 'Oslo' }),
    action: { kind: 'update', fields: { country: city } },
  });
  assert.equal(status, 202, JSON.stringify(body));
  assert.equal((await ended(body.id)).changed, contacts / 8);
  return body.id;
}

/** How many changes by others it shows as unread. */
async function inbox(): Promise<number> {
  const { status, body } = await api('GET', '/api/v1/notifications?view=unread');
  assert.equal(status, 200, JSON.stringify(body));
  return body.data.filter(({ kind }: { kind: string }) => kind === 'changed').length;
}

/** Pages of each kind of work. */
async function takes(state: string): Promise<Record<string, number>> {
  const taken: Record<string, number> = {};
  const count = async <Result>(what: string, work: () => Promise<Result>, beginning?: string): Promise<Result> => {
    const began = await buffers(beginning);
    const result = await work();
    taken[what] = (await buffers(beginning)) - began;
    return result;
  };
  const atRest = async () => {
    const began = await buffers();
    await sleep(500);
    return (await buffers()) - began < buffers_beside;
  };
  await count('dashboard', async () => {
    const { status, body } = await api('GET', '/api/v1/analytics/dashboard');
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body.open.count, deals);
  });
  const changed = await count('change of many', () => change(state));
  await count('reversal', async () => {
    const { body } = await api('POST', `/api/v1/changes/${changed}/reversal`);
    assert.equal((await ended(body.id)).changed, contacts / 8);
  });
  const rows = Array.from({ length: imported }, (_, n) => `${state}-${n},Ann,Import ${n},${n % 4 ? '' : 'Fair'}`);
  const file = `Record ID,First name,Last name,Tags\n${rows.join('\n')}\n`;
  const { id } = await count('import', () => importNow(api, [[`${state}.csv`, file]]));
  await count('import taken back', async () => {
    const { reversal } = await follow(api, id, 'reversal');
    // And the tag.
    assert.equal(reversal?.deleted, imported + 1);
  });
  const { data } = (await api('GET', '/api/v1/contacts?limit=10')).body;
  await count(
    'one taken back',
    async () => {
      const saved = await api('PATCH', `/api/v1/contacts/${data[0].id}`, { region: state });
      const path = `/api/v1/changes/${saved.headers.get('change-id')}/reversal?record_id=${data[0].id}`;
      assert.equal((await api('POST', path)).body.changed, 1);
    },
    'select e.seq, e.at',
  );
  await api('POST', '/api/v1/notifications/readings', { until: new Date().toISOString() });
  // What was imported and taken back is not told of by now. These are counted by their own statements: what else comes
  // of the changes is consumed meanwhile.
  await eventually(atRest);
  const tell = async () => {
    for (const { id } of data)
      assert.equal((await colleague('PATCH', `/api/v1/contacts/${id}`, { job_title: state })).status, 200);
    await eventually(async () => (await inbox()) >= data.length);
  };
  await count('search for whom to tell', tell, 'select e.request_id, e.xid');
  const open = async () => {
    for (const { id } of data) {
      const { status, body } = await api('GET', `/api/v1/contacts/${id}/timeline`);
      assert.equal(status, 200, JSON.stringify(body));
      assert.ok(body.data.length > 0);
    }
  };
  await count('timelines of ten', open, 'select p.');
  const look = async () => {
    for (let time = 0; time < 10; time++) await inbox();
  };
  await count('inbox, ten times', look, 'with mine as');
  await count('search for duplicates', async () => {
    const { body } = await api('POST', '/api/v1/duplicates/search');
    await eventually(async () => (await api('GET', `/api/v1/jobs/${body.job_id}`)).body.state === 'done');
  });
  // What follows from the changes is consumed in the background.
  await eventually(atRest);
  await count('list of duplicates', async () => {
    const found = await api('GET', '/api/v1/duplicates?resource=contact');
    assert.ok(found.body.data.length > 0);
  });
  for (const [what, max] of Object.entries(looked_up_max))
    assert.ok(taken[what]! > 0 && taken[what]! < max, `${state}: ${taken[what]} for ${what}, of at most ${max}`);
  return taken;
}

test('without statistics, or with outdated ones, work on many records touches about as much as with them', async (t) => {
  const isCounted =
    (await server!.query(`select from pg_extension where extname = 'pg_stat_statements'`)).rowCount === 1;
  if (!isCounted) return t.skip('This PostgreSQL does not count what statements touch');
  const outdated = await takes('outdated');
  if (!(await forgetStatistics(app.database.ownerUrl))) return t.skip('PostgreSQL forgets statistics since version 18');
  const fresh = await takes('fresh');
  await onOwner((owner) => owner.query('vacuum analyze'));
  const analysed = await takes('analysed');
  const more = Object.keys(analysed).filter(
    (what) => Math.max(fresh[what]!, outdated[what]!) > ratio_max * analysed[what]! + buffers_beside,
  );
  assert.deepEqual(more, [], JSON.stringify({ outdated, fresh, analysed }));
});

test('whoever may read all records but households, where there are none, has no record looked at for what hangs on it', async (t) => {
  const isCounted =
    (await server!.query(`select from pg_extension where extname = 'pg_stat_statements'`)).rowCount === 1;
  if (!isCounted) return t.skip('This PostgreSQL does not count what statements touch');
  const tenant = await app.tenant();
  const admin = await tenant.as('admin');
  const role = await admin.api('POST', '/api/v1/roles', {
    name: 'Sales alone',
    rights: { contact: { read: 'all' }, company: { read: 'all' }, deal: { read: 'all' }, note: { read: 'all' } },
  });
  assert.equal(role.status, 201, JSON.stringify(role.body));
  const seller = (await tenant.as(role.body.key)).api;
  const { body: contact } = await admin.api('POST', '/api/v1/contacts', { family_name: 'Noted' });
  for (let n = 0; n < 20; n++) {
    const records = [{ type: 'contact', id: contact.id }];
    assert.equal((await admin.api('POST', '/api/v1/notes', { body: `<p>Note ${n}</p>`, records })).status, 201);
  }
  const pages = async (who: Client) => {
    const open = async () => {
      const { status, body } = await who('GET', `/api/v1/contacts/${contact.id}/timeline?limit=30&kinds=note`);
      assert.deepEqual([status, body.data?.length], [200, 20], JSON.stringify(body));
    };
    // A connection reads the catalogue the first time.
    const taken: number[] = [];
    for (let time = 0; time < 8; time++) {
      const began = await buffers('select p.');
      await open();
      taken.push((await buffers('select p.')) - began);
    }
    return Math.min(...taken);
  };
  const [ofAdmin, ofSeller] = [await pages(admin.api), await pages(seller)];
  assert.ok(
    ofSeller < ofAdmin + 60,
    `${ofSeller} pages for who may read no households, ${ofAdmin} for an administrator`,
  );
});
