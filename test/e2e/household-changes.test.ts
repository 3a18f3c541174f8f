import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { desktop, looksRight, open, phone, setUp } from './browser.ts';

const world = setUp();
const today = new Date().toISOString().slice(0, 10);

/** A household with two members who joined on that day. */
async function family(name: string): Promise<string> {
  const { id: household_id } = await world.create('households', { name, status: 'active' });
  for (const first of ['Ann', 'Bob']) {
    const { id: contact_id } = await world.create('contacts', { given_name: first, family_name: name });
    await world.create('household-members', { household_id, contact_id, role: 'head', from_on: today });
  }
  return household_id;
}

async function choose(page: Page, action: string) {
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: action }).click();
  return page.getByRole('dialog', { name: action });
}

for (const [device, size] of Object.entries({ desk: desktop, phone }))
  test(`a household is split from its menu, and the new one opened from what says so: ${device}`, async (t) => {
    const { page } = await world.visit(t, world.administrator, size);
    const id = await family(`Okafor ${device}`);
    await open(page, `/households/${id}`);
    const dialog = await choose(page, 'Split household');
    await dialog.getByRole('checkbox', { name: `Bob Okafor ${device}` }).check();
    await dialog.getByRole('textbox', { name: 'Name of the new household' }).fill(`Bob ${device}`);
    await dialog.getByRole('button', { name: 'Preview' }).click();
    await dialog.getByRole('button', { name: 'Split household' }).click();
    await page.getByText('Household split').waitFor();
    await page.getByRole('button', { name: 'Open it' }).click();
    await page.getByRole('heading', { name: `Bob ${device}` }).waitFor();
    await looksRight(page, `household-split-${device}`);

    await open(page, `/households/${id}`);
    if (size === phone) await page.getByRole('tab', { name: 'Related' }).click();
    const members = page.getByRole('region', { name: 'Members' });
    await members.getByText('Until today').waitFor();
    assert.equal(await members.getByText('Until today').count(), 1, 'only of who moved out');
  });

test('on a phone a household is handed over and another one merged into it, from its menu', async (t) => {
  const ben = await world.person('Ben Adviser', 'advisor');
  const id = await family('Abara');
  await family('Osei');
  const { page } = await world.visit(t, world.administrator, phone);
  await open(page, `/households/${id}`);
  const merging = await choose(page, 'Merge with another household');
  await merging.getByRole('combobox', { name: 'The other household' }).fill('Osei');
  await page.getByRole('option', { name: 'Osei' }).click();
  await merging.getByRole('button', { name: 'Preview' }).click();
  await merging.getByText('Osei becomes a former household').waitFor();
  await merging.getByRole('button', { name: 'Merge households' }).click();
  await page.getByText('Households merged').waitFor();
  const members = (await world.read('household-members?limit=100')).data as { household_id: string }[];
  assert.equal(members.filter(({ household_id }) => household_id === id).length, 4);

  const handing = await choose(page, 'Hand over household');
  await handing.getByRole('combobox', { name: 'New primary adviser' }).fill('Ben');
  await page.getByRole('option', { name: 'Ben Adviser' }).click();
  await handing.getByRole('button', { name: 'Preview' }).click();
  await handing.getByText('Ben Adviser becomes the primary adviser', { exact: false }).waitFor();
  await looksRight(page, 'household-handover-phone');
  await handing.getByRole('button', { name: 'Hand over' }).click();
  await page.getByText('Household handed over').waitFor();
  assert.equal((await world.read(`households/${id}`)).owner_id, ben.user_id);
});
