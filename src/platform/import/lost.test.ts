import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, eventually, startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import { follow, importNow, upload } from '../../../test/harness/import.ts';

let app: TestApp;
before(async () => {
  app = await startTestApp();
});
after(() => app.stop());

const csv = 'Company Name\nAcme\n';
const said = /The program stopped each time while this was running/;

async function workspace() {
  const tenant = await app.tenant();
  return { tenant_id: tenant.tenant_id, api: (await tenant.as('admin')).api };
}
const read = async (api: Client, path: string) => (await api('GET', `/api/v1/${path}`)).body;
/** A job of which the last worker that tried it is gone. */
const lose = (tenant_id: string, kind: string, payload: object) =>
  asOwner(
    app,
    `insert into job (tenant_id, kind, payload, state, attempts, worker, lease_until)
      values ($1, $2, $3, 'running', 5, 'gone', clock_timestamp() - interval '1 second')`,
    [tenant_id, kind, payload],
  );
/** It is in a state, and nothing was heard of it for two minutes. */
const silence = (id: string, state: string) =>
  asOwner(
    app,
    `reset role; begin; alter table import disable trigger user; set local role holdfast_system;
      update import set state = '${state}', updated_at = now() - interval '2 minutes' where id = '${id}';
      reset role; alter table import enable trigger user; commit`,
  );

test('an import and its reversal whose worker was lost for good say so, and can be started again', async () => {
  const { tenant_id, api } = await workspace();
  const { body } = await upload(api, [['c.csv', csv]]);
  await asOwner(app, `update import set state = 'running' where id = $1`, [body.id]);
  await lose(tenant_id, 'import.run', { import_id: body.id, dry: false });
  const lost = await eventually(async () => {
    const now = await read(api, `imports/${body.id}`);
    return now.state === 'failed' && now;
  });
  assert.match(lost.error, said);
  assert.equal((await follow(api, body.id, 'runs')).state, 'done');

  await asOwner(app, `update import set state = 'reverting' where id = $1`, [body.id]);
  const reversal = crypto.randomUUID();
  await asOwner(
    app,
    `insert into change (tenant_id, id, kind, of_change, state, total) values ($1, $2, 'import_reversal', $3, 'running', 1)`,
    [tenant_id, reversal, body.id],
  );
  await lose(tenant_id, 'change.run', { change_id: reversal });
  const stopped = await eventually(async () => {
    const now = await read(api, `imports/${body.id}`);
    return now.state === 'done' && now.error && now;
  });
  assert.match(stopped.error, said);
  assert.equal((await follow(api, body.id, 'reversal')).state, 'reverted');
});

test('an import that lost the database with its last attempt says so, and can be started again', async () => {
  const { tenant_id, api } = await workspace();
  const rows = Array.from({ length: 20_000 }, (_, i) => `Company ${i}`).join('\n');
  const { body } = await upload(api, [['c.csv', `Company Name\n${rows}\n`]]);
  await asOwner(app, `update import set state = 'running' where id = $1`, [body.id]);
  await asOwner(
    app,
    `insert into job (tenant_id, kind, payload, state, attempts, attempts_max) values ($1, 'import.run', $2, 'ready', 4, 5)`,
    [tenant_id, { import_id: body.id, dry: false }],
  );
  const job = `select state from job where tenant_id = $1 and kind = 'import.run' and state = $2`;
  await eventually(async () => (await asOwner(app, job, [tenant_id, 'running'])).length > 0);
  // Whoever comes back loses it again, until nobody holds the job any more.
  const cut = `reset role; select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and application_name like 'holdfast%'`;
  const until = Date.now() + 3_000;
  while (Date.now() < until) await asOwner(app, cut);
  const lost = await eventually(async () => {
    const now = await read(api, `imports/${body.id}`).catch(() => undefined);
    return now?.state === 'failed' && now;
  });
  assert.match(lost.error, /^The database became unavailable while this was running.* Start it again/);
  assert.equal((await follow(api, body.id, 'runs')).state, 'done');
});

test('an export whose worker was lost for good says so', async () => {
  const { tenant_id, api } = await workspace();
  const export_id = crypto.randomUUID();
  await asOwner(
    app,
    `insert into export (tenant_id, id, resource, format, state) values ($1, $2, 'company', 'csv', 'running')`,
    [tenant_id, export_id],
  );
  await lose(tenant_id, 'export.make', { export_id });
  const { error } = await eventually(async () => {
    const now = await read(api, `exports/${export_id}`);
    return now.state === 'failed' && now;
  });
  assert.match(error, said);
});

test('an export that is done stays so, though its worker was lost before it could say that', async () => {
  const { tenant_id, api } = await workspace();
  const export_id = crypto.randomUUID();
  await asOwner(
    app,
    `insert into export (tenant_id, id, resource, format, state) values ($1, $2, 'company', 'csv', 'done')`,
    [tenant_id, export_id],
  );
  await lose(tenant_id, 'export.make', { export_id });
  await eventually(async () => {
    const found = `select from job where kind = 'export.make' and state = 'failed' and payload->>'export_id' = $1`;
    return (await asOwner(app, found, [export_id])).length > 0;
  });
  assert.equal((await read(api, `exports/${export_id}`)).state, 'done');
});

test('what runs and is heard of no more says so, by the clock of the database', async (t) => {
  const { api } = await workspace();
  const { body } = await upload(api, [['c.csv', csv]]);
  assert.equal(body.stalled, false);
  await asOwner(app, `update import set state = 'running' where id = $1`, [body.id]);
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 120_000 });
  assert.equal((await read(api, `imports/${body.id}`)).stalled, false, 'it was heard of just now');
  t.mock.timers.reset();
  for (const state of ['dry_running', 'running']) {
    await silence(body.id, state);
    assert.equal((await read(api, `imports/${body.id}`)).stalled, true, state);
  }
  const done = await importNow(api, [['d.csv', csv]]);
  assert.equal((await read(api, `imports/${done.id}`)).stalled, false);
  await asOwner(app, `update import set state = 'reverting' where id = $1`, [done.id]);
  assert.equal((await read(api, `imports/${done.id}`)).stalled, false, 'no job of it has ended');
});

test('an import that was stopped half-way is neither tried out nor changed any more, so that nothing goes in twice and what it made can be taken back', async () => {
  const { api } = await workspace();
  const done = await importNow(api, [['c.csv', csv]]);
  await asOwner(app, `update import set state = 'cancelled' where id = $1`, [done.id]);
  const tried = await api('POST', `/api/v1/imports/${done.id}/dry-runs`);
  const [{ id: file_id }] = done.files as [(typeof done.files)[0]];
  const changed = await api('PATCH', `/api/v1/imports/${done.id}`, { options: { mode: 'create' } });
  const fixes = [{ column: 'Company Name', was: 'Acme', value: 'Beta' }];
  const fixed = await api('POST', `/api/v1/imports/${done.id}/fixes`, { file_id, fixes });
  for (const { status, body } of [tried, changed, fixed]) assert.deepEqual([status, body.code], [409, 'begun']);
  assert.equal((await read(api, `imports/${done.id}`)).files[0].counts.rows, 1);
  assert.equal((await follow(api, done.id, 'reversal')).state, 'reverted');

  const { body } = await upload(api, [['d.csv', csv]]);
  await asOwner(app, `update import set state = 'cancelled' where id = $1`, [body.id]);
  assert.equal((await follow(api, body.id, 'dry-runs')).state, 'ready');
});
