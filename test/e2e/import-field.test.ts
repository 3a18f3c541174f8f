import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually } from '../harness/eventually.ts';
import { barriers, open, type Person, picture, setUp } from './browser.ts';

const world = setUp();

const moods = ['Sunny', 'Rainy'];
const csv = (of: string) =>
  [
    'First name,Last name,Mood,Shoe size',
    ...Array.from({ length: 10 }, (_, n) => `${of},${n},${moods[n % 2]},${40 + n}`),
  ].join('\n');

/** Brings a file up to the step that maps its columns. */
async function toColumns(page: Page, of: string): Promise<void> {
  await open(page, '/imports/new');
  const file = { name: `${of}.csv`, mimeType: 'text/csv', buffer: Buffer.from(csv(of)) };
  await page.locator('input[type=file]').setInputFiles(file);
  await page.getByRole('button', { name: 'Read the file' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('heading', { name: 'Columns', exact: true }).waitFor();
}

const fieldFor = (page: Page, column: string) => page.getByRole('combobox', { name: `Field for ${column}` });

async function contacts(by: Person, of: string) {
  const filter = encodeURIComponent(JSON.stringify({ field: 'given_name', op: 'eq', value: of }));
  return (await by.session.send('GET', `/api/v1/contacts?sort=family_name&filter=${filter}`)).body.data;
}

test('a column that no field fits gets one in the wizard, and its values arrive in it', async (t) => {
  const { page } = await world.visit(t);
  await toColumns(page, 'Ida');
  await fieldFor(page, 'Mood').click();
  await page.getByRole('option', { name: 'New field…' }).click();
  const form = page.getByRole('dialog', { name: 'New field' });
  assert.equal(await form.getByLabel('Name').inputValue(), 'Mood');
  await form.getByRole('combobox', { name: 'Kind' }).getByText('One of a list').waitFor();
  assert.equal(await form.getByLabel('Choices').inputValue(), moods.join('\n'));
  assert.equal(await form.getByRole('combobox', { name: 'For' }).count(), 0, 'the file says for what it is');
  assert.deepEqual(await barriers(page), []);
  await picture(page, 'import-new-field');
  await form.getByRole('button', { name: 'Create field' }).click();
  await form.waitFor({ state: 'detached' });
  await fieldFor(page, 'Mood').getByText('Mood').waitFor();

  // Given up, the column stays without one.
  await fieldFor(page, 'Shoe size').click();
  await page.getByRole('option', { name: 'New field…' }).click();
  await form.getByRole('combobox', { name: 'Kind' }).getByText('Whole number').waitFor();
  await form.getByRole('button', { name: 'Cancel' }).click();
  await fieldFor(page, 'Shoe size').getByText('Leave out').waitFor();

  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await page.getByRole('button', { name: 'Import 10 rows' }).click();
  await page.getByRole('heading', { name: 'The import is done' }).waitFor();
  const [first] = await contacts(world.administrator, 'Ida');
  assert.deepEqual(first.custom, { mood: 'Sunny' });
  await open(page, `/contacts/${first.id}`);
  await page.getByText('Sunny', { exact: true }).first().waitFor();
});

test('who may not make fields is not offered one', async (t) => {
  const member = await world.person('Mo Member', 'member');
  const { page } = await world.visit(t, member);
  await toColumns(page, 'Jo');
  await fieldFor(page, 'Shoe size').click();
  await page.getByRole('option', { name: 'Leave out' }).waitFor();
  assert.equal(await page.getByRole('option', { name: 'New field…' }).count(), 0);
});

test('an unknown value becomes an option of its field, beside those that are there; only who may change fields is offered that', async (t) => {
  const options = ['Dry', 'Wet'];
  const field = { resource: 'contact', key: 'weather', label: 'Weather', type: 'select', options };
  const made = await world.administrator.session.send('POST', '/api/v1/custom-fields', field);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const member = await world.person('Mia Member', 'member');
  for (const person of [member, world.administrator]) {
    const { page } = await world.visit(t, person);
    await open(page, '/imports/new');
    const rows = ['First name,Last name,Weather', 'Kim,1,Dry', 'Kim,2,Foggy'];
    const file = { name: 'weather.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) };
    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByRole('button', { name: 'Read the file' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await fieldFor(page, 'Weather').getByText('Weather').waitFor();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Check', exact: true }).click();
    await page.getByRole('combobox', { name: 'What to do with Foggy' }).click();
    await page.getByRole('option', { name: 'Wet' }).waitFor();
    const add = page.getByRole('option', { name: 'Add as an option' });
    assert.equal(await add.count(), person === member ? 0 : 1);
    if (person === member) continue;
    await add.click();
    await page.getByRole('combobox', { name: 'What to do with Foggy' }).getByText('Foggy').waitFor();
    await page.getByRole('button', { name: 'Check again' }).click();
    await page.getByRole('list', { name: 'Values that are not options' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Import 2 rows' }).click();
    await page.getByRole('heading', { name: 'The import is done' }).waitFor();
  }
  const { body } = await world.administrator.session.send('GET', `/api/v1/custom-fields/${made.body.id}`);
  assert.deepEqual(body.options, ['Dry', 'Wet', 'Foggy']);
  const weather = (await contacts(world.administrator, 'Kim')).map(({ custom }: { custom: object }) => custom);
  assert.deepEqual(weather, [{ weather: 'Dry' }, { weather: 'Foggy' }]);
});

test('what becomes of unknown values stays chosen after a reload, and two that are added at once both become options', async (t) => {
  const field = { resource: 'contact', key: 'sky', label: 'Sky', type: 'select', options: ['Blue', 'Grey'] };
  const made = await world.administrator.session.send('POST', '/api/v1/custom-fields', field);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const { page } = await world.visit(t);
  await open(page, '/imports/new');
  const rows = ['First name,Last name,Sky', 'Lou,1,Azure', 'Lou,2,Pink', 'Lou,3,Red', 'Lou,4,Blue'];
  const file = { name: 'sky.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) };
  await page.locator('input[type=file]').setInputFiles(file);
  await page.getByRole('button', { name: 'Read the file' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await fieldFor(page, 'Sky').getByText('Sky').waitFor();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  const choiceFor = (text: string) => page.getByRole('combobox', { name: `What to do with ${text}` });
  const choose = async (text: string, option: string) => {
    await choiceFor(text).click();
    await page.getByRole('option', { name: option }).click();
  };
  await choose('Azure', 'Blue');
  await choiceFor('Azure').getByText('Blue').waitFor();
  await choose('Red', 'Grey');
  await choiceFor('Red').getByText('Grey').waitFor();
  // So slow that the second begins before the first has ended.
  await page.route(`**/api/v1/custom-fields/${made.body.id}`, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    await route.continue();
  });
  await choose('Pink', 'Add as an option');
  await choose('Red', 'Add as an option');
  const options = async () =>
    (await world.administrator.session.send('GET', `/api/v1/custom-fields/${made.body.id}`)).body.options;
  await eventually(async () => (await options()).length === 4);
  assert.deepEqual(await options(), ['Blue', 'Grey', 'Pink', 'Red']);
  // It is an option before it takes the place of the earlier choice.
  await choiceFor('Red').getByText('Red').waitFor();
  await page.reload();
  for (const [text, option] of [['Azure', 'Blue'], ['Pink', 'Pink'], ['Red', 'Red']] as const) // biome-ignore format: one list
    await choiceFor(text).getByText(option).waitFor();
  await page.getByRole('button', { name: 'Check again' }).click();
  await page.getByRole('button', { name: 'Import 4 rows' }).click();
  await page.getByRole('heading', { name: 'The import is done' }).waitFor();
  assert.deepEqual(
    (await contacts(world.administrator, 'Lou')).map(({ custom }: { custom: { sky: string } }) => custom.sky),
    ['Blue', 'Pink', 'Red', 'Blue'],
  );
});

test('files of the same name are all taken where they are chosen together, and those beyond the limit are named', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/imports/new');
  const fileOf = (name: string, text: string) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
  const input = page.locator('input[type=file]');
  await input.setInputFiles([fileOf('same.csv', 'Name\nA\n'), fileOf('same.csv', 'Name\nLonger\n')]);
  const list = page.getByRole('list', { name: 'Files to import' });
  await list.getByText('same.csv').nth(1).waitFor();
  await input.setInputFiles(Array.from({ length: 10 }, (_, n) => fileOf(`more-${n}.csv`, 'Name\nA\n')));
  await page.getByText('These were not added: more-8.csv and more-9.csv.').waitFor();
  assert.equal(await list.getByRole('listitem').count(), 10);
  // Another version of one that is there takes its place.
  await input.setInputFiles(fileOf('more-3.csv', 'Name\nCorrected\n'));
  await page.getByText('not added').waitFor({ state: 'detached' });
  assert.equal(await list.getByText('more-3.csv').count(), 1);
  await input.setInputFiles(Array.from({ length: 9 }, (_, n) => fileOf(`late-${n}.csv`, 'Name\nA\n')));
  await page.getByText('late-0.csv, late-1.csv, late-2.csv, late-3.csv, late-4.csv, and 4 more.').waitFor();
  assert.deepEqual(await barriers(page), []);
});

test('all names that were taken for others can be seen', async (t) => {
  const data = Array.from({ length: 7 }, (_, n) => ({ name: `Firm ${n}` }));
  const made = await world.administrator.session.send('POST', '/api/v1/companies/bulk', { data });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const { page } = await world.visit(t);
  await open(page, '/imports/new');
  const rows = ['First name,Last name,Company', ...data.map(({ name }, n) => `Max,${n},${name.toUpperCase()}`)];
  const file = { name: 'firms.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) };
  await page.locator('input[type=file]').setInputFiles(file);
  await page.getByRole('button', { name: 'Read the file' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  const list = page.getByRole('list', { name: 'Names of other records' });
  await list.getByText('was matched with').nth(4).waitFor();
  assert.equal(await list.getByText('was matched with').count(), 5);
  await list.getByRole('button', { name: 'and 2 more' }).click();
  await list.getByText('was matched with').nth(6).waitFor();
});
