import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { type Client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { asOwner, makePerson, signedIn } from '../../../test/harness/identity.ts';
import { uuidV7 } from '../../kernel/database/uuid.ts';
import type { LogLine } from '../../kernel/logs/line.ts';
import { openPostgresLogStore } from '../../kernel/logs/postgres-log-store.ts';
import type { ErrorReport, ErrorReportDetail } from './contract.ts';
import { groupErrors } from './report.ts';
import { withErrorReports } from './store.ts';

let app: TestApp;
let home: TestTenant;
let operator: Client;
let ann: Client;
let ben: Client;

const base = '/api/v1/installation/errors';
const rows = (text: string, values: unknown[] = []) => asOwner(app, text, values) as Promise<Record<string, unknown>[]>;

before(async () => {
  app = await startTestApp({ LOG_LEVEL: 'warn', ALERTS_EVERY_SECONDS: '1' });
  home = await app.tenant();
  const { user_id } = await home.as('viewer', 'Olga');
  operator = await home.signedIn('viewer', 'Olga');
  [ann, ben] = [(await home.as('admin', 'Ann')).api, (await home.as('admin', 'Ben')).api];
  await rows(`insert into operator (tenant_id, user_id, granted_by) values ($1, $2, 'a test')`, [
    home.tenant_id,
    user_id,
  ]);
  // As a fault of the database would: nothing that the program expects.
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  await owner.query(`create function public.fail() returns trigger language plpgsql as $$
      begin raise exception using errcode = 'XX000', message = format('no room for "%s" of %s', new.name, new.id); end $$;
    create trigger fail before insert on tag for each row when (new.name like 'fail%') execute function public.fail();
    grant execute on function public.fail() to public`);
  await owner.end();
});
after(() => app.stop());

async function list(state = 'open'): Promise<ErrorReport[]> {
  const { status, body } = await operator('GET', `${base}?state=${state}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body.data;
}

const seen = (occurrences: number, state = 'open') =>
  eventually(async () =>
    (await list(state)).find((each) => /no room/.test(each.message) && each.occurrences >= occurrences),
  );

async function detail(id: string): Promise<ErrorReportDetail> {
  return (await operator('GET', `${base}/${id}`)).body;
}

const setState = async (id: string, state: string) =>
  assert.equal((await operator('PATCH', `${base}/${id}`, { state })).status, 204);

const fail = async (who: Client, name: string) => {
  const { status, body } = await who('POST', '/api/v1/tags', { name });
  assert.equal(status, 500);
  assert.equal(
    body.detail,
    `Holdfast ran into an error. Nothing was changed. Tell your administrator this number: ${body.request_id}.`,
  );
  return body.request_id as string;
};

test('an error that people meet is one report, with their requests, and comes back after it was resolved', async () => {
  const ids = [await fail(ann, 'fail one'), await fail(ben, 'fail with ann@north.example')];
  const report = await seen(2);
  assert.equal(report.occurrences, 2);
  assert.equal(report.route, 'POST /api/v1/tags');
  assert.match(report.kind, /XX000/);
  const { latest, people, workspaces } = await detail(report.id);
  assert.deepEqual(latest.map(({ request_id }) => request_id).sort(), ids.sort());
  assert.deepEqual([people, workspaces], [2, 1]);
  assert.ok(!JSON.stringify(latest).includes('ann@'), 'as in the log, nothing personal');

  await setState(report.id, 'resolved');
  const resolved = (await list('resolved')).find(({ id }) => id === report.id)!;
  assert.match(resolved.changed_by!, /^Olga </);
  await fail(ann, 'fail again');
  const again = await seen(3);
  assert.equal(again.id, report.id);
  assert.ok(again.regressed_at);

  await setState(report.id, 'ignored');
  await fail(ben, 'fail once more');
  assert.equal((await seen(4, 'ignored')).id, report.id);
  assert.ok(!(await list()).some(({ id }) => id === report.id));
});

test('an upload that its sender breaks off is no error', async () => {
  const { key } = await home.as('admin', 'Cay');
  const { host, hostname, port } = new URL(app.url);
  for (const path of ['/api/v1/files', '/api/v1/imports', '/api/v1/contacts']) {
    const [taken, sender] = [once(app.app.server!.server, 'connection'), connect(Number(port), hostname)];
    const socket = (await taken)[0] as Socket;
    const form = '--x\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\nName\r\n';
    const [type, begun] = path.endsWith('contacts')
      ? ['application/json', '{"given_name":']
      : ['multipart/form-data; boundary=x', form];
    sender.write(
      `POST ${path} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${key}\r\ncontent-type: ${type}\r\ncontent-length: 5000\r\n\r\n${begun}`,
    );
    await eventually(async () => socket.bytesRead > begun.length);
    sender.resetAndDestroy();
    await eventually(async () => socket.destroyed);
  }
  const later = { name: 'Error', message: 'After that', stack: 'Error: After that\n    at one.js:1:1', address: '/' };
  assert.equal((await ann('POST', '/api/v1/page-errors', later)).status, 202);
  await eventually(async () => (await list()).some(({ message }) => message === 'After that'));
  assert.ok((await list()).every(({ message }) => message !== 'aborted'));
});

test('an answer that its reader breaks off is no error', async () => {
  const { key } = await home.as('admin', 'Cay');
  const { host, hostname, port } = new URL(app.url);
  const data = Array.from({ length: 1_000 }, (_, n) => ({ given_name: `Broken off ${n}`, job_title: 'x'.repeat(150) }));
  for (let page = 0; page < 3; page++)
    assert.equal((await ann('POST', '/api/v1/contacts/bulk', { data: data.slice(0, 500) })).status, 201);
  for (const path of [
    '/api/v1/contacts/export.csv',
    '/api/v1/contacts?limit=200',
    '/api/v1/events',
    '/api/v1/search?q=br',
  ]) {
    const [taken, reader] = [once(app.app.server!.server, 'connection'), connect(Number(port), hostname)];
    const socket = (await taken)[0] as Socket;
    reader.write(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${key}\r\n\r\n`);
    if (path.endsWith('csv')) await once(reader, 'data');
    else await eventually(async () => socket.bytesRead > 0);
    reader.resetAndDestroy();
    await eventually(async () => socket.destroyed);
  }
  const later = { name: 'Error', message: 'After these', stack: 'Error: After these\n    at two.js:1:1', address: '/' };
  assert.equal((await ann('POST', '/api/v1/page-errors', later)).status, 202);
  await eventually(async () => (await list()).some(({ message }) => message === 'After these'));
  const reports = await list();
  assert.ok(
    reports.every(({ kind, message }) => !/abort|reset|premature|closed/i.test(`${kind} ${message}`)),
    JSON.stringify(reports),
  );
});

