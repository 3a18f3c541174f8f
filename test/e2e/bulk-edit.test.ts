import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../harness/eventually.ts';
import { desktop, open, phone, setUp } from './browser.ts';

const titles = { Abbot: 'Buyer', Burke: 'Seller', Cole: 'Clerk' };
const ids: Record<string, string> = {};
const world = setUp(async ({ administrator: { session } }) => {
  for (const [family_name, job_title] of Object.entries(titles)) {
    const made = await session.send('POST', '/api/v1/contacts', { given_name: 'Bulk', family_name, job_title });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    ids[family_name] = made.body.id;
  }
});

const titleOf = async (name: string) =>
  (await world.administrator.session.send('GET', `/api/v1/contacts/${ids[name]}`)).body.job_title;

for (const [name, device] of Object.entries({ desk: desktop, phone }))
  test(`bulk edit opens without a choice made, changes what is chosen, and is undone: ${name}`, async (t) => {
    const { page } = await world.visit(t, world.administrator, device);
    await open(page, '/contacts');
    if (device === phone) await page.getByRole('button', { name: 'Select', exact: true }).click();
    for (const family of ['Abbot', 'Burke'])
      await page.getByRole('checkbox', { name: new RegExp(`Bulk ${family}`) }).click();
    await page.getByRole('region', { name: 'Selection' }).getByRole('button', { name: 'Edit', exact: true }).click();

    const dialog = page.getByRole('dialog', { name: 'Edit 2 contacts' });
    const field = dialog.getByRole('combobox', { name: 'Field' });
    await field.getByText('Choose a field').waitFor();
    assert.equal(await dialog.getByText('New value').count(), 0);
    const change = dialog.getByRole('button', { name: 'Change 2 contacts' });
    assert.ok(await change.isDisabled());

    await field.click();
    await page.getByRole('option', { name: 'Job title' }).click();
    await dialog.getByRole('textbox', { name: 'New value' }).fill(`Lead on the ${name}`);
    await change.click();
    await page.getByText('2 contacts changed').waitFor();
    for (const family of ['Abbot', 'Burke'])
      await eventually(async () => (await titleOf(family)) === `Lead on the ${name}`);
    assert.equal(await titleOf('Cole'), titles.Cole);
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await eventually(
      async () => (await titleOf('Abbot')) === titles.Abbot && (await titleOf('Burke')) === titles.Burke,
    );
  });
