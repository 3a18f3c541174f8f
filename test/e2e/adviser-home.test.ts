import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open, setUp, textOf } from './browser.ts';

const world = setUp();
const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);

test('what an adviser meets first says what it counts, in which unit, and in words', async (t) => {
  const ann = await world.person('Ann Adviser', 'advisor');
  const made = (path: string, body: object) => world.create(path, body, ann);
  const { id: household_id } = await made('households', { name: 'Okafor', status: 'active', tier: 'gold' });
  const { id: account_id } = await made('financial-accounts', {
    name: 'Depot',
    household_id,
    registration: 'individual',
    kind: 'managed',
    currency: 'USD',
  });
  const { id: security_id } = await made('securities', { name: 'Fund', asset_class: 'equity', currency: 'USD' });
  await made('transactions', { account_id, kind: 'deposit', traded_on: day(-3), amount: '100' });
  await made('transactions', { account_id, kind: 'transfer_in', traded_on: day(-3), security_id, quantity: '5' });
  await made('positions', { account_id, day: day(-1), currency: 'USD', quantity: '90' });
  await made('positions', { account_id, day: day(-1), security_id, quantity: '7' });

  const { page } = await world.visit(t, ann);
  await open(page, '/');
  await page.getByRole('heading', { name: 'Households by service tier' }).waitFor();
  const broken = page.getByRole('region', { name: 'Open breaks' }).getByRole('listitem');
  await broken.first().waitFor();
  assert.deepEqual((await broken.allTextContents()).map((text) => text.match(/(-?\$?[\d.]+( units)?)$/)?.[1]).sort(), [
    '-$10.00',
    '2 units',
  ]);
  await page.getByRole('link', { name: 'Checks due by today' }).waitFor();

  await open(page, `/households/${household_id}`);
  await page.getByRole('tab', { name: 'As of a date' }).click();
  await page.getByRole('button', { name: 'Today' }).click();
  const was = page.getByRole('region', { name: /^Household on/ });
  await was.getByText('Okafor').waitFor();
  assert.match(await textOf(was), /ActiveStatus.*GoldService tier/);
});
