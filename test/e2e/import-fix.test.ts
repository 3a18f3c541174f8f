import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Client, eventually } from '../harness/app.ts';
import { upload } from '../harness/import.ts';
import { barriers, desktop, open, phone, setUp } from './browser.ts';

let api: Client;
const world = setUp(async ({ tenant }) => {
  ({ api } = await tenant.as('admin'));
});

const countries = ['Germany', 'France', 'Spain', 'Norway', 'Peru', 'Italy', 'Chad', 'Cuba'];
const lines = (of: string) => [
  'Company name,Website,Country,Number of employees',
  `${of} One,https://one.example,Germny,10`,
  `${of} Two,not a site,Germny,11`,
  `${of} Three,,Germny,many`,
  ...countries.map((country, n) => `${of} ${country},,${country},${n}`),
];

async function uploaded(of: string): Promise<string> {
  const made = await upload(api, [[`${of}.csv`, lines(of).join('\n')]]);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  await api('PATCH', `/api/v1/imports/${made.body.id}`, { options: { bad_cells: 'leave_out_row' } });
  return made.body.id;
}
const counts = async (id: string) => (await api('GET', `/api/v1/imports/${id}`)).body.files[0].counts;
const companies = async (of: string): Promise<[name: string, country: string, people: number][]> => {
  const { body } = await api('GET', '/api/v1/companies?sort=name&limit=200');
  return body.data
    .filter(({ name }: { name: string }) => name.startsWith(of))
    .map((row: Record<string, unknown>) => [row.name, row.country, row.employee_count]);
};

test('by keyboard alone: what is wrong is put right in its cell, in all cells like it, left out, and taken back', async (t) => {
  const id = await uploaded('Keys');
  const { page } = await world.visit(t, world.administrator, desktop);
  await open(page, `/imports/${id}?step=check`);
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  const grid = page.getByRole('grid', { name: 'Rows of Keys.csv' });
  await grid.getByRole('gridcell', { name: 'not a site' }).waitFor();
  assert.equal((await counts(id)).errors, 2);
  assert.equal(await grid.locator('[aria-invalid]').count(), 2);
  assert.deepEqual(await barriers(page), []);

  await grid.getByRole('gridcell', { name: 'not a site' }).click();
  await page.getByText('is not a web address. Write one such as https://example.com.').waitFor();
  await page.keyboard.type('two.example');
  await page.keyboard.press('Enter');
  await eventually(async () => (await counts(id)).errors === 1);

  await grid.getByRole('gridcell', { name: 'Germny' }).first().click();
  await page.locator('[role="gridcell"]:focus').getByText('Did you mean “Germany”?').waitFor();
  await page.keyboard.press('F2');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('Germany');
  await page.keyboard.press('Control+Enter');
  await eventually(async () => (await grid.getByRole('gridcell', { name: 'Germany' }).count()) === 3);
  await page.keyboard.press('Control+z');
  await eventually(async () => (await grid.getByRole('gridcell', { name: 'Germny' }).count()) === 3);

  // One first, then the others by the button that offers it.
  await grid.getByRole('gridcell', { name: 'Germny' }).first().click();
  await page.keyboard.type('Germany');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'In all rows with “Germny”' }).click();
  await eventually(async () => (await grid.getByRole('gridcell', { name: 'Germany' }).count()) === 3);

  await grid.getByRole('gridcell', { name: /^many/ }).click();
  await page.keyboard.press(' ');
  await page.getByRole('button', { name: 'Leave out' }).click();
  await eventually(async () => (await counts(id)).errors === 0);
  await page.getByRole('button', { name: 'Corrections' }).click();
  await page.getByText('Country: “Germny” becomes “Germany” in all rows').waitFor();
  await page.keyboard.press('Escape');

  // What is still being sent when the import is asked for goes before it.
  await page.route('**/fixes', (route) => setTimeout(() => void route.continue(), 500));
  await grid
    .getByRole('row', { name: /Keys One/ })
    .getByRole('gridcell', { name: '10', exact: true })
    .click();
  await page.keyboard.type('15');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Import 10 rows' }).click();
  await page.getByRole('heading', { name: 'The import is done' }).waitFor();
  const rows = await companies('Keys');
  assert.equal(rows.length, 10);
  assert.deepEqual(
    rows.filter(([name]) => /One|Two|Three/.test(name)),
    [
      ['Keys One', 'Germany', 15],
      ['Keys Two', 'Germany', 11],
    ],
  );
});

