import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asOwner } from '../harness/identity.ts';
import { desktop, open, picture, setUp } from './browser.ts';

const world = setUp(async ({ app, administrator: { session } }) => {
  assert.equal((await session.send('PATCH', '/api/v1/profile', { locale: 'de-DE' })).status, 200);
  // Free again for a role of somebody's own, which is not called in German.
  await asOwner(app, `update role set name = 'Kassenhaus' where key = 'contractor'`);
  const { status } = await session.send('POST', '/api/v1/roles', { name: 'Contractor', rights: {} });
  assert.equal(status, 201);
});

test('the roles that come with the program are called in German on a German page, and others as somebody called them', async (t) => {
  const { page } = await world.visit(t, world.administrator, { ...desktop, locale: 'de-DE' });
  await open(page, '/settings/roles');
  const list = page.getByRole('list', { name: 'Rollen' });
  for (const name of ['Administration', 'Leitung', 'Mitglied', 'Beratung', 'Nur Lesen', 'Kassenhaus', 'Contractor'])
    await list.getByText(name, { exact: true }).waitFor();
  assert.equal(await list.getByText('Adviser').count(), 0);
  await picture(page, 'roles-de');

  await open(page, '/settings/members');
  await page.getByText('Administration', { exact: true }).and(page.locator(':visible')).first().waitFor();
  await picture(page, 'members-de');
  await page.getByRole('button', { name: 'Einladen' }).click();
  await page
    .getByRole('dialog')
    .getByRole('group', { name: 'Rollen' })
    .getByText('Mitglied', { exact: true })
    .waitFor();
  await picture(page, 'invite-de');
  await page.keyboard.press('Escape');

  await open(page, '/settings/api-keys');
  await page.getByRole('button', { name: 'Neuer Schlüssel' }).first().click();
  await page.getByRole('dialog').getByRole('combobox', { name: 'Rolle' }).click();
  await page.getByRole('option', { name: 'Beratung' }).waitFor();
  await picture(page, 'api-key-de');
  await page.keyboard.press('Escape');

  await open(page, '/settings/audit');
  await page.getByText('hat Ada Admin die Rolle Administration gegeben').waitFor();
  await picture(page, 'audit-de');
});