test('only members report errors of the page, and each only so many', async () => {
  const report = { name: 'Error', message: 'Made up', stack: null, address: '/' };
  const customer = await makePerson(app, home, 'Kim Customer', 'customer');
  const refused = await (await signedIn(app, customer)).send('POST', '/api/v1/page-errors', report);
  assert.equal(refused.status, 403, JSON.stringify(refused.body));
  const dora = await makePerson(app, home, 'Dora Devices', 'viewer');
  const devices = [await signedIn(app, dora), await signedIn(app, dora)];
  const statuses: number[] = [];
  for (let n = 0; n < 22; n++)
    statuses.push(
      (await devices[n % 2]!.send('POST', '/api/v1/page-errors', { ...report, message: `Device ${n}` })).status,
    );
  assert.deepEqual(statuses, [...Array(20).fill(202), 429, 429]);
  assert.ok((await list()).every(({ message }) => message !== 'Made up'));
});

test('only operators see reports', async () => {
  assert.equal((await ann('GET', base)).status, 403);
  assert.equal((await ann('PATCH', `${base}/${uuidV7()}`, { state: 'resolved' })).status, 403);
  assert.equal((await operator('PATCH', `${base}/${uuidV7()}`, { state: 'resolved' })).status, 404);
});

test('what the page reports stands beside them, without what is personal in it', async () => {
  const stack = (script: string) =>
    `TypeError: x is not a function for ben@north.example\n    at Ze (https://crm.example/assets/${script}.js:1:3141)\n    at https://crm.example/assets/vendor-12345678.js:2:7`;
  for (const script of ['ContactPage-abcdefgh', 'ContactPage-ijklmnop']) {
    const body = {
      name: 'TypeError',
      message: 'x is not a function for ben@north.example at https://crm.example/contacts?q=Rosalind#tab',
      stack: `${stack(script)}\n    at https://crm.example/contacts?q=Rosalind:3:1`,
      address: '/contacts?q=Rosalind',
    };
    assert.equal((await ann('POST', '/api/v1/page-errors', body)).status, 202);
  }
  const report = await eventually(async () => (await list()).find(({ location }) => location?.includes('ContactPage')));
  assert.deepEqual([report.kind, report.location], ['PageError TypeError', 'Ze (assets/ContactPage.js)']);
  await eventually(async () => (await detail(report.id)).latest.length === 2);
  assert.ok(!/ben@|Rosalind/.test(JSON.stringify(await detail(report.id))));
  assert.equal((await app.client()('POST', '/api/v1/page-errors', {})).status, 401);
});

