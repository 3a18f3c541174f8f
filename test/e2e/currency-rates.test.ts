import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open, setUp } from './browser.ts';

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
