import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { startTestApp } from '../harness/app.ts';
import { asOwner, makeOperator } from '../harness/identity.ts';
import { barriers, open, phone, setUp, textOf } from './browser.ts';

const world = setUp(undefined, { start: startTestApp });

test('an operator sees what is wrong first, and has a failed job run again for a reason; nobody else sees the page', async (t) => {
  const olga = await world.person('Olga Operator', 'viewer');
  await makeOperator(world.app, { tenant_id: world.tenant.tenant_id, user_id: olga.user_id });
  await asOwner(
    world.app,
    `insert into job (tenant_id, kind, payload, state, attempts, error, finished_at)
     values ($1, 'password_reset', '{"email": "nobody@holdfast.example"}', 'failed', 5, 'The mail server does not answer', now())`,
    [world.tenant.tenant_id],
  );
  const { page } = await world.visit(t, olga, phone);
  await open(page, '/settings/health');
  const health = page.getByRole('region', { name: 'Health' });
  assert.match(await textOf(health.getByRole('status')), /needs? attention: .*Backups.*No proven restore is known/);
  assert.match(await textOf(health.getByRole('listitem').first()), /Not well|There is no backup store/);
  assert.deepEqual(await barriers(page), []);

  const jobs = page.getByRole('region', { name: 'Jobs that need attention' });
  const failed = jobs.getByRole('listitem').filter({ hasText: 'The mail server does not answer' });
  await failed.getByRole('button', { name: 'Run again' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('The mail server is back');
  await dialog.getByRole('button', { name: 'Run again' }).click();
  // While it stands before the rest of the page, that is hidden.
  await dialog.waitFor({ state: 'detached' });
  await failed.waitFor({ state: 'detached' });

  await open(page, '/settings/operators');
  await page.getByText('The mail server is back').waitFor();
  assert.deepEqual(await barriers(page), []);
  await open(page, '/settings/backups');
  await page.getByText('There is no backup store.').waitFor();
  assert.deepEqual(await barriers(page), []);

  const holder = new pg.Client({
    connectionString: world.app.database.ownerUrl,
    application_name: 'a forgotten terminal',
  });
  holder.on('error', () => {});
  await holder.connect();
  t.after(() => holder.end().catch(() => {}));
  await holder.query('begin; lock table currency_rate in access exclusive mode');
  const waiting = asOwner(world.app, 'select from currency_rate').catch(() => {});
  await open(page, '/settings/database');
  const locks = page.getByRole('region', { name: 'Connections and locks' });
  const culprit = locks.getByRole('listitem').filter({ hasText: 'Holds up others' });
  await culprit.waitFor();
  await page.getByText('create extension pg_stat_statements').waitFor();
  assert.deepEqual(await barriers(page), []);
  await culprit.getByRole('button', { name: 'Close connection' }).click();
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('Its owner is asleep');
  await dialog.getByRole('button', { name: 'Close connection' }).click();
  await page.getByText('Nobody waits for a lock.').waitFor();
  await waiting;

  const { page: others } = await world.visit(t);
  await open(others, '/settings/health');
  await others.getByRole('heading', { name: 'Only operators of this installation see this' }).waitFor();
  assert.equal(await others.getByRole('link', { name: 'Backups' }).count(), 0);
});

test('at night, on a phone, an operator sees what fires and what to do, acknowledges it, and adds who is told', async (t) => {
  const nora = await world.person('Nora Night', 'viewer');
  await makeOperator(world.app, { tenant_id: world.tenant.tenant_id, user_id: nora.user_id });
  await asOwner(
    world.app,
    `insert into alert (rule, labels, severity, state, value, started_at, fired_at, seen_at, resolved_at, cleared_at) values
      ('HoldfastLogNotInBackup', '{}', 'page', 'firing', 812e6, now() - interval '9 minutes', now() - interval '8 minutes', now(), null,
        null),
      ('HoldfastFeedBehind', '{"consumer": "webhooks"}', 'ticket', 'firing', 1420, now() - interval '9 minutes',
        now() - interval '8 minutes', now(), null, null),
      ('HoldfastJobsWait', '{}', 'page', 'resolved', 700, now() - interval '2 days', now() - interval '2 days', now(),
        now() - interval '47 hours', now() - interval '47 hours')`,
  );
  const { page, expectRefusal } = await world.visit(t, nora, { ...phone, colorScheme: 'dark' });
  await open(page, '/settings/alerts');
  const firing = page
    .getByRole('region', { name: 'Firing now' })
    .getByRole('listitem')
    .filter({ hasText: 'Changes are not in the backup store' });
  assert.match(await textOf(firing), /812 MB of changes.*What to do.*Check that the store can be written/);
  await firing.getByRole('button', { name: 'Acknowledge' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('On my way');
  await dialog.getByRole('button', { name: 'Acknowledge' }).click();
  await firing.getByText(/Acknowledged by Nora Night/).waitFor();
  await page.getByRole('button', { name: 'New receiver' }).click();
  await dialog.getByRole('textbox', { name: 'Name' }).fill('On call');
  await dialog.getByRole('textbox', { name: 'E-mail' }).fill('on.call@ops.example');
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('Nights');
  await dialog.getByRole('button', { name: 'Create receiver' }).click();
  await page.getByText('on.call@ops.example').waitFor();
  await page.getByRole('button', { name: 'Send a test' }).waitFor();
  assert.deepEqual(await barriers(page), []);

  await page.getByRole('button', { name: 'Change limits of HoldfastJobsWait' }).click();
  await dialog.getByRole('textbox', { name: 'Limit' }).fill('');
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('Too many');
  expectRefusal(422);
  await dialog.getByRole('button', { name: 'Save limits' }).click();
  await dialog.locator('[aria-invalid="true"]').waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Discard' }).click();
  expectRefusal(409);
  const refused = { status: 409, json: { code: 'conflict', title: 'The receiver was deleted' } };
  await page.route('**/alert-receivers/*/tests', (route) => route.fulfill(refused));
  await page.getByRole('button', { name: 'Send a test' }).click();
  await page.getByText('The receiver was deleted').waitFor();
  await open(page, '/settings/health');
  assert.match(await textOf(page.getByRole('region', { name: 'Health' }).getByRole('status')), /Alerts/);
});

test('a rule says its limit with a unit, and Health to the second when it looked', async (t) => {
  const uma = await world.person('Uma Units', 'viewer');
  await makeOperator(world.app, { tenant_id: world.tenant.tenant_id, user_id: uma.user_id });
  const { page } = await world.visit(t, uma);
  await open(page, '/settings/alerts');
  const rules = page.getByRole('region', { name: 'Rules' }).getByRole('listitem');
  const said = await rules.allTextContents();
  assert.ok(said.length > 30, String(said.length));
  assert.deepEqual(
    said.filter((text) => !/(Above|Below|More than|At) [\d.,]+\s?(%|[a-zA-Z]{2,})|When it lasts|At once/.test(text)),
    [],
  );
  for (const limit of [
    /A certificate ends within three weeksBelow 21 days/,
    /A process computes for too longAbove 0.5 seconds · for 5 minutes/,
    /Jobs failMore than 10 failed jobs in an hour/,
    /There is no backupWhen it lasts 6 hours/,
  ])
    assert.ok(
      said.some((text) => limit.test(text)),
      String(limit),
    );
  await page.getByRole('button', { name: 'Change limits of HoldfastEventLoopBlocked' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Limit, in seconds' }).waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();

  await open(page, '/settings/health');
  await page.getByText(/Looked at \d{1,2}:\d\d:\d\d\s[AP]M;/).waitFor();
  await page.getByText('Deletion by age', { exact: true }).waitFor();
});
