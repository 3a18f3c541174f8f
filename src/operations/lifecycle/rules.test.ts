import assert from 'node:assert/strict';
import { after, before, mock, test } from 'node:test';
import pg from 'pg';
import { type Client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { housekeep } from '../../../test/harness/housekeep.ts';
import { systemClient } from '../../../test/harness/identity.ts';
import type { JobRun } from '../../kernel/jobs/kind.ts';
import { housekeepingJobs } from '../housekeeping.ts';
import type { DeletionRuleReport, LifecycleReport, RuleName } from './contract.ts';
import { lifecycleJobs } from './jobs.ts';

const day_ms = 86_400_000;

let app: TestApp;
let tenant: TestTenant;
let api: Client;
let operator: Client;
let system: pg.Client;

const rows = async (text: string, values: unknown[] = []) => (await system.query(text, values)).rows;
const count = async (text: string, values: unknown[] = []) => (await rows(text, values)).length;

before(async () => {
  app = await startTestApp({ HISTORY_DAYS: '400' });
  tenant = await app.tenant('acme');
  ({ api } = await tenant.as('admin', 'Ada'));
  system = await systemClient(app);
  const { user_id } = await tenant.as('viewer', 'Olga');
  operator = await tenant.signedIn('viewer', 'Olga');
  await onOwner((owner) =>
    owner.query(`insert into operator (tenant_id, user_id, granted_by) values ($1, $2, 'a test')`, [
      tenant.tenant_id,
      user_id,
    ]),
  );
  // The run at the start would take part of what the tests make.
  await eventually(async () => (await count(`select from job where kind = 'housekeeping' and state = 'done'`)) > 0);
});
after(async () => {
  await system.end();
  await app.stop();
});

async function onOwner<R>(work: (owner: pg.Client) => Promise<R>): Promise<R> {
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  return work(owner).finally(() => owner.end());
}

const runAt = (days: number) => housekeep(app, new Date(Date.now() + days * day_ms));

const makeJobs = (state: string, number: number, days_ago = 0) =>
  rows(
    `insert into job (tenant_id, kind, state, finished_at) select $1, 'rules.test', $2, now() - make_interval(days => $4)
      from generate_series(1, $3::int) returning id`,
    [tenant.tenant_id, state, number, days_ago],
  );

async function ruleOf(name: RuleName): Promise<DeletionRuleReport> {
  const { status, body } = await operator('GET', '/api/v1/installation/lifecycle');
  assert.equal(status, 200, JSON.stringify(body));
  return (body as LifecycleReport).rules.find((rule) => rule.name === name)!;
}

test('operators see of each rule what it deletes next, and what it deleted last', async () => {
  await makeJobs('done', 7, 31);
  await makeJobs('done', 2, 29);
  const before = await ruleOf('jobs');
  assert.deepEqual([before.days, before.setting], [30, null]);
  assert.ok(Date.parse(before.next_at!) > Date.now() && Date.parse(before.next_at!) <= Date.now() + 3_600_000);
  assert.deepEqual([before.due!.rows, before.due!.held, before.due!.more], [7, 0, false]);
  assert.ok(before.due!.bytes > 7 * 50);
  await holding(`kind = 'jobs'`, async () => {
    const { due } = await ruleOf('jobs');
    assert.deepEqual([due!.rows, due!.held], [0, 7]);
    await runAt(0);
    assert.equal(await count(`select from job where kind = 'rules.test'`), 9, 'what is held is not deleted');
  });
  await runAt(0);
  assert.equal(await count(`select from job where kind = 'rules.test'`), 2);
  const { due, last } = await ruleOf('jobs');
  assert.equal(due!.rows, 0);
  assert.deepEqual([last!.rows, last!.rows_total >= 7, last!.error], [7, true, null]);
  assert.deepEqual(
    [(await ruleOf('record_history')).days, (await ruleOf('record_history')).setting],
    [400, 'HISTORY_DAYS'],
  );
  assert.equal((await api('GET', '/api/v1/installation/lifecycle')).status, 403);
});

test('an expired file that hangs somewhere stays, and operators are not told that it goes', async () => {
  const upload = async () => {
    const form = new FormData();
    form.append('file', new Blob(['x']), 'x.txt');
    return (await api('POST', '/api/v1/files', form)).body.id as string;
  };
  const [hung, loose] = [await upload(), await upload()];
  const { body: contact } = await api('POST', '/api/v1/contacts', { given_name: 'Ada' });
  const { body: note } = await api('POST', '/api/v1/notes', {
    records: [{ type: 'contact', id: contact.id }],
    body: 'See below',
  });
  assert.equal((await api('POST', '/api/v1/attachments', { file_id: hung, note_id: note.id })).status, 201);
  const before = (await ruleOf('files')).due!.rows;
  await rows(`update file set expires_at = now() - interval '1 hour' where id = any ($1) returning id`, [
    [hung, loose],
  ]);
  assert.equal((await ruleOf('files')).due!.rows, before + 1);
  await runAt(0);
  assert.deepEqual(await rows('select id from file where id = any ($1)', [[hung, loose]]), [{ id: hung }]);
});

test('nobody waits for a row of a table longer than 200 ms while a rule deletes from it', async () => {
  await makeJobs('done', 600, 40);
  // As slow as rows with much hanging on them: a batch of hundreds would take a second.
  await onOwner((owner) =>
    owner.query(`create function public.slow_delete() returns trigger language plpgsql as $$ begin perform pg_sleep(0.004); return old; end $$;
      create trigger slow_delete before delete on job for each row when (old.kind = 'rules.test') execute function public.slow_delete()`),
  );
  const other = await systemClient(app);
  let done = false;
  const running = runAt(0).finally(() => {
    done = true;
  });
  let locked = 0;
  // Whoever wants a row that is being deleted: it must be theirs, or gone, within 200 ms.
  while (!done) {
    await other.query(`begin; set local lock_timeout = '200ms'`);
    const { rows: found } = await other.query(
      `select id from job where kind = 'rules.test' and finished_at < now() - interval '35 days' order by ctid limit 1 for update`,
    );
    locked += found.length;
    await other.query('rollback');
  }
  await running;
  await other.end();
  await onOwner((owner) => owner.query('drop trigger slow_delete on job; drop function public.slow_delete()'));
  assert.ok(locked > 3, `only ${locked} rows were seen while it ran`);
  const left = await count(`select from job where kind = 'rules.test' and finished_at < now() - interval '35 days'`);
  // A batch in which somebody had locked a row is left to the next run.
  await runAt(0);
  assert.equal(
    await count(`select from job where kind = 'rules.test' and finished_at < now() - interval '35 days'`),
    0,
  );
  assert.ok(left < 600, 'nothing was deleted beside the other');
});

test('a row that somebody has locked is left to the next run, and the others are deleted', async () => {
  const [{ id }] = (await makeJobs('done', 1, 50)) as [{ id: string }];
  await makeJobs('failed', 1, 50);
  const [key] = await rows(
    `insert into idempotency_key (tenant_id, actor_id, key, request_hash, status, headers, body, created_at)
     values ($1, app.uuid_v7(), 'old', '\\x00', 200, '{}', '', now() - interval '2 days') returning key`,
    [tenant.tenant_id],
  );
  assert.ok(key);
  const other = await systemClient(app);
  await other.query('begin');
  await other.query('select from job where id = $1 for update', [id]);
  await runAt(0);
  assert.equal(await count('select from job where id = $1', [id]), 1);
  assert.equal(await count(`select from idempotency_key where key = 'old'`), 0);
  await other.query('rollback');
  await other.end();
  await runAt(0);
  assert.equal(await count('select from job where id = $1', [id]), 0);
});

test('as years go by, each rule deletes what is past its time and nothing before', async () => {
  const contact = (await api('POST', '/api/v1/contacts', { given_name: 'Trashed' })).body.id as string;
  assert.equal((await api('DELETE', `/api/v1/contacts/${contact}`)).status, 204);
  const form = new FormData();
  form.set('file', new File(['a,b\n1,2\n'], 'step.csv', { type: 'text/csv' }));
  const temp = (await api('POST', '/api/v1/files?kind=temp', form)).body.id as string;
  await rows(
    `with i as (insert into import (tenant_id, name, state, finished_at) values ($1, 'People', 'done', now()) returning tenant_id, id),
       f as (insert into import_file (tenant_id, import_id, position, name, size_bytes, found) select tenant_id, id, 1, 'people.csv', 1,
         '{}' from i returning tenant_id, id),
       p as (insert into import_problem (tenant_id, import_file_id, code, severity, message) select tenant_id, id, 'odd', 'error', 'Odd'
         from f)
     insert into import_row (tenant_id, import_file_id, row_number, cells) select tenant_id, id, 1, '{a}' from f`,
    [tenant.tenant_id],
  );
  const { id: product } = (await api('POST', '/api/v1/products', { name: 'Rope' })).body;
  assert.equal((await operator('PUT', `/api/v1/products/${product}/favourite`)).status, 200);
  assert.equal((await api('DELETE', `/api/v1/products/${product}`)).status, 204);
  await rows(
    `with c as (insert into change (tenant_id, id, kind, state, finished_at) values ($1, app.uuid_v7(), 'test', 'done', now())
      returning tenant_id, id)
     insert into change_item (tenant_id, change_id, position, record_id) select tenant_id, id, 1, app.uuid_v7() from c`,
    [tenant.tenant_id],
  );
  const there = {
    trash: () => count('select from contact where id = $1', [contact]),
    file: () => count('select from file where id = $1', [temp]),
    favourite: () => count('select from deleted_favourite where record_id = $1', [product]),
    raw: async () =>
      (await count('select from import_row')) +
      (await count('select from import_problem')) +
      (await count('select from change_item')),
    session: () => count('select from session'),
    history: () => count('select from record_history where record_id = $1', [contact]),
    link: () => count(`select from one_time_token`),
  };
  const now = async () => {
    const found: Record<string, boolean> = {};
    for (const [name, number] of Object.entries(there)) found[name] = (await number()) > 0;
    return found;
  };
  await rows(
    `insert into one_time_token (tenant_id, kind, hash, user_id, expires_at) select $1, 'invitation', sha256('x'), id,
      now() + interval '7 days' from user_account where tenant_id = $1 limit 1`,
    [tenant.tenant_id],
  );
  const all = { trash: true, file: true, favourite: true, raw: true, session: true, history: true, link: true };
  assert.deepEqual(await now(), all);
  await runAt(0);
  assert.deepEqual(await now(), all);
  await runAt(2);
  assert.deepEqual(await now(), { ...all, file: false });
  await holding(`kind in ('trash', 'raw_events', 'deleted_favourites')`, async () => {
    await runAt(900);
    assert.deepEqual(await now(), { ...all, file: false, session: false, history: false, link: false });
  });
  await runAt(29);
  assert.deepEqual([(await now()).trash, (await now()).favourite], [true, true]);
  await runAt(31);
  assert.deepEqual([(await now()).trash, (await now()).favourite], [false, false]);
  await runAt(729);
  assert.equal((await now()).raw, true);
  await runAt(731);
  assert.equal((await now()).raw, false);
  // What a rule could not do is told, and the other rules are done.
  assert.deepEqual(await rows('select name, error from lifecycle_rule where error is not null'), []);
});

test('what was told of an alert is kept as long as the alert: forgotten, it would be told again, and its end to nobody', async () => {
  const [receiver] = await rows(
    `insert into alert_receiver (name, kind, target) values ('Ops', 'email', 'ops@x.example') returning id`,
  );
  const told = async (state: string, resolved_days: number | null) => {
    const [message] = await rows(
      `with a as (insert into alert (rule, labels, severity, state, value, started_at, fired_at, resolved_at, seen_at)
         values ('HoldfastTest', jsonb_build_object('of', $1::text), 'ticket', $1, 1, now() - interval '120 days',
           now() - interval '120 days',
           now() - make_interval(days => $2::int), now()) returning id)
       insert into alert_message (receiver_id, kind, alert_ids, state, created_at, finished_at)
       select $3, 'firing', array[a.id], 'sent', now() - interval '120 days', now() - interval '120 days' from a returning id`,
      [state, resolved_days, receiver.id],
    );
    return message.id as string;
  };
  const messages = [await told('firing', null), await told('resolved', 0), await told('resolved', 100)];
  await runAt(0);
  const left = await rows('select id from alert_message where id = any ($1)', [messages]);
  assert.deepEqual(left.map(({ id }) => id).sort(), messages.slice(0, 2).sort());
  await rows('delete from alert_receiver');
  await rows('delete from alert');
});

test('counts of lines of the log go by whole days, as the lines do', async () => {
  await rows(
    `insert into log_count (at, tenant_id, level, lines)
     select date_trunc('day', now(), 'UTC') - make_interval(days => n), tenant, 31, 1
     from unnest($2::int[]) n, unnest(array[$1::uuid, null]) tenant`,
    [tenant.tenant_id, [29, 30, 31, 90]],
  );
  await runAt(0);
  const left = await rows(
    `select tenant_id, extract(day from date_trunc('day', now(), 'UTC') - at)::int as days from log_count where level = 31
      order by tenant_id, days`,
  );
  assert.deepEqual(
    left,
    [tenant.tenant_id, null].flatMap((tenant_id) => [29, 30].map((days) => ({ tenant_id, days }))),
  );
});

/** As long as it runs, what the condition says is held. */
async function holding(condition: string, work: () => Promise<void>): Promise<void> {
  const define = (body: string) =>
    rows(`create or replace function app.is_held(kind text, of_tenant uuid, first_at timestamptz, end_at timestamptz) returns boolean
      language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$ select ${body} $$`);
  await define(condition);
  await work().finally(() => define('false'));
}

test('a worker whose clock is ahead deletes nothing before its time', async () => {
  const { id } = (await api('POST', '/api/v1/contacts', { given_name: 'Wanted' })).body;
  assert.equal((await api('DELETE', `/api/v1/contacts/${id}`)).status, 204);
  const [housekeeping] = housekeepingJobs(app.app.services);
  const run = { log: app.app.services.log, signal: new AbortController().signal } as JobRun;
  mock.timers.enable({ apis: ['Date'], now: Date.now() + 100 * day_ms });
  try {
    await housekeeping!.run(run, {});
  } finally {
    mock.timers.reset();
  }
  assert.equal(await count('select from contact where id = $1', [id]), 1);
  assert.equal((await api('GET', '/api/v1/session')).status, 200);
});

test('after a leap of the clock nothing is deleted for a day, which the page says; a clock put right ends that', async () => {
  // The tests before have moved time past the end of her session.
  operator = await tenant.signedIn('viewer', 'Olga');
  const { services } = app.app;
  const [hourly] = housekeepingJobs(services);
  const [nightly] = lifecycleJobs({ ...services, config: { ...services.config, DATABASE_URL: app.database.ownerUrl } });
  const run = { log: services.log, signal: new AbortController().signal } as unknown as JobRun;
  const hour = () => hourly!.run(run, {});
  const nights = async () => {
    await nightly!.run(run, {});
    return (await rows(`select last_at from lifecycle_rule where name = 'orphan_files'`))[0]?.last_at?.getTime();
  };
  const finding = async () => {
    const { status, body } = await operator('GET', '/api/v1/installation');
    assert.equal(status, 200, JSON.stringify(body));
    return body.findings.find(({ check }: { check: string }) => check === 'deletion');
  };
  const inTrash = async () =>
    (await api('GET', '/api/v1/trash?limit=10')).body.data.filter(({ name }: { name: string }) => name === 'Leap')
      .length;
  const { body } = await api('POST', '/api/v1/companies', { name: 'Leap' });
  await api('DELETE', `/api/v1/companies/${body.id}`);
  await rows(`update company set deleted_at = now() - interval '31 days' where id = $1`, [body.id]);
  /** As if the clock had been set ahead since the last run. */
  const leap = () => rows(`update lifecycle_rule set last_at = now() - interval '365 days' where name = 'trash'`);
  const night = await nights();
  await leap();
  await hour();
  assert.equal(await inTrash(), 1, 'its person can have it back');
  assert.equal(await nights(), night, 'the nightly run waits too');
  const { ok, severity, detail } = await finding();
  assert.deepEqual([ok, severity ?? 'page'], [false, 'page']);
  assert.match(detail, /^By the clock of the database nothing ran from \S+Z until now\. .* is deleted from \S+Z on$/);
  await rows(`update lifecycle_rule set last_at = now() + interval '1 year' where name = 'pause'`);
  await rows(`update lifecycle_rule set last_at = now() where name = 'trash'`);
  assert.equal((await finding()).ok, true, 'put right');
  await rows(`update company set deleted_at = now() where id = $1`, [body.id]);
  await hour();
  await rows(`update company set deleted_at = now() - interval '31 days' where id = $1`, [body.id]);
  await leap();
  await hour();
  assert.equal(await inTrash(), 1, 'a second leap is one again');
  await rows(`update lifecycle_rule set last_at = now() - interval '25 hours' where name = 'pause'`);
  // What somebody has locked just then is left to the next run.
  await eventually(async () => {
    await hour();
    return (await inTrash()) === 0;
  });
  assert.equal((await finding()).ok, true);
  assert.notEqual(await nights(), night);
});
