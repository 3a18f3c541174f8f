import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually } from '../harness/app.ts';
import { barriers, desktop, open, setUp } from './browser.ts';

/** Numbers as a German types them, on every way into Holdfast. */
const world = setUp();
const spreadsheet = { ...desktop, permissions: ['clipboard-read', 'clipboard-write'] };

async function send(method: string, path: string, body?: object) {
  const answer = await world.administrator.session.send(method, `/api/v1/${path}`, body);
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
  return answer.body;
}
const german = async (t: Parameters<typeof world.visit>[0]) => {
  await send('PATCH', 'profile', { locale: 'de' });
  return world.visit(t, world.administrator, spreadsheet);
};
const filter = (value: string) => encodeURIComponent(JSON.stringify({ field: 'name', op: 'starts_with', value }));
const amounts = async (of: string): Promise<string[]> =>
  (await send('GET', `deals?sort=name&filter=${filter(of)}`)).data.map(({ amount }: { amount: string }) => amount);
const twice = /„1\.234“ kann 1,234 oder 1234 heißen/;

/** The amount in this row of the list, with the focus. */
async function amountIn(page: Page, row: number) {
  const grid = page.getByRole('grid', { name: 'Deals' });
  const along = Number(await grid.getByRole('columnheader', { name: 'Betrag' }).getAttribute('aria-colindex')) - 1;
  await grid.locator('[role="gridcell"][tabindex="0"]').focus();
  await page.keyboard.press('Control+Home');
  for (let step = 0; step < row; step++) await page.keyboard.press('ArrowDown');
  for (let step = 0; step < along; step++) await page.keyboard.press('ArrowRight');
  const cell = grid.locator(`[data-cell="${row}:${along}"]`);
  await cell.and(page.locator(':focus')).waitFor();
  return cell;
}

test('on a record: shown and taken with a comma, asked again when it could be two numbers', async (t) => {
  const { id } = await send('POST', 'deals', { name: 'Record', amount: '1234.50', currency: 'EUR' });
  const { page } = await german(t);
  await open(page, `/deals/${id}`);
  const edit = page.getByRole('button', { name: 'Betrag bearbeiten' });
  const amount = page.getByRole('textbox', { name: 'Betrag' });
  await edit.click();
  assert.equal(await amount.inputValue(), '1234,50');
  await amount.fill('1.234');
  await amount.press('Enter');
  await page.getByRole('alert').filter({ hasText: twice }).waitFor();
  assert.deepEqual(await barriers(page), []);
  assert.deepEqual(await amounts('Record'), ['1234.50']);
  await amount.fill('98.765,4');
  await amount.press('Enter');
  await edit.getByText('98.765,40 €').waitFor();
  assert.deepEqual(await amounts('Record'), ['98765.40']);
});

test('in a list: typed, copied to and pasted from a spreadsheet', async (t) => {
  const names = ['Grid 1', 'Grid 2', 'Grid 3'];
  for (const name of names) await send('POST', 'deals', { name, amount: '0.50', currency: 'EUR' });
  const { page } = await german(t);
  await open(page, `/deals?layout=table&view=all&sort=name&filter=${filter('Grid')}`);
  await page.getByRole('gridcell', { name: 'Grid 3' }).waitFor();
  const set = async (row: number, text: string) => {
    await amountIn(page, row);
    await page.keyboard.type(text);
    await page.keyboard.press('Enter');
  };
  await set(0, '1234,5');
  await eventually(async () => (await amounts('Grid'))[0] === '1234.50');
  await set(1, '1.234');
  await page.getByRole('gridcell', { name: twice }).waitFor();
  await (await amountIn(page, 1)).press('F2');
  const editor = page.getByRole('gridcell').getByRole('textbox', { name: 'Betrag' });
  assert.equal(await editor.inputValue(), '1.234');
  await editor.press('Escape');

  const paste = async (text: string) => {
    await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
    await (await amountIn(page, 0)).press('Control+v');
  };
  await paste('1.234\r\n12.345.678,90\r\n7,25\r\n');
  await eventually(async () => (await amounts('Grid')).join() === '1234.00,12345678.90,7.25');
  await amountIn(page, 0);
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Control+c');
  const copied = () => page.evaluate<string>('navigator.clipboard.readText()');
  await eventually(async () => (await copied()).includes('12345678,90'));
  const range = await copied();
  assert.deepEqual(range.trim().split(/\r?\n/), ['1234,00', '12345678,90', '7,25']);
  await page.keyboard.press('Delete');
  await eventually(async () => (await amounts('Grid')).every((amount) => amount === null || Number(amount) === 0));
  await paste(range);
  await eventually(async () => (await amounts('Grid')).join() === '1234.00,12345678.90,7.25');
});

