import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { type Client, eventually } from '../harness/app.ts';
import { upload } from '../harness/import.ts';
import { open, picture, setUp } from './browser.ts';

let api: Client;
const world = setUp(async ({ tenant }) => {
  ({ api } = await tenant.as('admin'));
});

async function uploaded(name: string, lines: readonly string[]): Promise<string> {
  const made = await upload(api, [[name, lines.join('\n')]]);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body.id;
}

const read = async (id: string) => (await api('GET', `/api/v1/imports/${id}`)).body;
const check = (page: Page) => page.getByRole('button', { name: 'Check', exact: true }).click();

test('the options of an import stay as they were chosen, also while others are chosen and rows are checked', async (t) => {
  const id = await uploaded('options.csv', ['Deal ID,Deal Name,Amount,Stage', '1,One,10,Won']);
  const { page } = await world.visit(t);
  await open(page, `/imports/${id}?step=check`);
  const currency = page.getByRole('combobox', { name: 'An amount without a currency' });
  await currency.click();
  await page.keyboard.type('swiss');
  await page.getByRole('option', { name: 'CHF' }).click();
  await page.getByRole('combobox', { name: 'An empty cell' }).click();
  await page.getByRole('option', { name: 'Empties the field' }).click();
  await check(page);
  await page.getByRole('heading', { name: 'This is what would happen' }).waitFor();
  assert.equal(await currency.inputValue(), 'CHF');
  await page.getByRole('combobox', { name: 'An empty cell' }).getByText('Empties the field').waitFor();

  // Typed as a whole and not chosen from the list.
  await currency.click();
  await page.keyboard.type('jpy');
  await page.keyboard.press('Tab');
  await eventually(async () => (await read(id)).options.currency === 'JPY');
  assert.equal(await currency.inputValue(), 'JPY');
  await picture(page, 'import-options');
});
