import assert from 'node:assert/strict';
import { test } from 'node:test';
import { desktop, open, phone, setUp } from './browser.ts';

let household: string;
let account: string;
const world = setUp(async ({ administrator: { session } }) => {
  const made = async (path: string, body: object) => {
    const answer = await session.send('POST', `/api/v1/${path}`, body);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body.id as string;
  };
  const managed = { name: 'Brokerage', registration: 'individual', kind: 'managed', currency: 'USD' };
  for (const [name, account_number] of Object.entries({ Osgood: '4471882019', Fairbanks: '4471882020' })) {
    household = await made('households', { name, status: 'active' });
    account = await made('financial-accounts', { ...managed, household_id: household, account_number });
  }
});

const fileOf = (amount: string) => `Date,Action,Symbol,Description,Quantity,Price,Fees & Comm,Amount
10/31/2023,Bank Interest,,SCHWAB1 INT 09/28-10/29,,,,$${amount}
`;

for (const [name, device] of Object.entries({ desk: desktop, phone }))
  test(`accounts of one name are told apart where one is chosen, and found by their household: ${name}`, async (t) => {
    const { page } = await world.visit(t, world.administrator, device);
    await open(page, '/custodian-files');
    const chosen = {
      name: 'schwab.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(fileOf(device === phone ? '1.63' : '2.63')),
    };
    await page.locator('input[type=file]').setInputFiles([chosen]);
    const which = page.getByRole('combobox', { name: 'Which account is it?' });
    await which.fill('Brokerage');
    await page.getByRole('option', { name: 'Brokerage Osgood · •••• 2019' }).waitFor();
    await page.getByRole('option', { name: 'Brokerage Fairbanks · •••• 2020' }).waitFor();
    await which.fill('Osgood');
    await page.getByRole('option', { name: 'Brokerage Fairbanks · •••• 2020' }).waitFor({ state: 'detached' });
    // An account of no household cannot be made.
    assert.equal(await page.getByRole('option', { name: /^Create/ }).count(), 0);
    await page.getByRole('option', { name: 'Brokerage Osgood · •••• 2019' }).click();
    await page.getByRole('button', { name: 'Import 1 row' }).click();
    await page.getByText('1 row was imported.').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Change', exact: true }).count(), 0, 'it is decided no more');
    await page.getByRole('link', { name: 'Back to reconciliation' }).click();
    await page.getByRole('heading', { name: 'Reconciliation' }).waitFor();
  });

test('the tab that is shown is in sight, and members stand before what a product adds', async (t) => {
  const { page } = await world.visit(t);
  await open(page, `/households/${household}`);
  const tabs = page.getByRole('tablist', { name: 'Parts of the record' });
  await tabs.getByRole('tab', { name: 'Timeline', selected: true }).waitFor();
  assert.equal(await tabs.evaluate((list) => list.scrollLeft), 0);

  const { page: small } = await world.visit(t, world.administrator, phone);
  await open(small, `/households/${household}`);
  const names = await small.getByRole('tablist', { name: 'Parts of the record' }).getByRole('tab').allTextContents();
  assert.deepEqual(names.slice(0, 3), ['Details', 'Timeline', 'Related']);
});

test('an owner who is not named is asked for in the row, on a phone too', async (t) => {
  const { page, expectRefusal } = await world.visit(t, world.administrator, phone);
  await open(page, `/financial-accounts/${account}`);
  await page.getByRole('tab', { name: 'Related' }).click();
  await page.getByRole('button', { name: 'Add owners' }).click();
  const dialog = page.getByRole('dialog', { name: 'Owners and beneficiaries' });
  await dialog.getByText('Account owner: the shares add up to the whole.').waitFor();
  expectRefusal(422);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText('Name a person or an entity').waitFor();
  assert.equal(await dialog.getByText('contact_id').count(), 0);
  await dialog.getByRole('combobox', { name: 'Person' }).and(page.locator(':focus')).waitFor();
});

test('who looked at a number changed nothing of its account', async () => {
  const { session } = world.administrator;
  const body = { field: 'account_number', reason: 'The client asks' };
  const shown = await session.send('POST', `/api/v1/financial-accounts/${account}/reveal`, body);
  assert.equal(shown.body.value, '4471882020');
  const { body: timeline } = await session.send('GET', `/api/v1/financial-accounts/${account}/timeline`);
  assert.deepEqual(
    timeline.data.map(({ change }: { change: { action: string } }) => change.action),
    ['create'],
  );
});
