import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../harness/app.ts';
import { desktop, open, picture, setUp } from './browser.ts';

const people_count = 120;

const world = setUp(async ({ administrator: { session } }) => {
  const data = Array.from({ length: people_count }, (_, number) => ({ given_name: 'Many', family_name: `M${number}` }));
  assert.equal((await session.send('POST', '/api/v1/contacts/bulk', { data })).status, 201);
  const filter = JSON.stringify({ field: 'given_name', op: 'eq', value: 'Many' });
  const begin = async (path: string, body: object) => {
    const begun = await session.send('POST', `/api/v1/${path}`, body);
    assert.ok(begun.status < 300, JSON.stringify(begun.body));
    await eventually(async () => {
      const { body: told } = await session.send('GET', '/api/v1/notifications');
      return told.data.some(({ record }: { record: { id: string } | null }) => record?.id === begun.body.id);
    });
  };
  const change = (action: object) => begin('changes', { resource: 'contact', filter, action });
  await change({ kind: 'update', fields: { lead_status: 'working', job_title: 'Clerk' } });
  await begin('exports', { resource: 'contact', format: 'xlsx' });
  await change({ kind: 'delete' });
});

test('the inbox says which work it was that ended', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/inbox');
  await page.getByText(/^120 contacts changed · Job title(,| and) Lead status · started /).waitFor();
  await page.getByText(/^120 contacts moved to the trash · started /).waitFor();
  await page.getByText(/^120 rows as XLSX · started /).waitFor();
  await picture(page, 'inbox-work');
});

test('the inbox says so in German too', async (t) => {
  const { session } = world.administrator;
  assert.equal((await session.send('PATCH', '/api/v1/profile', { locale: 'de-DE' })).status, 200);
  const { page } = await world.visit(t, world.administrator, { ...desktop, locale: 'de-DE' });
  await open(page, '/inbox');
  await page.getByText(/^120 Kontakte geändert · Position und Lead-Status · begonnen /).waitFor();
  await picture(page, 'inbox-work-de');
});

test('what is put off comes back from then on when it was put off, however long the inbox has been open', async (t) => {
  const ned = await world.person('Ned Night', 'member');
  const { id } = await world.create('contacts', { given_name: 'N'.repeat(100) });
  await world.administrator.session.send('PATCH', `/api/v1/contacts/${id}`, { owner_id: ned.user_id });
  const { page } = await world.visit(t, ned);
  await page.clock.install();
  await open(page, '/inbox');
  await page.locator('[data-inbox-row]').waitFor();
  const { width } = (await page.locator('[data-inbox-row]').boundingBox())!;
  assert.ok(width < 900, `a name without spaces makes the sentence ${width} px wide`);
  await page.keyboard.press('j');
  await page.clock.setSystemTime(Date.now() + 24 * 3_600_000);
  await page.clock.fastForward(15_000);
  const sent = page.waitForRequest((request) => request.method() === 'PATCH');
  await page.keyboard.press('h');
  await page.getByRole('menuitem', { name: 'Tomorrow' }).click();
  const { snoozed_until } = (await sent).postDataJSON();
  const now = await page.evaluate<number>('Date.now()');
  assert.ok(Date.parse(snoozed_until) - now > 8 * 3_600_000, `${snoozed_until} is not on the day after`);
});

test('the dialog for a time stays while that cannot be kept, and says why', async (t) => {
  const nora = await world.person('Nora Noon', 'member');
  const { id } = await world.create('contacts', { given_name: 'Noonday' });
  await world.administrator.session.send('PATCH', `/api/v1/contacts/${id}`, { owner_id: nora.user_id });
  const { page, expectRefusal } = await world.visit(t, nora);
  await open(page, '/inbox');
  await page.locator('[data-inbox-row]').waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('h');
  await page.getByRole('menuitem', { name: 'Pick a time…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Remind me later' });
  await dialog.getByLabel('When').fill('2040-01-31T08:00');
  expectRefusal(502);
  const keeping = '**/api/v1/notifications/*';
  await page.route(keeping, (route) => route.fulfill({ status: 502, body: 'Bad gateway' }));
  await dialog.getByRole('button', { name: 'Remind me' }).click();
  await dialog.getByText('server').waitFor({ timeout: 5_000 });
  await page.waitForLoadState('networkidle');
  assert.equal(await dialog.getByLabel('When').inputValue(), '2040-01-31T08:00');
  await page.unroute(keeping);
  await dialog.getByRole('button', { name: 'Remind me' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('Snoozed until').waitFor();
});

test('the link of an e-mail says so where there is no network, and is taken for done by the server’s word alone', async (t) => {
  const { page, expectOffline, expectRefusal } = await world.visit(t, null);
  // Once there is a network again the page may ask who is signed in.
  expectRefusal(401);
  await page.goto('/unsubscribe?token=abc');
  const end = page.getByRole('button', { name: 'Stop these e-mails' });
  await end.waitFor();
  expectOffline();
  await page.context().setOffline(true);
  await end.click();
  await page.getByRole('alert').getByText('Check your connection.').waitFor({ timeout: 5_000 });
  await page.context().setOffline(false);
  // As what stands before a network asks to be signed in to it.
  await page.route('**/unsubscribe?token=abc', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<h1>Welcome</h1>' }),
  );
  await end.click();
  await page.getByRole('alert').getByText('sign-in page').waitFor({ timeout: 5_000 });
  assert.equal(await page.getByRole('heading', { name: 'Done' }).count(), 0);
});
