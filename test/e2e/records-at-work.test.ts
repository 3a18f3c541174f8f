import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open, type Person, settled, setUp } from './browser.ts';

const world = setUp();

async function create(path: string, body: object, person: Person = world.administrator) {
  const made = await person.session.send('POST', `/api/v1/${path}`, body);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body;
}

test('a record that changes hands is in the list of its new owner, also in one that was read before', async (t) => {
  const former = await world.person('Fay Former', 'manager');
  const { id, version } = await create('contacts', { given_name: 'Handed', family_name: 'Over' }, former);
  const { page } = await world.visit(t);
  await open(page, '/contacts');
  const row = page.getByRole('grid', { name: 'Contacts' }).getByRole('row', { name: /Handed Over/ });
  const views = page.getByRole('main');
  await views.getByRole('link', { name: 'Mine', exact: true }).click();
  await page.locator('a[aria-current]').getByText('Mine', { exact: true }).waitFor();
  await settled(page);
  await row.waitFor({ state: 'detached' });
  await views.getByRole('link', { name: 'All', exact: true }).click();
  await row.waitFor();

  const { user_id } = world.administrator;
  const handed = await world.administrator.session.send('PATCH', `/api/v1/contacts/${id}`, {
    owner_id: user_id,
    job_title: 'Keeper',
  });
  assert.deepEqual([handed.status, handed.body.version], [200, version + 1]);
  await row.filter({ hasText: 'Keeper' }).waitFor();
  await views.getByRole('link', { name: 'Mine', exact: true }).click();
  await row.waitFor();
});