const lineOf = (message: string, stack: string | null = null): LogLine => ({
  id: uuidV7(),
  at: new Date().toISOString(),
  level: 50,
  tenant_id: null,
  user_id: null,
  route: 'job mail.send',
  request_id: null,
  trace_id: null,
  process: 'worker@test:1',
  message: 'job did not succeed',
  data: JSON.stringify({ err: { type: 'Error', message, stack } }),
});

test('a batch whose answer was lost is sent again and counted once', async () => {
  const store = withErrorReports(openPostgresLogStore({ url: app.database.appUrl, days: 30 }), {
    databaseUrl: app.database.appUrl,
    version: '9.9.9',
  });
  const lines = Array.from({ length: 50 }, (_, n) => lineOf(`The queue ${n} is lost`));
  await store.append(lines);
  await store.append(lines);
  // What came meanwhile is sent with it.
  const more = Array.from({ length: 5 }, (_, n) => lineOf(`The queue ${n} is lost`));
  await store.append([...lines, ...more]);
  const counted = async () => (await list()).find(({ message }) => /The queue/.test(message))!.occurrences;
  assert.equal(await counted(), 55);
  const many = Array.from({ length: 25 }, (_, n) => lineOf(`The queue ${n} is lost`));
  await store.append([...more, ...many]);
  await store.close();
  const found = (await list()).find(({ message }) => /The queue/.test(message))!;
  assert.equal(found.occurrences, 80);
  assert.equal((await detail(found.id)).latest.length, 20, 'the latest');
});

test('ids, numbers and names do not make another error of it; another place does', () => {
  const stack = (name: string, line: number) =>
    `Error: x\n    at ${name} (file:///srv/holdfast/src/kernel/store.ts:${line}:3)\n    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)`;
  const of = (...lines: LogLine[]) => groupErrors(lines, '1').length;
  assert.equal(of(lineOf('no 1 in "a"', stack('read', 1)), lineOf('no 22 in "b"', stack('read', 99))), 1);
  assert.equal(of(lineOf('no 1 in "a"', stack('read', 1)), lineOf('no 1 in "a"', stack('write', 1))), 2);
});

