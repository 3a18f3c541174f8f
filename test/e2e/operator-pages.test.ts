import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { InstallationStatus } from '../../src/operations/console/contract.ts';
import { startTestApp, type TestApp } from '../harness/app.ts';
import { testKey } from '../harness/cluster.ts';
import { asOwner, makeOperator } from '../harness/identity.ts';
import { barriers, looksRight, open, phone, setUp, textOf } from './browser.ts';

const store = mkdtempSync(join(tmpdir(), 'holdfast-operator-pages-'));
after(() => rmSync(store, { recursive: true, force: true }));

/**
 * With a worker beside it that makes logical backups, as of a database that somebody else runs; nothing listens where
 * they would be proven.
 */
async function withBackups(): Promise<TestApp> {
  const first = await startTestApp({ HOLDFAST_KEY: testKey(), HOLDFAST_ROLE: 'web' });
  const app = await first.secondNode({
    HOLDFAST_ROLE: 'all',
    DATABASE_URL: first.database.ownerUrl,
    BACKUP_PROOF_DATABASE_URL: 'postgres://nobody@127.0.0.1:9/proof',
    BACKUP_DIR: store,
    S3_REGIONN: 'eu-central-1',
  });
  return { ...first, app, url: app.address! };
}

const world = setUp(
  async ({ app, administrator, tenant }) => {
    await makeOperator(app, { tenant_id: tenant.tenant_id, user_id: administrator.user_id });
  },
  { start: withBackups },
);

const rows = (text: string, values: unknown[] = []) => asOwner(world.app, text, values);
const say = async (page: Page, button: string, reason: string) => {
  const field = page.getByRole('textbox', { name: 'Reason' });
  // Messages at the edge, which say that it is done, are dialogs too.
  const dialog = page.getByRole('dialog').filter({ has: field });
  await field.fill(reason);
  await dialog.getByRole('button', { name: button }).click();
  await dialog.waitFor({ state: 'detached' });
};

test('a schedule runs now and is paused for a reason, which the list and Health show until it is resumed', async (t) => {
  const { page } = await world.visit(t, world.administrator, phone);
  await open(page, '/settings');
  const listed = page.getByRole('navigation', { name: 'Settings' });
  const ofInstallation = listed.getByRole('heading', { name: 'Installation' }).locator('..').getByRole('link');
  const five = ['Health', 'Alerts', 'Logs and errors', 'Backups', 'Database and settings'];
  assert.deepEqual(await ofInstallation.allTextContents(), five);
  await listed.getByLabel('Search settings').fill('sched');
  assert.deepEqual(await listed.getByRole('link').allTextContents(), ['Schedules']);
  await listed.getByLabel('Search settings').fill('');
  await listed.getByRole('link', { name: 'Database and settings' }).click();
  await page.getByRole('link', { name: 'Schedules', exact: true }).click();
  const cleaning = page.getByRole('listitem').filter({ hasText: 'Cleaning up' });
  await cleaning.getByText(/Last run/).waitFor();
  await cleaning.getByRole('button', { name: 'Run now' }).click();
  await say(page, 'Run now', 'The disk is full');
  await cleaning.getByRole('button', { name: 'Pause' }).click();
  await say(page, 'Pause', 'Until the import is done');
  await cleaning.getByText(/by Ada Admin: Until the import is done/).waitFor();
  assert.deepEqual(await barriers(page), []);
  await open(page, '/settings/health');
  const part = page
    .getByRole('region', { name: 'Health' })
    .getByRole('listitem')
    .filter({ hasText: 'Paused: Cleaning up' });
  await part.getByRole('link', { name: 'Open Schedules' }).click();
  await cleaning.getByRole('button', { name: 'Resume' }).click();
  await say(page, 'Resume', 'It is done');
  await cleaning.getByText('Paused').waitFor({ state: 'detached' });
  await rows(
    `insert into operator_action (who, action, target, reason) values ('Olga', 'lifecycle.return', 'audit_event 2024-03', 'An audit')`,
  );
  await rows(
    `insert into operator_action (who, action, target, reason) values ('the command line', 'tenant.restore', 'acme', 'Lost deals')`,
  );
  await open(page, '/settings/operators');
  await page.getByText('Returned an archived month: Audit trail, March 2024').waitFor();
  await page.getByText('Restored the workspace acme').waitFor();
  for (const reason of ['The disk is full', 'Until the import is done', 'It is done'])
    await page.getByText(reason).first().waitFor();
});

