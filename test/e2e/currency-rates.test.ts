import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open, picture, setUp } from './browser.ts';

const world = setUp();

test('a new rate begins on the day that it is where somebody is', async (t) => {
  const dayIn = (timeZone: string) => new Intl.DateTimeFormat('sv-SE', { timeZone }).format();
  // At any time one of them has another day than UTC.
  const time_zone = ['Pacific/Kiritimati', 'Pacific/Pago_Pago'].find((zone) => dayIn(zone) !== dayIn('UTC'))!;
  await world.administrator.session.send('PATCH', '/api/v1/profile', { time_zone });
  const { page } = await world.visit(t);
  await open(page, '/settings/currency-rates');
  await page.getByRole('button', { name: 'New rate' }).first().click();
  const day = page.getByRole('dialog').getByLabel('Valid from');
  assert.equal(await day.inputValue(), dayIn(time_zone));
});

test('groups and columns say what several currencies come to, and a card what its deal is worth', async (t) => {
  await world.create('currency-rates', { currency: 'CHF', valid_on: '2020-01-01', rate: '2' });
  const { id: contact_id } = await world.create('contacts', { given_name: 'Vera' });
  const { id: company_id } = await world.create('companies', { name: 'Both Ltd' });
  const more = { owner_id: world.administrator.user_id, contact_id, company_id };
  await world.create('deals', { ...more, name: 'At home', amount: '100', currency: 'USD' });
  await world.create('deals', { ...more, name: 'Abroad', amount: '50', currency: 'CHF' });
  const { page } = await world.visit(t);
  for (const list of ['layout=table&group=owner_id', 'layout=board&by=owner_id']) {
    await open(page, `/deals?view=all&${list}`);
    const all = page.getByRole('region', { name: world.administrator.name });
    await all.getByText('≈ $200').first().waitFor({ timeout: 5_000 });
  }
  await picture(page, 'board-of-currencies');
  for (const [name, amount] of [
    ['At home', '$100.00'],
    ['Abroad', 'CHF 50.00'],
  ] as const)
    await page
      .getByRole('button', { name: new RegExp(name) })
      .filter({ hasText: amount.replace(' ', '\u00a0') })
      .waitFor({ timeout: 5_000 });
});