test('in forms, with the reason at its field: products of a deal, rates, fields of one’s own, filters', async (t) => {
  await send('POST', 'products', { name: 'Oil press', unit_price: '1250.00', currency: 'EUR' });
  const { id } = await send('POST', 'deals', { name: 'Lines', currency: 'EUR' });
  await send('POST', 'custom-fields', { resource: 'deal', key: 'fee', label: 'Honorar', type: 'money' });
  const { page } = await german(t);

  await open(page, `/deals/${id}`);
  await page.getByRole('button', { name: 'Produkte bearbeiten' }).click();
  const lines = page.getByRole('dialog', { name: 'Produkte' });
  await lines.getByRole('combobox', { name: 'Produkt' }).fill('Oil');
  await page.getByRole('option', { name: 'Oil press' }).click();
  await lines.getByLabel('Menge').fill('2,5');
  await lines.getByLabel('Stückpreis').fill('1.234');
  await lines.getByLabel('Rabatt %').fill('12,5');
  await lines.getByRole('button', { name: 'Produkte speichern' }).click();
  await lines.getByText(twice).waitFor();
  await lines.getByLabel('Stückpreis').fill('1.234,50');
  await lines.getByRole('button', { name: 'Produkte speichern' }).click();
  await lines.waitFor({ state: 'detached' });
  const [line] = (await send('GET', `deals/${id}`)).lines;
  assert.deepEqual([line.quantity, line.unit_price, line.discount_percent].map(Number), [2.5, 1234.5, 12.5]);

  await page.getByRole('button', { name: 'Honorar bearbeiten' }).click();
  await page.getByRole('textbox', { name: 'Honorar' }).fill('0,75');
  await page.keyboard.press('Enter');
  await eventually(async () => Number((await send('GET', `deals/${id}`)).custom.fee?.amount) === 0.75);

  await open(page, '/settings/currency-rates');
  await page.getByRole('button', { name: 'Neuer Kurs' }).click();
  const rate = page.getByRole('dialog', { name: 'Neuer Kurs' });
  await rate.getByRole('combobox', { name: 'Währung' }).click();
  await page.getByRole('option', { name: /^CHF/ }).click();
  await rate.getByLabel(/^Eine Einheit/).fill('1.085');
  await rate.getByRole('button', { name: 'Kurs anlegen' }).click();
  await rate.getByText('kann 1,085 oder 1085 heißen').waitFor();
  await rate.getByLabel(/^Eine Einheit/).fill('1,085');
  await rate.getByRole('button', { name: 'Kurs anlegen' }).click();
  await rate.waitFor({ state: 'detached' });
  assert.equal(Number((await send('GET', 'currency-rates')).data[0].rate), 1.085);
  await page.getByRole('button', { name: /^CHF, .* bearbeiten$/ }).waitFor();

  await open(page, `/deals?layout=table&view=all&filter=${filter('Lines')}`);
  await page.getByRole('row').getByRole('checkbox').first().click();
  await page.getByRole('button', { name: 'Bewegen', exact: true }).click();
  const many = page.getByRole('dialog', { name: 'Phase und Betrag von 1 Deal' });
  await many.getByLabel('Betrag').fill('1.234');
  await many.getByRole('button', { name: '1 Deal ändern' }).click();
  await many.getByText(twice).waitFor();
  await many.getByLabel('Betrag').fill('1234,56');
  await many.getByRole('button', { name: '1 Deal ändern' }).click();
  await eventually(async () => (await amounts('Lines')).join() === '1234.56');

  await open(page, '/deals?layout=table&view=all');
  await page.getByRole('combobox', { name: 'Filter', exact: true }).click();
  await page.getByRole('combobox', { name: 'Filtern nach' }).fill('Betrag');
  await page.getByRole('option', { name: 'Betrag', exact: true }).click();
  const value = page.getByRole('dialog').getByRole('textbox', { name: 'Wert' });
  await value.fill('1.234');
  await page.getByRole('alert').filter({ hasText: twice }).waitFor();
  await value.fill('2.700,3125');
  await page.waitForURL(/2700\.3125/);
  await value.fill('1.250,5');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Betrag ist 1\.250,50$/ }).waitFor();
});
