import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { after, before, mock, test } from 'node:test';
import pg from 'pg';
import { Webhook } from 'standardwebhooks';
import { alertsFor, installation as base, type ListedAlert } from '../../../test/harness/alerts.ts';
import { type Client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import { type Receiver, startReceiver } from '../../../test/harness/receiver.ts';
import { sql } from '../../kernel/database/database.ts';
import { type MailSink, startMailSink } from '../../kernel/mail/sink.ts';
import { systemActor, withContext } from '../../kernel/tenancy/context.ts';

let app: TestApp;
let home: TestTenant;
let operator: Client;
let sink: MailSink;
let receiver: Receiver;

const { done, listed: alerts, set, fires, over: ends } = alertsFor((...call) => operator(...call));
const rows = (text: string, values: unknown[] = []) => asOwner(app, text, values) as Promise<Record<string, never>[]>;

before(async () => {
  [sink, receiver] = await Promise.all([startMailSink(), startReceiver()]);
  app = await startTestApp({
    ALERTS_EVERY_SECONDS: '1',
    ALLOW_PRIVATE_NETWORKS: 'true',
    SMTP_URL: sink.url,
    PUBLIC_URL: 'https://crm.example',
    DATABASE_CONNECTIONS_MAX: '5',
    RATE_LIMIT_ADDRESS_PER_MINUTE: '1000000',
  });
  home = await app.tenant();
  const { user_id } = await home.as('viewer', 'Olga');
  operator = await home.signedIn('viewer', 'Olga');
  await rows(`insert into operator (tenant_id, user_id, granted_by) values ($1, $2, 'a test')`, [
    home.tenant_id,
    user_id,
  ]);
});
after(async () => {
  await app.stop();
  await Promise.all([sink.close(), receiver.stop()]);
});

const mailsOf = (words: string) => sink.messages().filter(({ text }) => text.includes(words));

test('nobody but operators sees alerts, in the database either', async () => {
  const administrator = await home.signedIn('admin', 'Ada');
  for (const path of ['alerts', 'alert-receivers', 'alert-rules'])
    assert.equal((await administrator('GET', `${base}/${path}`)).status, 403);
  const caller = new pg.Client({ connectionString: app.database.appUrl });
  await caller.connect();
  try {
    for (const [kind, tenant] of [
      ['system', home.tenant_id],
      ['user', home.tenant_id],
      ['user', '00000000-0000-0000-0000-000000000000'],
    ]) {
      await caller.query('begin');
      await caller.query(`select set_config('app.actor_kind', $1, true), set_config('app.tenant_id', $2, true)`, [
        kind,
        tenant,
      ]);
      for (const table of ['alert', 'alert_rule', 'alert_silence', 'alert_receiver', 'alert_message'])
        assert.equal((await caller.query(`select from ${table}`)).rowCount, 0, table);
      await assert.rejects(caller.query(`insert into alert_rule (rule) values ('x')`), { code: '42501' });
      await caller.query('rollback');
    }
  } finally {
    await caller.end();
  }
});

test('used-up connections are told of over another', async () => {
  await set('HoldfastPoolExhausted');
  const { pool } = app.app.services.db;
  const held = await Promise.all(Array.from({ length: 5 }, () => pool.connect()));
  const state = async () =>
    (await rows(`select state from alert where rule = 'HoldfastPoolExhausted'`))[0]?.state as unknown;
  try {
    await eventually(async () => (await state()) === 'firing', 8_000);
  } finally {
    for (const client of held) client.release();
  }
  await ends('HoldfastPoolExhausted');
  assert.equal(await state(), 'resolved');
  await set('HoldfastPoolExhausted', { enabled: false });
});

test('limits and receivers that somebody else changed meanwhile are not overwritten', async () => {
  const name = 'HoldfastDiskFull';
  const rule = async () =>
    (await operator('GET', `${base}/alert-rules`)).body.data.find((each: { name: string }) => each.name === name);
  const limits = { enabled: false, threshold: 0.1, for_seconds: 0, keep_seconds: 0, reason: 'For a test' };
  const put = (threshold: number, version: number) =>
    operator('PUT', `${base}/alert-rules/${name}`, { ...limits, threshold }, { 'if-match': `"${version}"` });
  assert.equal((await rule()).version, 0, 'nobody has set it');
  assert.equal((await put(0.1, 7)).status, 412);
  assert.deepEqual([(await put(0.1, 0)).status, (await rule()).version], [204, 1]);
  const late = await put(0.3, 0);
  assert.deepEqual([late.status, late.body.code, late.body.current.version], [412, 'stale', 1]);
  assert.deepEqual([(await rule()).threshold, (await put(0.2, 1)).status, (await rule()).version], [0.1, 204, 2]);
  await rows('delete from alert_rule where rule = $1', [name]);

  const mailed = { name: 'Night', kind: 'email', email: 'night@example.com', reason: 'For a test' };
  const { id } = await done('POST', 'alert-receivers', mailed, 201);
  const patch = (change: object, version?: string) =>
    operator(
      'PATCH',
      `${base}/alert-receivers/${id}`,
      { ...change, reason: 'For a test' },
      version ? { 'if-match': version } : {},
    );
  assert.equal((await patch({ name: 'Day' }, '"1"')).status, 204);
  const stale = await patch({ name: 'Noon' }, '"1"');
  assert.deepEqual([stale.status, stale.body.current.name, stale.body.current.version], [412, 'Day', 2]);
  assert.equal((await patch({ after_minutes: 5 })).status, 204, 'without a version');
  await done('POST', `alert-receivers/${id}/deletion`, { reason: 'No longer' }, 204);
});

test('a long search for duplicates delays no alert', async () => {
  const { db } = app.app.services;
  const search = new AbortController();
  const patience = { ms: 60_000, signal: search.signal };
  const searching = withContext(db, systemActor(home.tenant_id), ({ tx }) => tx.run(sql`select pg_sleep(60)`), {
    patience,
  });
  const ended = assert.rejects(searching);
  await set('HoldfastTransactionLong', { threshold: 1 });
  try {
    await fires('HoldfastTransactionLong');
  } finally {
    search.abort();
    await ended;
  }
  await ends('HoldfastTransactionLong');
  await set('HoldfastTransactionLong', { enabled: false });
});

test('what goes wrong together is one message at each receiver, and another when it is over', async () => {
  await done(
    'POST',
    'alert-receivers',
    { name: 'On call', kind: 'email', email: 'on.call@ops.example', reason: 'Nights' },
    201,
  );
  const hook = { name: 'Alertmanager', kind: 'webhook', url: `${receiver.url}/am`, reason: 'One place' };
  const { secret } = await done('POST', 'alert-receivers', hook, 201);
  await done(
    'POST',
    'alert-receivers',
    { name: 'Chat', kind: 'slack', url: `${receiver.url}/services/T0/secret`, reason: 'All see' },
    201,
  );
  const listed = (await operator('GET', `${base}/alert-receivers`)).body;
  assert.ok(!JSON.stringify(listed).includes('services/T0'), 'the address is the secret of Slack');
  assert.ok(!JSON.stringify(listed).includes(secret));

  // Each condition is real: a statement runs, connections are used up, somebody guesses passwords, a job is in doubt,
  // an event was set aside.
  for (const rule of ['HoldfastJobsInDoubt', 'HoldfastFeedSetAside']) await set(rule);
  await set('HoldfastStatementLong', { threshold: 1 });
  await set('HoldfastSignInsFail', { threshold: 5 });
  const blocked = new pg.Client({ connectionString: app.database.appUrl });
  await blocked.connect();
  const running = blocked.query('select pg_sleep(60)').catch(() => {});
  const guess = { email: 'somebody@example.com', password: 'wrong' };
  for (let n = 0; n < 8; n++) await app.client()('POST', '/api/v1/sign-in', guess);
  await rows(
    `insert into job (tenant_id, kind, payload, state, attempts, finished_at) values ($1, 'x', '{}', 'in_doubt', 1, now())`,
    [home.tenant_id],
  );
  const statement = await fires('HoldfastStatementLong');
  assert.match(statement.detail, /^A statement has run for [\d.]+ s\.$/);
  await fires('HoldfastSignInsFail');
  await fires('HoldfastJobsInDoubt');
  const first = await eventually(async () => mailsOf('A statement has run for')[0]);
  assert.match(first.subject, /^\[Holdfast FIRING\] /);
  assert.match(first.text, /https:\/\/crm\.example\/settings\/alerts/);
  assert.match(first.headers.get('message-id')!, /^<alert-[0-9a-f-]{36}@crm\.example>$/);
  const posted = await eventually(async () => receiver.received.find(({ path }) => path === '/am'));
  const payload = new Webhook(secret).verify(posted.text, posted.headers as Record<string, string>) as {
    status: string;
  };
  assert.equal(payload.status, 'firing');
  const postedOf = (rule: string, status: string) =>
    receiver.received.filter(
      ({ path, body }) => path === '/am' && body.groupLabels.alertname === rule && body.status === status,
    );
  await eventually(async () => postedOf('HoldfastStatementLong', 'firing').length > 0);
  await eventually(async () =>
    receiver.received.some(({ path, body }) => path === '/services/T0/secret' && /FIRING/.test(body.text)),
  );

  const all = ['HoldfastStatementLong', 'HoldfastJobsInDoubt', 'HoldfastSignInsFail'];
  const isTold = ({ rule, messages }: ListedAlert) => !all.includes(rule) || messages === 3;
  await eventually(async () => (await alerts()).firing.every(isTold));
  await app.app.services.db.call(
    sql`select pg_cancel_backend(pid) from pg_stat_activity where query = 'select pg_sleep(60)' and datname = current_database()`,
  );
  await running;
  await blocked.end();
  await rows(`update job set state = 'cancelled' where state = 'in_doubt'`);
  await set('HoldfastSignInsFail', { threshold: 1000 });
  for (const rule of all) await ends(rule);
  await eventually(async () => mailsOf('It was: A statement has run for').length > 0);
  const [began, over] = await eventually(async () => {
    const both = [postedOf('HoldfastStatementLong', 'firing'), postedOf('HoldfastStatementLong', 'resolved')];
    return both.every(({ length }) => length === 1) && both.map(([one]) => one!.body);
  });
  assert.equal(began.groupKey, '{}:{alertname="HoldfastStatementLong", severity="ticket"}');
  assert.deepEqual([over.groupKey, over.alerts.length], [began.groupKey, 1], 'what was opened is closed by its key');
  // Several looks later there is one alert of each, told once.
  const { resolved } = await alerts();
  for (const rule of all)
    assert.deepEqual(
      resolved.filter((each) => each.rule === rule).map(({ messages }) => messages),
      [3],
      rule,
    );
  assert.equal(mailsOf('A statement has run for').filter(({ subject }) => /FIRING/.test(subject)).length, 1);
});

test('a receiver that hangs delays nobody, is tried again under the same id, and the page says so', async () => {
  const hook = { name: 'Hangs', kind: 'webhook', url: `${receiver.url}/hangs`, reason: 'It may' };
  const { id } = await done('POST', 'alert-receivers', hook, 201);
  receiver.answer(({ path }, response) => void (path === '/hangs' || response.writeHead(204).end()));
  const mails = mailsOf('This is a test').length;
  const before = Date.now();
  for (const each of (await operator('GET', `${base}/alert-receivers`)).body.data)
    await done('POST', `alert-receivers/${each.id}/tests`, {}, 202);
  await eventually(async () => mailsOf('This is a test').length > mails, 10_000);
  assert.ok(Date.now() - before < 10_000);
  await eventually(async () => receiver.received.some(({ path }) => path === '/hangs'));
  const listed = async () =>
    (await operator('GET', `${base}/alert-receivers`)).body.data.find((each: { id: string }) => each.id === id);
  const failed = await eventually(async () => {
    const { last, waiting } = await listed();
    return waiting === 1 && last;
  });
  assert.deepEqual([failed.state, failed.error, failed.kind], ['waiting', 'timeout', 'test']);
  receiver.answer((_, response) => void response.writeHead(204).end());
  await rows(`update alert_message set next_at = now() where state = 'waiting'`);
  await eventually(async () => (await listed()).last.state === 'sent');
  const tries = receiver.received.filter(({ path }) => path === '/hangs').map(({ headers }) => headers['webhook-id']);
  assert.deepEqual(tries, [tries[0], tries[0]]);
  await done('POST', `alert-receivers/${id}/deletion`, { reason: 'No longer' }, 204);
});

test('silenced nobody is told; acknowledged it is not escalated; each is written down with its reason', async () => {
  const second = {
    name: 'Boss',
    kind: 'email',
    email: 'boss@ops.example',
    after_minutes: 15,
    reason: 'When nobody wakes',
  };
  await done('POST', 'alert-receivers', second, 201);
  await done('POST', 'alert-silences', { rule: 'HoldfastJobsInDoubt', minutes: 60, reason: 'Known' }, 204);
  const mails = () => sink.messages().filter(({ subject }) => /FIRING.*in doubt/.test(subject));
  const before = mails().length;
  await rows(
    `insert into job (tenant_id, kind, payload, state, attempts, finished_at) values ($1, 'x', '{}', 'in_doubt', 1, now())`,
    [home.tenant_id],
  );
  const { id } = await fires('HoldfastJobsInDoubt');
  await rows(`update alert set fired_at = fired_at - interval '1 hour' where id = $1`, [id]);
  assert.equal(mails().length, before);
  assert.equal((await operator('POST', `${base}/alerts/${id}/acknowledgement`, { reason: ' ' })).status, 422);
  await done('POST', `alerts/${id}/acknowledgement`, { reason: 'I look' }, 204);
  assert.equal((await operator('POST', `${base}/alerts/${id}/acknowledgement`, { reason: 'Me too' })).status, 409);
  const [silenced] = (await operator('GET', `${base}/alerts`)).body.silences;
  await done('POST', `alert-silences/${silenced.id}/end`, { reason: 'Enough' }, 204);
  await eventually(async () => mails().length > before, 10_000);
  assert.ok(mails().every(({ to }) => !to.includes('boss@ops.example')));
  await rows(`update alert set acknowledged_at = null, acknowledged_by = null where id = $1`, [id]);
  await eventually(async () => mails().some(({ to }) => to.includes('boss@ops.example')), 10_000);
  const { findings } = (await operator('GET', base)).body;
  const found = findings.find(({ check }: { check: string }) => check === 'alerts');
  assert.match(found.detail, /^Firing: .*in doubt/);
  const { data } = (await operator('GET', `${base}/actions`)).body;
  const reasons = data.map(({ reason }: { reason: string }) => reason);
  for (const reason of ['Known', 'I look', 'Enough', 'When nobody wakes']) assert.ok(reasons.includes(reason), reason);
  await rows(`update job set state = 'cancelled' where state = 'in_doubt'`);
  await ends('HoldfastJobsInDoubt');
});

test('the disk below the limit that operators set is an alert', async () => {
  await set('HoldfastDiskFull', { threshold: 1.1 });
  assert.match((await fires('HoldfastDiskFull')).detail, /% of the disk of the data directory at .+ is free/);
  await set('HoldfastDiskFull', { threshold: 0.001 });
  await ends('HoldfastDiskFull');
});

test('workers of a machine have numbers, which one that starts again has again', { timeout: 60_000 }, async () => {
  const instances = async () =>
    (await alerts()).firing.flatMap(({ rule, labels }) => (rule === 'HoldfastDiskFull' ? labels.instance : []));
  const worker = (number: number) => `${hostname()} worker ${number}`;
  const begin = async (number: number) => {
    const node = await app.secondNode({ HOLDFAST_ROLE: 'worker' });
    await eventually(async () => (await instances()).includes(worker(number)));
    return node;
  };
  await set('HoldfastDiskFull', { threshold: 1.1 });
  const first = await begin(1);
  const second = await begin(2);
  await first.stop();
  await rows('delete from alert where labels ->> $1 = $2', ['instance', worker(1)]);
  const again = await begin(1);
  assert.deepEqual((await instances()).filter((name) => / worker /.test(name!)).sort(), [worker(1), worker(2)]);
  await Promise.all([second.stop(), again.stop()]);
  await rows(`delete from alert where labels ->> 'instance' like '% worker %'`);
  await set('HoldfastDiskFull', { threshold: 0.001 });
  await ends('HoldfastDiskFull');
});

test('a process whose clock is ahead ends no alert that another looks at, and begins none in the future', {
  timeout: 60_000,
}, async () => {
  await rows(
    `insert into alert (rule, labels, severity, state, value, started_at, fired_at, seen_at)
     values ('HoldfastDiskFull', '{"instance": "elsewhere:3000"}', 'page', 'firing', 0.1, now(), now(), now())`,
  );
  const firing = async (isElsewhere: boolean) =>
    (await alerts()).firing.some(
      ({ rule, labels }) => rule === 'HoldfastDiskFull' && (labels.instance === 'elsewhere:3000') === isElsewhere,
    );
  mock.timers.enable({ apis: ['Date'], now: Date.now() + 3_600_000 });
  try {
    await set('HoldfastDiskFull', { threshold: 1.1 });
    await eventually(() => firing(false));
  } finally {
    mock.timers.reset();
  }
  assert.equal(await firing(true), true);
  assert.deepEqual(await rows(`select from alert where started_at > now() + interval '1 minute'`), []);
  await rows(`delete from alert where labels ->> 'instance' = 'elsewhere:3000'`);
  await set('HoldfastDiskFull', { threshold: 0.001 });
  await ends('HoldfastDiskFull');
});

test('a message that failed holds no other back, waits some minutes, and is given up with its receiver', async () => {
  const hook = { name: 'Refuses', kind: 'webhook', url: `${receiver.url}/refuses`, reason: 'It may' };
  const { id } = await done('POST', 'alert-receivers', hook, 201);
  const sent = () => receiver.received.filter(({ path }) => path === '/refuses').length;
  const waiting = async (kind: string) =>
    (await asOwner(
      app,
      `select extract(epoch from next_at - now())::float8 as seconds from alert_message where receiver_id = $1 and state = 'waiting'
        and kind = $2`,
      [id, kind],
    )) as { seconds: number }[];
  const insert = (kind: string, failures: number) =>
    rows(
      `insert into alert_message (receiver_id, kind, alert_ids, attempt_count)
       values ($1, $2, array(select id from alert where fired_at is not null limit 1), $3)`,
      [id, kind, failures],
    );
  receiver.answer(({ path }, response) => void response.writeHead(path === '/refuses' ? 500 : 204).end());
  // The clock of this process is wrong: the database's says how old a message is, and when it is sent again.
  mock.timers.enable({ apis: ['Date'], now: Date.now() + 25 * 3_600_000 });
  try {
    await insert('firing', 8);
    const seconds = await eventually(async () => {
      const [failed] = await waiting('firing');
      return sent() > 0 && failed && failed.seconds > 10 && failed.seconds;
    });
    assert.ok(seconds < 360, `${seconds}`);
  } finally {
    mock.timers.reset();
  }
  const { headers } = receiver.received.find(({ path }) => path === '/refuses')!;
  assert.ok(Math.abs(Number(headers['webhook-timestamp']) * 1_000 - Date.now()) < 60_000);
  receiver.answer((_, response) => void response.writeHead(204).end());
  await insert('resolved', 0);
  await done('POST', `alert-receivers/${id}/tests`, {}, 202);
  await eventually(async () => (await waiting('test')).length === 0);
  assert.ok((await waiting('resolved')).length > 0, 'what ended is told after that it began');
  await done('PATCH', `alert-receivers/${id}`, { enabled: false, reason: 'No longer' }, 204);
  const givenUp = () =>
    eventually(async () => {
      const listed = (await operator('GET', `${base}/alert-receivers`)).body.data;
      const { last, waiting: left } = listed.find((each: { id: string }) => each.id === id);
      return left === 0 && last.state === 'failed' && last.error === 'receiver_off';
    }, 10_000);
  await givenUp();
  // As if it had been added, or failed, while the receiver was switched off.
  await insert('firing', 1);
  await givenUp();
  await done('POST', `alert-receivers/${id}/deletion`, { reason: 'No longer' }, 204);
});
