import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../../test/harness/app.ts';
import { asOwner, whileChanging } from '../../../../test/harness/identity.ts';
import { type Mail, type MailSink, startMailSink } from '../../../kernel/mail/sink.ts';
import { nextTime } from './rhythm.ts';

let app: TestApp;
let sink: MailSink;
let tenant: TestTenant;
/** Whose mailbox is gone. */
const refused = new Set<string>();
before(async () => {
  sink = await startMailSink({
    onRcptTo: ({ address }, _session, done) =>
      done(refused.has(address) ? Object.assign(new Error('No such mailbox'), { responseCode: 550 }) : null),
  });
  app = await startTestApp({ SMTP_URL: sink.url, PUBLIC_URL: 'https://crm.example' });
  tenant = await app.tenant('north');
});
after(async () => {
  await app.stop();
  await sink.close();
});

const made = async (api: Client, path: string, body: object) => {
  const answer = await api('POST', `/api/v1/${path}`, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
};
const mailsTo = (name: string): Mail[] => sink.messages().filter(({ to }) => to.includes(`${name}@north.example`));
const jobs = async (states: string) => {
  const sql = `select count(*)::int as n from job where kind = 'dashboard.mail' and state in (${states})`;
  return ((await asOwner(app, sql)) as { n: number }[])[0]!.n;
};
/** As if the time of every dashboard had come. */
async function time(): Promise<void> {
  await asOwner(app, `update dashboard_mailing set next_at = date_trunc('milliseconds', now() - interval '1 minute')`);
  await asOwner(
    app,
    `update job set state = 'ready', run_at = now(), payload = jsonb_set(payload, '{at}',
      to_jsonb(to_char(m.next_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
      from dashboard_mailing m where job.kind = 'dashboard.mail' and job.state = 'scheduled' and m.id::text = job.payload ->> 'id'`,
  );
  await eventually(async () => (await jobs(`'ready', 'running'`)) === 0);
}

test('a dashboard goes to each with the figures that each may see, once, until one click ends it', async () => {
  const boss = await tenant.as('manager', 'boss');
  const ann = await tenant.as('advisor', 'ann');
  await made(boss.api, 'deals', { name: 'Big', amount: '900.00' });
  await made(ann.api, 'deals', { name: '=Own', amount: '12.50' });
  await made(boss.api, 'deals', { name: 'Abroad', amount: '100.00', currency: 'EUR' });
  await made(boss.api, 'deals', { name: 'Far away', amount: '7.00', currency: 'CHF' });
  const admin = await tenant.as('admin', 'admin');
  await made(admin.api, 'currency-rates', { currency: 'EUR', valid_on: '2020-01-01', rate: '1.105' });
  const { id: dashboard_id } = await made(boss.api, 'dashboards', { name: 'Monday, first thing' });
  const tile = { dashboard_id, range: 'all', period: 'month' };
  await made(boss.api, 'dashboard-tiles', { ...tile, figure: 'open_value', grouping: 'none', chart: 'number' });
  await made(boss.api, 'dashboard-tiles', {
    ...tile,
    figure: 'win_rate',
    grouping: 'none',
    chart: 'number',
    title: '=SUM(A1)',
  });
  const mailing = { dashboard_id, recipient_id: ann.user_id, rhythm: 'weekly', hour: 7 };
  const unshared = await boss.api('POST', '/api/v1/dashboard-mailings', mailing);
  assert.equal(unshared.body.errors[0].code, 'not_shared');
  await boss.api('PATCH', `/api/v1/dashboards/${dashboard_id}`, { shared: true });
  const { id, next_at } = await made(boss.api, 'dashboard-mailings', mailing);
  assert.equal(new Date(next_at).getUTCDay(), 1);
  await made(boss.api, 'dashboard-mailings', { ...mailing, recipient_id: boss.user_id });

  await time();
  const [own] = mailsTo('ann');
  assert.equal(own!.subject, 'Monday, first thing');
  assert.match(own!.html, /\$12\.50/);
  assert.match(own!.text, /=SUM\(A1\) \(all time\)\n {2}Win rate: nothing yet/);
  assert.doesNotMatch(own!.html, /912\.50|900\.00|1,023\.00/);
  const [all] = mailsTo('boss');
  assert.match(all!.text, /Open value: \$1,023\.00\n {2}Not included, because a rate is missing: CHF.7\.00/);
  assert.match(all!.text, /Set rates of currencies: https:\/\/crm\.example\/settings\/currency-rates/);
  assert.doesNotMatch(own!.text, /rates? of/);
  assert.match(
    all!.attachments[0]!.text,
    /Open value,Open value,1023\.00,USD,4,\r\nOpen value,Open value,7\.00,CHF,4,/,
  );
  const [csv] = own!.attachments;
  assert.equal(csv!.filename, 'Monday-first-thing.csv');
  assert.equal(
    csv!.text,
    `\ufeffFigure,Of,Value,Currency,Records,Conversion\r\nOpen value,Open value,12.50,USD,1,\r\n'=SUM(A1),Win rate,,,0,\r\n`,
  );
  assert.equal(mailsTo('ann').length, 1);
  assert.equal(await jobs(`'scheduled'`), 2, 'the next ones wait');

  // The same job again, as after a crash of the worker: its time has been noted as done.
  await asOwner(
    app,
    `update job set state = 'ready', run_at = now(), dedupe_key = null where kind = 'dashboard.mail' and state = 'done'`,
  );
  await eventually(async () => (await jobs(`'ready', 'running'`)) === 0);
  assert.equal(mailsTo('ann').length, 1);

  const stop = /^<https:\/\/crm\.example(.*)>$/.exec(own!.headers.get('list-unsubscribe')!)![1]!;
  const clicked = await fetch(app.url + stop, {
    method: 'POST',
    body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
  });
  assert.equal(clicked.status, 200, await clicked.text());
  assert.equal((await boss.api('GET', `/api/v1/dashboard-mailings/${id}`)).status, 404);
  await time();
  assert.deepEqual([mailsTo('ann').length, mailsTo('boss').length], [1, 2]);
});

test('the overview, which is nobody’s, is mailed like any other, in the language of whoever gets it', async () => {
  const tenant = await app.tenant('south');
  const boss = await tenant.as('manager', 'boss');
  const fay = await tenant.as('advisor', 'fay');
  await asOwner(app, `update user_account set locale = 'de-DE' where id = '${fay.user_id}'`);
  // Before there is a pipeline, the first deal brings one.
  await made(boss.api, 'deals', { name: 'First', amount: '0.00' });
  const [first, second] = (await boss.api('GET', '/api/v1/pipelines')).body.data[0].stages;
  const big = await made(boss.api, 'deals', { name: 'Big', amount: '900.00', stage_id: first.id });
  await made(fay.api, 'deals', { name: 'Own', amount: '12.50', stage_id: first.id });
  const moved = await boss.api('PATCH', `/api/v1/deals/${big.id}`, { stage_id: second.id });
  assert.equal(moved.status, 200, JSON.stringify(moved.body));
  const mailing = { dashboard_id: null, rhythm: 'monthly', hour: 6 };
  const { id } = await made(boss.api, 'dashboard-mailings', { ...mailing, recipient_id: fay.user_id });
  await made(boss.api, 'dashboard-mailings', { ...mailing, recipient_id: boss.user_id });
  const twice = await boss.api('POST', '/api/v1/dashboard-mailings', { ...mailing, recipient_id: boss.user_id });
  assert.equal(twice.status, 409);
  const filter = encodeURIComponent(JSON.stringify({ field: 'dashboard_id', op: 'is_empty' }));
  assert.equal((await boss.api('GET', `/api/v1/dashboard-mailings?filter=${filter}`)).body.data.length, 2);
  await time();
  const to = (name: string) => sink.messages().filter(({ to }) => to.includes(`${name}@south.example`));
  const [[german], [english]] = [to('fay'), to('boss')];
  assert.deepEqual([german!.subject, english!.subject], ['Übersicht', 'Overview']);
  assert.match(german!.text, /12,50\s€|12,50\s\$/);
  assert.doesNotMatch(german!.text, /900,00|912,50/);
  assert.match(english!.text, /Open value: \$912\.50/);
  assert.match(english!.text, /Weighted forecast \(By period · now\)/);
  assert.ok(english!.text.includes(`${first.name}: 3 (33.3%)\n  ${second.name}: 1 (0%)`), english!.text);
  assert.ok(english!.attachments[0]!.text.includes(`Conversion,${first.name},3,,3,33.3%\r\n`));
  assert.match(english!.text, /https:\/\/crm\.example\/dashboard\n/);
  const [sales] = (await boss.api('GET', '/api/v1/pipelines')).body.data;
  await made(boss.api, 'pipelines', { name: 'Partners' });
  // Figures may be kept for a moment: those that were mailed, for the days that were mailed.
  const mailed = '/api/v1/analytics/dashboard?range=last_12_months';
  const figures = async () => (await boss.api('GET', mailed)).body.by_stage;
  await eventually(async () =>
    (await figures()).some((of: { pipeline: { name: string } }) => of.pipeline.name === 'Partners'),
  );
  await time();
  const [, later] = to('boss');
  assert.ok(later!.text.includes(`${sales.name}: ${first.name}: 3 (33.3%)`), later!.text);
  assert.ok(later!.text.includes(`Partners: ${first.name}: 0`), 'of several pipelines each is named');
  assert.equal((await fay.api('DELETE', `/api/v1/dashboard-mailings/${id}`)).status, 204);
  await time();
  assert.deepEqual([to('fay').length, to('boss').length], [2, 3]);
});

test('of many periods the latest are mailed, or those nearest to today of what is open, and what is left out is said', async () => {
  const gil = await tenant.as('member', 'gil');
  const { data } = (await gil.api('GET', '/api/v1/stages')).body;
  const won = data.find(({ kind }: { kind: string }) => kind === 'won').id;
  for (const closed_on of ['2020-01-15', '2021-06-15'])
    await made(gil.api, 'deals', { name: 'Sold', amount: '5.00', stage_id: won, closed_on });
  const month = new Date().toISOString().slice(0, 7);
  for (const day of ['2015-01-15', `${month}-28`, '2045-06-15'])
    await made(gil.api, 'deals', { name: 'Hoped for', amount: '7.00', expected_close_on: day });
  const { id: dashboard_id } = await made(gil.api, 'dashboards', { name: 'Months' });
  const tile = {
    dashboard_id,
    range: 'all',
    period: 'month',
    grouping: 'period',
    chart: 'bar',
    filter: { owner_id: gil.user_id },
  };
  await made(gil.api, 'dashboard-tiles', { ...tile, figure: 'won_count' });
  await made(gil.api, 'dashboard-tiles', { ...tile, figure: 'open_count' });
  await made(gil.api, 'dashboard-mailings', { dashboard_id, recipient_id: gil.user_id, rhythm: 'daily' });
  await time();
  const [sold, hoped] = mailsTo('gil')[0]!.text.split(/^Open deals/m);
  assert.match(sold!, /2020-04-01: 0\n[\s\S]*2021-06-01: 1\n {2}3 more stand in the attached file/);
  assert.doesNotMatch(sold!, /2020-0[123]-01/);
  assert.match(hoped!, new RegExp(`${month}-01: 1\\n`));
  assert.doesNotMatch(hoped!, /2015-|2045-/);
});

test('a row that stands for many periods is called by all its days', async () => {
  const hal = await tenant.as('member', 'hal');
  for (const day of ['1890-05-15', '2020-01-15'])
    await made(hal.api, 'deals', { name: 'Hoped for', opened_on: '1890-01-01', expected_close_on: day });
  const { id: dashboard_id } = await made(hal.api, 'dashboards', { name: 'Long ago' });
  const filter = { owner_id: hal.user_id };
  const tile = { dashboard_id, range: 'all', period: 'month', grouping: 'period', chart: 'bar', filter };
  await made(hal.api, 'dashboard-tiles', { ...tile, figure: 'open_count' });
  await made(hal.api, 'dashboard-mailings', { dashboard_id, recipient_id: hal.user_id, rhythm: 'daily' });
  await time();
  const [mail] = mailsTo('hal');
  assert.match(mail!.attachments[0]!.text, /,1890-05-01 – \d{4}-\d\d-\d\d,1,/);
  assert.match(mail!.attachments[0]!.text, /,2020-01-01,1,/);
});

test('a time that could not be mailed is passed over, and the next one comes', async () => {
  const flo = await tenant.as('member', 'flo');
  const { id: dashboard_id } = await made(flo.api, 'dashboards', { name: 'Bounced' });
  const mailing = { dashboard_id, recipient_id: flo.user_id, rhythm: 'daily' };
  const { id } = await made(flo.api, 'dashboard-mailings', mailing);
  refused.add('flo@north.example');
  await time();
  const after = (await flo.api('GET', `/api/v1/dashboard-mailings/${id}`)).body;
  assert.ok(Date.parse(after.next_at) > Date.now(), after.next_at);
  refused.clear();
  await time();
  assert.deepEqual(
    mailsTo('flo').map(({ subject }) => subject),
    ['Bounced'],
  );
});

test('a time whose job somebody cancels is passed over, and the next one comes', async () => {
  const { api, user_id } = await (await app.tenant()).as('admin');
  const mailing = await made(api, 'dashboard-mailings', { dashboard_id: null, recipient_id: user_id, rhythm: 'daily' });
  const waiting = async () => (await api('GET', '/api/v1/jobs?kind=dashboard.mail&state=scheduled')).body.data;
  const [job] = await waiting();
  assert.equal(job.run_at, mailing.next_at);
  assert.equal((await api('POST', `/api/v1/jobs/${job.id}/cancellation`)).body.state, 'cancelled');
  const { next_at } = (await api('GET', `/api/v1/dashboard-mailings/${mailing.id}`)).body;
  assert.ok(next_at > mailing.next_at, next_at);
  assert.deepEqual(
    (await waiting()).map(({ run_at }: { run_at: string }) => run_at),
    [next_at],
  );
});

test('the next time is by the clock of the database, though that of a process is behind or ahead', async (t) => {
  const { api, user_id } = await (await app.tenant()).as('admin');
  const now = Date.now.bind(Date);
  const hour = new Date().getUTCHours();
  const mailing = { dashboard_id: null, recipient_id: user_id, rhythm: 'daily', hour };
  await asOwner(app, `update user_account set time_zone = 'UTC' where id = $1`, [user_id]);
  for (const hours of [24, -1]) {
    t.mock.timers.enable({ apis: ['Date'], now: now() + hours * 3_600_000 });
    const { id, next_at } = await made(api, 'dashboard-mailings', mailing).finally(() => t.mock.timers.reset());
    const wait = (at: string) => Math.ceil((Date.parse(at) - now()) / 86_400_000);
    assert.equal(wait(next_at), 1, `${hours}: ${next_at}`);
    t.mock.timers.enable({ apis: ['Date'], now: now() + hours * 3_600_000 });
    await time().finally(() => t.mock.timers.reset());
    const after = (await api('GET', `/api/v1/dashboard-mailings/${id}`)).body.next_at;
    assert.equal(wait(after), 1, `${hours}: ${after}`);
    await api('DELETE', `/api/v1/dashboard-mailings/${id}`);
  }
});

test('of two changes of a mailing at the same moment neither is lost', async () => {
  const { api, user_id } = await tenant.as('member', 'ike');
  const { id: dashboard_id } = await made(api, 'dashboards', { name: 'Twice' });
  const { id } = await made(api, 'dashboard-mailings', {
    dashboard_id,
    recipient_id: user_id,
    rhythm: 'daily',
    hour: 7,
  });
  const { body } = await whileChanging(app, 'update dashboard_mailing set hour = 9 where id = $1', [id], () =>
    api('PATCH', `/api/v1/dashboard-mailings/${id}`, { rhythm: 'weekly' }),
  );
  assert.deepEqual([body.rhythm, body.hour], ['weekly', 9], JSON.stringify(body));
});

test('a dashboard that is brought back is mailed again', async () => {
  const { api, user_id } = await (await app.tenant()).as('admin');
  const { id: dashboard_id } = await made(api, 'dashboards', { name: 'Deleted by mistake' });
  const mailing = await made(api, 'dashboard-mailings', {
    dashboard_id,
    recipient_id: user_id,
    rhythm: 'weekly',
    hour: 5,
  });
  const deleted = await api('DELETE', `/api/v1/dashboards/${dashboard_id}`);
  const path = `/api/v1/dashboard-mailings/${mailing.id}`;
  assert.deepEqual([deleted.status, (await api('GET', path)).status], [204, 404]);
  // As when its time was over before it came back.
  await asOwner(app, `update job set state = 'done' where payload ->> 'id' = $1`, [mailing.id]);
  const undone = await api('POST', `/api/v1/changes/${deleted.headers.get('change-id')}/reversal`);
  assert.deepEqual([undone.status, undone.body.skipped], [200, 0], JSON.stringify(undone.body));
  const back = (await api('GET', path)).body;
  assert.deepEqual([back.rhythm, back.hour, back.next_at], ['weekly', 5, mailing.next_at]);
  const { data } = (await api('GET', '/api/v1/jobs?kind=dashboard.mail&state=scheduled')).body;
  assert.deepEqual(
    data.map(({ run_at }: { run_at: string }) => run_at),
    [mailing.next_at],
  );
});

test('who may not see the dashboard any more gets nothing; who gets it may end it', async () => {
  const cy = await tenant.as('member', 'cy');
  const dee = await tenant.as('member', 'dee');
  const { id: dashboard_id } = await made(cy.api, 'dashboards', { name: 'Shared for a while', shared: true });
  const { id } = await made(cy.api, 'dashboard-mailings', { dashboard_id, recipient_id: dee.user_id, rhythm: 'daily' });
  await cy.api('PATCH', `/api/v1/dashboards/${dashboard_id}`, { shared: false });
  await time();
  assert.deepEqual(mailsTo('dee'), []);
  assert.equal(
    (await (await tenant.as('member', 'eve')).api('DELETE', `/api/v1/dashboard-mailings/${id}`)).status,
    404,
  );
  assert.equal((await dee.api('DELETE', `/api/v1/dashboard-mailings/${id}`)).status, 204);
});

test('the next time is an hour of the clock where somebody lives', () => {
  const next = (after: string, rhythm: 'daily' | 'weekly' | 'monthly', hour: number, zone: string) =>
    nextTime(new Date(after), rhythm, hour, zone).toISOString();
  assert.equal(next('2026-11-20T06:00:00Z', 'daily', 8, 'Europe/Berlin'), '2026-11-20T07:00:00.000Z');
  assert.equal(next('2026-11-20T07:00:00Z', 'daily', 8, 'Europe/Berlin'), '2026-11-21T07:00:00.000Z');
  assert.equal(next('2026-11-20T07:00:00Z', 'weekly', 8, 'Europe/Berlin'), '2026-11-23T07:00:00.000Z');
  assert.equal(next('2026-03-20T07:00:00Z', 'monthly', 8, 'Europe/Berlin'), '2026-04-01T06:00:00.000Z');
  // At midnight the clocks go on to one.
  assert.equal(next('2026-03-07T12:00:00Z', 'daily', 0, 'America/Havana'), '2026-03-08T05:00:00.000Z');
});