test('Backups says why a proof failed and what to do, without paths and ids in sentences; Health links there', async (t) => {
  const { page } = await world.visit(t, world.administrator, phone);
  await open(page, '/settings/backups');
  // Until the first backup was tried, it says that none was restored yet.
  const banner = page.getByRole('alert').filter({ hasText: 'The restore of' });
  await banner.waitFor({ timeout: 60_000 });
  assert.match(
    await textOf(banner),
    /The restore of .* failed: .*ECONNREFUSED.*Make a new one.*No other one is proven/,
  );
  const backup = page
    .getByRole('region', { name: 'Backups' })
    .getByRole('listitem')
    .filter({ hasText: 'Restore failed' })
    .first();
  await backup.getByText('What was checked').waitFor();
  const place = page.getByRole('list', { name: 'Backup store' }).getByRole('listitem');
  assert.match(
    await textOf(place),
    new RegExp(`${store}[\\d.,]+ [kM]B in allNext backup: .+bin/holdfast restore --into-database`),
  );
  // Both lie in the folder for temporary files.
  await page.getByText('The backup store is on the disk of the data').waitFor();
  await looksRight(page, 'backups-failed');
  await open(page, '/settings/health');
  const part = page
    .getByRole('region', { name: 'Health' })
    .getByRole('listitem')
    .filter({ hasText: /^Not wellBackups|The restore of/ });
  assert.doesNotMatch(await textOf(part.first()), /\d{8}t\d{9}z/);
  await part.first().getByRole('link', { name: 'Open Backups' }).click();
  await banner.waitFor();
  // As the server answers, but for the log of changes, which logical backups have none of.
  const [first, lost, full, again] = ['2026-03-02', '2026-03-03', '2026-03-04', '2026-03-05'].map(
    (day) => `${day}T09:00:00.000Z`,
  );
  const ranges = [
    { from: first, to: lost },
    { from: full, to: again },
  ];
  const gaps = [
    { from: lost, until: full },
    { from: again, until: null },
  ];
  await page.route('**/api/v1/installation/backups', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), gaps, ranges } });
  });
  await open(page, '/settings/backups');
  const restorable = page.getByRole('region', { name: 'What can be restored' }).last().getByRole('listitem');
  const told = (await restorable.allTextContents()).map((text) => text.replace(/\d{4}/g, ''));
  const newestFirst = [/^Since .*5.*Log is missing$/, /4.* to .*5/, /3.* to .*4.*Log is missing$/, /2.* to .*3/];
  assert.equal(told.length, newestFirst.length, told.join());
  for (const [at, expected] of newestFirst.entries()) assert.match(told[at]!, expected);
  assert.deepEqual(
    told.map((text) => /Log is missing/.test(text)),
    [true, false, true, false],
  );
});

test('Health’s sentence names the worst and links to it; what can wait is said as such; well is said plainly', async (t) => {
  const { page } = await world.visit(t, world.administrator, phone);
  let change: (status: InstallationStatus) => void = () => {};
  // As the server answers, but for which parts are well: this machine’s disk may be full.
  await page.route('**/api/v1/installation', async (route) => {
    const response = await route.fetch();
    const status = (await response.json()) as InstallationStatus;
    change(status);
    await route.fulfill({ response, json: status });
  });
  const sentence = page.getByRole('region', { name: 'Health' }).getByRole('status');
  const bad =
    (...checks: string[]) =>
    (status: InstallationStatus) => {
      for (const found of status.findings) found.ok = !checks.includes(found.check);
      status.findings.sort((a, b) => Number(a.ok) - Number(b.ok));
    };
  change = bad('backups', 'configuration');
  await open(page, '/settings/health');
  assert.match(
    await textOf(sentence),
    /^One part needs attention: Backups\.Backups: The restore of .* failed: .*Make a new one/,
  );
  await looksRight(page, 'health-bad');
  await sentence.getByRole('link', { name: 'Open Backups' }).waitFor();

  change = bad('configuration');
  await open(page, '/settings/health');
  assert.match(
    await textOf(sentence),
    /^One part can wait until morning: Configuration\.Configuration: .+The page Configuration says/,
  );
  await sentence.getByRole('link', { name: 'Open Configuration' }).waitFor();
  assert.deepEqual(await barriers(page), []);

  change = bad();
  await open(page, '/settings/health');
  assert.match(await textOf(sentence), /^Every part that is checked is well\./);
  assert.equal(await sentence.getByRole('link').count(), 0);
  assert.deepEqual(await barriers(page), []);
});

test('Configuration lists processes, what was set and what nobody reads, and every setting on demand', async (t) => {
  const { page } = await world.visit(t, world.administrator, phone);
  await open(page, '/settings/configuration');
  await page.getByText('The variable S3_REGIONN is set, but nothing reads it. Did you mean S3_REGION?').waitFor();
  const settings = page.getByRole('region', { name: 'Configuration' });
  await settings.getByText('BACKUP_DIR', { exact: true }).waitFor();
  assert.equal(await page.getByText('postgres://').count(), 0, 'a secret is not shown');
  assert.equal(await settings.getByText('LOG_RETENTION_DAYS', { exact: true }).count(), 0);
  const given = await settings.getByRole('listitem').count();
  await settings.getByRole('button', { name: 'Show every setting' }).click();
  assert.ok((await settings.getByRole('listitem').count()) > given + 20);
  assert.deepEqual(await barriers(page), []);
});

test('Lifecycle asks before many files go that nothing refers to, and says of each that it waits', async (t) => {
  await rows(
    `insert into orphan_file select 'left/' || g, 1000, now() - interval '9 days', now() - interval '5 days', now() - interval '5 days'
      from generate_series(1, 150) g`,
  );
  const { page } = await world.visit(t, world.administrator, phone);
  await open(page, '/settings/lifecycle');
  const orphans = page.getByRole('region', { name: 'Unreferenced files' });
  await orphans.getByText(/^150 files are past that time/).waitFor();
  assert.match(await textOf(orphans.getByRole('listitem').first()), /waits until you agree/);
  await looksRight(page, 'lifecycle-orphans');
  await orphans.getByRole('button', { name: 'Delete them' }).click();
  await say(page, 'Delete', 'Left by the old importer');
  await orphans.getByText(/are past that time/).waitFor({ state: 'detached' });
  assert.match(await textOf(orphans.getByRole('listitem').first()), /deleted at the next run/);
});