test('on a phone a row is put right in a dialog', async (t) => {
  const id = await uploaded('Touch');
  const { page } = await world.visit(t, world.administrator, phone);
  await open(page, `/imports/${id}?step=check`);
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await page.getByRole('button', { name: /^Row 4/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Row 4' });
  await dialog.getByLabel('Number of employees').fill('12');
  await dialog.getByLabel('Country').fill('Germany');
  await dialog.getByRole('checkbox', { name: 'In all rows with “Germny”' }).click();
  assert.deepEqual(await barriers(page), []);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await eventually(async () => (await counts(id)).errors === 1);
  await page.getByRole('button', { name: /^Import 10 rows/ }).click();
  await page.getByRole('heading', { name: 'The import is done' }).waitFor();
  assert.deepEqual((await companies('Touch')).find(([name]) => name === 'Touch Three'), ['Touch Three', 'Germany', 12]); // biome-ignore format: one call
});

test('what is wrong with a cell is said in the language of whoever puts it right', async (t) => {
  const id = await uploaded('Deutsch');
  const person = await world.person('Gerda Gruber', 'admin');
  await person.session.send('PATCH', '/api/v1/profile', { locale: 'de' });
  const { page } = await world.visit(t, person, desktop);
  await open(page, `/imports/${id}?step=check`);
  await page.getByRole('button', { name: 'Prüfen', exact: true }).click();
  const grid = page.getByRole('grid', { name: 'Zeilen von Deutsch.csv' });
  await grid.getByRole('gridcell', { name: /„not a site“ ist keine Webadresse/ }).waitFor();
  await grid
    .getByRole('gridcell', { name: /„Germny“ ist nicht der Name eines Landes. Ist „Germany“ gemeint/ })
    .first()
    .waitFor();
});

test('a text of several lines is put right with its line breaks, and one that is cut is not cut short', async (t) => {
  const cut = 'y'.repeat(2_500);
  const rows = ['Company name,Description,Employees', 'Lines One,"First\nSecond",many', `Lines Two,"${cut}",many`];
  const { body } = await upload(api, [['Lines.csv', rows.join('\n')]]);
  const files = [{ id: body.files[0].id, columns: { Employees: 'employee_count' } }];
  await api('PATCH', `/api/v1/imports/${body.id}`, { options: { bad_cells: 'leave_out_row' }, files });
  const { page } = await world.visit(t, world.administrator, desktop);
  await open(page, `/imports/${body.id}?step=check`);
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  const grid = page.getByRole('grid', { name: 'Rows of Lines.csv' });
  await grid.getByRole('gridcell', { name: 'First' }).dblclick();
  const text = page.getByRole('dialog').getByRole('textbox', { name: 'Description' });
  await text.press('End');
  await text.pressSequentially('ly');
  assert.deepEqual(await barriers(page), []);
  await page.getByRole('button', { name: 'Save' }).click();
  const cells = async () => (await api('GET', `/api/v1/imports/${body.id}/rows`)).body.data[0].cells;
  await eventually(
    async () => /^First(ly)?\nSecond(ly)?$/.test((await cells())[1]) && (await cells())[1] !== 'First\nSecond',
  );

  await grid.getByRole('gridcell', { name: 'yyyy' }).dblclick();
  await page.getByText('This text is longer than what is shown here.').waitFor();
  assert.equal(await text.isEditable(), false);

  // What takes its place is for this row alone: the whole of what stands there is not known here.
  await page.keyboard.press('Escape');
  await text.waitFor({ state: 'detached' });
  await grid.getByRole('gridcell', { name: 'yyyy' }).click();
  await page.keyboard.type('Short');
  await page.keyboard.press('Control+Enter');
  const second = async () => (await api('GET', `/api/v1/imports/${body.id}/rows`)).body.data[1].cells[1];
  await eventually(async () => (await second()) === 'Short');
  assert.equal(await page.getByRole('button', { name: /In all rows with “yyy/ }).count(), 0);
});
