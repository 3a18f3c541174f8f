import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open, picture, setUp } from './browser.ts';

const world = setUp();

test('an administrator gives themselves a name and an e-mail address of their own', async (t) => {
  const { page, expectRefusal } = await world.visit(t);
  await open(page, '/settings/members');
  await page
    .getByRole('main')
    .getByRole('button', { name: /Ada Admin/ })
    .click();
  await page.getByRole('menuitem', { name: 'Change name or e-mail' }).click();
  const form = page.getByRole('dialog', { name: 'Name and e-mail of Ada Admin' });
  await form.getByLabel('Name').fill('Grace Owner');
  await form.getByLabel('E-mail').fill('nowhere');
  expectRefusal(422);
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByText('name@example.com').waitFor();
  await form.getByLabel('E-mail').fill('grace@owner.example');
  await picture(page, 'member-edit');
  await form.getByRole('button', { name: 'Save' }).click();
  await form.waitFor({ state: 'detached' });
  await page.getByText('grace@owner.example').first().waitFor();
  const { body } = await world.administrator.session.send('GET', '/api/v1/session');
  assert.deepEqual([body.user.name, body.user.email], ['Grace Owner', 'grace@owner.example']);
});

test('an empty workspace leads its administrator through what there is to set up, and asks nothing of who only reads', async (t) => {
  const viewer = await world.person('Vito Viewer', 'viewer');
  const { page } = await world.visit(t);
  await open(page, '/');
  const steps = page.getByRole('region', { name: 'First steps' });
  await steps.getByRole('link', { name: 'Import a file' }).waitFor();
  for (const name of ['Name the workspace', 'Set your password', 'Set up the stages'])
    await steps.getByRole('link', { name }).waitFor();
  await picture(page, 'first-steps');
  await steps.getByRole('link', { name: 'Invite your colleagues' }).click();
  await page.getByRole('button', { name: 'Invite' }).waitFor();
  const { page: theirs } = await world.visit(t, viewer);
  await open(theirs, '/');
  await theirs.getByText('There are no open tasks.').waitFor();
  assert.equal(await theirs.getByRole('region', { name: 'First steps' }).count(), 0);

  // A list says the same of itself when it is grouped.
  await open(page, '/contacts?group=lifecycle_stage');
  await page.getByText('No contacts yet').waitFor();
  await page.getByRole('link', { name: 'Import a file' }).waitFor();
});