test('a flood of different errors is bounded, and none is left uncounted', () => {
  const words = (n: number) => [...String(n)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
  const lines = Array.from({ length: 2_000 }, (_, n) => lineOf(`broken ${words(n)}x`));
  const groups = groupErrors(lines, '1');
  assert.equal(groups.length, 201);
  assert.equal(
    groups.reduce((sum, { occurrences }) => sum + occurrences, 0),
    2_000,
  );
});

test('a cause that is new, or that came back, is an alert; what somebody deals with is none', async () => {
  const path = '/api/v1/installation';
  const limits = { enabled: true, threshold: 0, for_seconds: 0, keep_seconds: 0, reason: 'For a test' };
  assert.equal((await operator('PUT', `${path}/alert-rules/HoldfastErrorNew`, limits)).status, 204);
  const fires = async () => {
    const { firing } = (await operator('GET', `${path}/alerts`)).body;
    return firing.find(({ rule }: { rule: string }) => rule === 'HoldfastErrorNew');
  };
  const quiet = () => eventually(async () => !(await fires()));
  // A look that began before the reports go may still tell of them: the alert ends with one that saw none.
  await rows(`update error_report set state = 'open', first_seen_at = now()`);
  await eventually(fires);
  await rows('delete from error_report');
  await quiet();
  const fail = () => ann('POST', '/api/v1/tags', { name: 'fail once more' });
  assert.equal((await fail()).status, 500);
  const { detail: said } = await eventually(fires);
  assert.match(
    said,
    /^Kinds of errors seen for the first time in the last ten minutes, or again after they were resolved: 1\./,
  );
  const { id } = await seen(1);
  await setState(id, 'resolved');
  await quiet();
  await rows(`update error_report set first_seen_at = now() - interval '1 hour'`);
  await fail();
  await eventually(fires);
  assert.ok((await seen(2)).regressed_at);
  await setState(id, 'ignored');
  await quiet();
});

test('an error that is cut within a character is reported', () => {
  for (const before of ['', 'a']) {
    const odd = `${before}${'😀'.repeat(8_000)}`;
    const text = JSON.stringify(groupErrors([lineOf(odd, `Error: ${odd}`)], '9'));
    assert.ok(!/\\ud[89a-f]/.test(text), text.slice(0, 2_000).slice(-100));
  }
});

test('what the database does not take keeps no other line from the store', async () => {
  const store = withErrorReports(openPostgresLogStore({ url: app.database.appUrl, days: 30 }), {
    databaseUrl: app.database.appUrl,
    version: '9.9.9',
  });
  const good = lineOf('A good line');
  const none = { ...lineOf('No line'), message: '\ud83d' };
  const late = { ...lineOf('Not a time'), at: 'yesterday or so', level: 40 };
  await store.append([{ ...lineOf('x'.repeat(40)), level: 30 }, none, good, late]);
  await store.close();
  const stored = await rows('select id, message, level from log_line where id = any ($1) or message like $2', [
    [good.id, none.id, late.id],
    'a line of the log was not stored%',
  ]);
  assert.equal(stored.filter(({ id }) => id === good.id).length, 1);
  assert.equal(stored.filter(({ level }) => level === 40).length, 2);
});

test('what nobody deals with any more, or any member can send, takes no room from new errors', async () => {
  await rows('delete from error_report');
  const fill = (count: number, state: string, route: string) =>
    rows(
      `insert into error_report (fingerprint, kind, message, route, state, occurrences, first_seen_at, last_seen_at, first_version,
        last_version, changed_at, changed_by)
       select encode(sha256(format('%s %s', $2::text, i)::bytea), 'hex'), 'Error', 'Old', $3, $2, 1, now() - interval '2 days',
         now() - interval '1 day', '1', '1', now(), 'a test'
       from generate_series(1, $1::int) i`,
      [count, state, route],
    );
  await fill(2_001, 'resolved', 'job mail.send');
  await fill(500, 'open', 'POST /api/v1/page-errors');
  await fail(ann, 'fail in the crowd');
  assert.match((await seen(1)).kind, /XX000/);
  const { body } = await operator('GET', base);
  assert.equal(body.counts.resolved, 2_000, 'the oldest went');
  const page = { name: 'RangeError', message: 'of the page', stack: null, address: '/contacts' };
  assert.equal((await ann('POST', '/api/v1/page-errors', page)).status, 202);
  await eventually(async () => (await list()).some(({ kind }) => kind === 'More kinds of errors than are listed'));
  assert.ok(!(await list()).some(({ kind }) => /RangeError/.test(kind)));
});
