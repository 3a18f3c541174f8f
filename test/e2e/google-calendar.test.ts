import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually, startTestApp } from '../harness/app.ts';
import { FakeGoogle, google_client } from '../harness/google/fake.ts';
import { looksRight, open, setUp } from './browser.ts';

const address = 'ada@gmail.example';
const google = new FakeGoogle(address);
after(() => google.stop());
const world = setUp(
  async ({ administrator }) => {
    const put = { ...google_client, is_testing: true };
    const { status } = await administrator.session.send('PUT', '/api/v1/google-client', put);
    assert.equal(status, 200);
  },
  {
    start: async () => {
      await google.start();
      return startTestApp({ GOOGLE_URL: google.url, ALLOW_PRIVATE_NETWORKS: 'true' });
    },
  },
);

/** Google's page, at which one agrees; it sends the browser back to the address of this program. */
const agreeAtGoogle = (page: Page) =>
  page.route(`${google.url}/**`, async (route) => {
    const back = await google.agree(route.request().url());
    await route.fulfill({ status: 302, headers: { location: new URL(back.pathname + back.search, page.url()).href } });
  });

test('somebody connects their calendar at Google, sees a meeting of it, changes it and disconnects', async (t) => {
  const { page } = await world.visit(t);
  const now = new Date();
  now.setUTCMinutes(0, 0, 0);
  const [start, end] = [now, new Date(now.getTime() + 3_600_000)].map((at) => ({ dateTime: at.toISOString() }));
  google.calendars.put(address, { summary: 'Fitting of the walnut table', start: start!, end: end! });
  await agreeAtGoogle(page);
  await open(page, '/calendar');
  await page
    .getByRole('button', { name: /^(Connect a calendar|Calendars)$/ })
    .first()
    .click();
  const form = page.getByRole('dialog', { name: 'Connect a calendar' });
  await form.getByRole('button', { name: 'Google', exact: true }).click();
  await form.getByText('You sign in at Google and agree there').waitFor();
  await form.getByText('there the connection ends after seven days').waitFor();
  await looksRight(page, 'calendar-connect-google');
  await form.getByRole('button', { name: 'Continue at Google' }).click();
  const entry = page.getByRole('button', { name: /Fitting of the walnut table/ }).first();
  await entry.waitFor({ timeout: 60_000 });
  assert.match(page.url(), /\/calendar/);

  await entry.click();
  await page.getByRole('contentinfo').getByRole('button', { name: 'Change' }).click();
  const change = page.getByRole('dialog', { name: 'Change meeting' });
  await change.getByLabel('Title').fill('Fitting, moved');
  await change.getByRole('button', { name: 'Save' }).click();
  await eventually(async () => google.calendars.listed(address)[0]?.summary === 'Fitting, moved');

  await open(page, '/calendar');
  await page.getByRole('button', { name: 'Calendars', exact: true }).click();
  const calendars = page.getByRole('dialog', { name: 'Calendars' });
  await calendars.getByText('In sync: 1 at your provider').waitFor({ timeout: 30_000 });
  await calendars.getByRole('button', { name: 'Connect again' }).waitFor();
  await looksRight(page, 'calendars-google');
  await calendars.getByRole('button', { name: 'Disconnect' }).click();
  await calendars.getByText('Not connected: what was imported stays.').waitFor();
  await eventually(async () => google.revoked.length === 1);
  assert.deepEqual(google.complaints, []);
});

test('an administrator reads what to set up at Google, for mail and for calendars', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/settings/google');
  await page.getByText('switch on the Gmail API and the Google Calendar API').waitFor();
  await page.getByText('https://www.googleapis.com/auth/calendar.events').waitFor();
  await looksRight(page, 'google-client');
});
