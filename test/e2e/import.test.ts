import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { type Client, eventually } from '../harness/app.ts';
import { asOwner } from '../harness/identity.ts';
import { follow, upload } from '../harness/import.ts';
import { barriers, desktop, looksRight, open, picture, setUp, textOf } from './browser.ts';

const small = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
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
  await page.getByRole('combobox', { name: 'Empty cells' }).click();
  await page.getByRole('option', { name: 'Clear the field' }).click();
  await check(page);
  await page.getByRole('heading', { name: 'This is what would happen' }).waitFor();
  assert.equal(await currency.inputValue(), 'CHF');
  await page.getByRole('combobox', { name: 'Empty cells' }).getByText('Clear the field').waitFor();

  // Typed as a whole and not chosen from the list.
  await currency.click();
  await page.keyboard.type('jpy');
  await page.keyboard.press('Tab');
  await eventually(async () => (await read(id)).options.currency === 'JPY');
  assert.equal(await currency.inputValue(), 'JPY');
  await picture(page, 'import-options');
});

test('what is only to note is called so, where rows are counted and where they are chosen', async (t) => {
  const id = await uploaded('notes.csv', ['First name,Last name,Company', 'Ann,Lee,Nowhere Inc']);
  await api('PATCH', `/api/v1/imports/${id}`, { options: { missing_relations: 'leave_empty' } });
  const { page } = await world.visit(t);
  await open(page, `/imports/${id}?step=check`);
  await check(page);
  const file = page.getByRole('region', { name: 'notes.csv', exact: true });
  await file.getByRole('gridcell', { name: 'Nowhere Inc' }).waitFor();
  await file.locator('div', { hasText: /^have a problem0$/ }).waitFor();
  await file.getByRole('combobox', { name: 'Rows shown' }).getByText('Only rows with problems or notes').waitFor();
  await picture(page, 'import-notes');
});

test('nothing offers to undo an import that was taken back already', async (t) => {
  const id = await uploaded('undo.csv', ['Company name', 'Undo One']);
  const { page } = await world.visit(t);
  await open(page, `/imports/${id}?step=check`);
  await check(page);
  await page.getByRole('button', { name: 'Import 1 row' }).click();
  await page.getByRole('button', { name: 'Undo' }).waitFor();
  await page.getByRole('button', { name: 'Revert' }).click();
  await page.getByRole('button', { name: 'Revert import' }).click();
  await page.getByRole('heading', { name: 'The import was reverted' }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Undo' }).count(), 0);
});

test('what was taken back, and what stayed, adds up with what the import had done, for each kind', async (t) => {
  const id = await uploaded('sales.csv', [
    'Deal ID,Deal Name,Stage,Tags',
    '1,Sold one,Tasting,new',
    '2,Sold two,Tasting,new',
    '3,Sold three,Won,new',
  ]);
  await follow(api, id, 'runs');
  const deals = (await api('GET', '/api/v1/deals?sort=name')).body.data;
  const edited = deals.find(({ name }: { name: string }) => name === 'Sold three');
  await api('PATCH', `/api/v1/deals/${edited.id}`, { source: 'By hand' });
  for (const device of [desktop, small]) {
    const { page } = await world.visit(t, world.administrator, device);
    await open(page, `/imports/${id}`);
    if (device === desktop) {
      await page.getByRole('button', { name: 'Revert' }).click();
      await page.getByRole('button', { name: 'Revert import' }).click();
    }
    await page.getByText('It had created 3, updated 0, and left 0 unchanged').waitFor();
    const report = page.getByRole('region', { name: 'What was reverted' });
    assert.equal(await textOf(report.locator('dl > div', { hasText: 'Deals' })), 'Deals2 deleted · 1 left unchanged');
    await report.getByText('Deals · Sold three: It was changed since.').waitFor();
    assert.deepEqual(await barriers(page), []);
    assert.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false);
    await picture(page, `import-reverted-${device === desktop ? 'desktop' : 'phone'}`);
  }
});

test('from what was found there is a way back to the choice of files, and what was set before stays', async (t) => {
  const id = await uploaded('wrong.csv', ['Company name', 'Wrong One']);
  await api('PATCH', `/api/v1/imports/${id}`, { options: { mode: 'create' } });
  const { page } = await world.visit(t);
  await open(page, `/imports/${id}`);
  await page.getByRole('link', { name: 'Back' }).click();
  await page.getByRole('heading', { name: 'Which files?' }).waitFor();
  await page.getByText('The import of wrong.csv is waiting as you left it.').waitFor();
  await picture(page, 'import-back');
  const file = { name: 'right.csv', mimeType: 'text/csv', buffer: Buffer.from('Company name\nRight One\n') };
  await page.locator('input[type=file]').setInputFiles(file);
  await page.getByRole('button', { name: 'Read the file' }).click();
  await page.getByRole('heading', { name: 'right.csv' }).waitFor();
  const [made] = (await api('GET', '/api/v1/imports?sort=-created_at')).body.data;
  assert.deepEqual([made.name, made.options.mode], ['right.csv', 'create']);
  await page.goBack();
  await page.getByRole('link', { name: 'wrong.csv' }).click();
  await page.getByRole('heading', { name: 'wrong.csv' }).waitFor();
});

test('from a finished import one comes to the rows that it made, whatever pipeline they are in', async (t) => {
  const first = await api('POST', '/api/v1/pipelines', { name: 'Renewals' });
  assert.equal(first.status, 201, JSON.stringify(first.body));
  const id = await uploaded('rows.csv', [
    'Deal ID,Deal Name,Pipeline,Stage',
    '71,Far one,Far away,Landing',
    '72,Far two,Far away,Won',
  ]);
  await follow(api, id, 'runs');
  const { page } = await world.visit(t);
  await open(page, `/imports/${id}`);
  await page.getByRole('link', { name: 'Open the new deals' }).click();
  const grid = page.getByRole('grid', { name: 'Deals' });
  await grid.getByRole('gridcell', { name: 'Far one' }).waitFor();
  await grid.getByRole('gridcell', { name: 'Far two' }).waitFor();
  assert.equal(await grid.getByRole('row').filter({ hasText: 'Sold three' }).count(), 0);
  await page.getByRole('button', { name: 'Import is rows.csv' }).waitFor();
  assert.deepEqual(await barriers(page), []);
  await picture(page, 'import-rows');
});

test('rows before the header, columns left out, unknown options and companies with similar names are shown and chosen one by one', async (t) => {
  const field = await api('POST', '/api/v1/custom-fields', {
    resource: 'contact',
    key: 'mood',
    label: 'Mood',
    type: 'select',
    options: ['Sunny', 'Rainy'],
  });
  assert.equal(field.status, 201, JSON.stringify(field.body));
  await api('POST', '/api/v1/companies', { name: 'Müller Bau GmbH & Co. KG' });
  const id = await uploaded('guests.csv', [
    'Guests of the house',
    '',
    'First name,Last name,Email,Company,Mood,Shoe size,Locker,Badge',
    'Ada,Berg,ada@guests.example,MULLER BAU,Sunny,41,,',
    'Bea,Cole,bea@guests.example,Kiln Works,Stormy,,,',
    'Cem,Dirk,cem@guests.example,Kiln Works,Foggy,,,',
  ]);
  const { page } = await world.visit(t);
  await open(page, `/imports/${id}`);
  await page.getByRole('combobox', { name: 'Rows above it' }).getByText('1', { exact: true }).waitFor();
  await looksRight(page, 'import-found');
  await page.getByRole('button', { name: 'Continue' }).click();
  const columns = page.getByRole('region', { name: 'Columns of guests.csv' });
  await columns.getByText(/not imported: .*Shoe size \(33% filled\)/).waitFor();
  await columns.getByText('Empty in the first rows of this file: Locker and Badge').waitFor();
  const locker = columns.getByRole('combobox', { name: 'Field for Locker' });
  assert.equal(await locker.count(), 0, 'empty columns take no row each');
  await looksRight(page, 'import-columns');
  await columns.getByRole('button', { name: 'Show empty columns' }).click();
  await locker.waitFor();
  await columns.getByRole('button', { name: 'Hide empty columns' }).click();
  await columns.getByRole('button', { name: 'Keep in a note' }).click();
  await columns.getByText(/not imported:/).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Continue' }).click();
  await check(page);

  const options = page.getByRole('list', { name: 'Values that are not options' });
  const created = page.getByRole('list', { name: 'Records created from names' });
  await page.getByText('Empty in this file: Locker and Badge').waitFor();
  await created.getByText('“MULLER BAU” is similar to Müller Bau GmbH & Co. KG').waitFor();
  await looksRight(page, 'import-checked');
  await page.setViewportSize(small.viewport);
  const { x, width } = (await page.getByRole('button', { name: 'Import 3 rows', exact: true }).boundingBox())!;
  assert.ok(x + width <= small.viewport.width, 'the button to import is not cut off');
  await page.setViewportSize(desktop.viewport);
  await options.getByRole('combobox', { name: 'What to do with Stormy' }).click();
  await page.getByRole('option', { name: 'Rainy' }).click();
  await options.getByRole('combobox', { name: 'What to do with Stormy' }).getByText('Rainy').waitFor();
  await options.getByRole('combobox', { name: 'What to do with Foggy' }).click();
  await page.getByRole('option', { name: 'Add as an option' }).click();
  await options.getByRole('combobox', { name: 'What to do with Foggy' }).getByText('Foggy', { exact: true }).waitFor();
  await created.getByRole('button', { name: 'Use Müller Bau GmbH & Co. KG' }).click();
  await created.getByRole('button', { name: 'Müller Bau GmbH & Co. KG applied' }).waitFor();
  await looksRight(page, 'import-chosen');
  await page.getByRole('button', { name: 'Check again' }).click();
  await options.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Import 3 rows and create 1 linked record' }).click();
  await page.getByRole('heading', { name: 'The import is done' }).waitFor();
  await looksRight(page, 'import-done');

  const filter = encodeURIComponent(JSON.stringify({ field: 'import_id', op: 'eq', value: id }));
  const { data } = (await api('GET', `/api/v1/contacts?sort=given_name&filter=${filter}`)).body;
  assert.deepEqual(
    data.map(({ company, custom }: { company: { name: string }; custom: object }) => [company.name, custom]),
    [
      ['Müller Bau GmbH & Co. KG', { mood: 'Sunny' }],
      ['Kiln Works', { mood: 'Rainy' }],
      ['Kiln Works', { mood: 'Foggy' }],
    ],
  );
});

test('what was stopped goes on from its page, and so does what is heard of no more', async (t) => {
  const id = await uploaded('stopped.csv', ['Company name', 'Stopped One']);
  await asOwner(world.app, `update import set state = 'cancelled' where id = $1`, [id]);
  const { page } = await world.visit(t);
  await open(page, `/imports/${id}`);
  await page.getByRole('heading', { name: 'The import was cancelled' }).waitFor();
  assert.deepEqual(await barriers(page), []);
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('heading', { name: 'The import is done' }).waitFor();

  const silent = await uploaded('silent.csv', ['Company name', 'Silent One']);
  await asOwner(
    world.app,
    `reset role; begin; alter table import disable trigger user; set local role holdfast_system;
      update import set state = 'running', updated_at = now() - interval '2 minutes' where id = '${silent}';
      reset role; alter table import enable trigger user; commit`,
  );
  await open(page, `/imports/${silent}`);
  await page.getByText('There has been no progress for a while.').waitFor();
  assert.deepEqual(await barriers(page), []);
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('heading', { name: 'The import is done' }).waitFor();
});

test('an upload that is too large for what stands before the server says so', async (t) => {
  const { page, expectRefusal } = await world.visit(t);
  expectRefusal(413);
  await page.route('**/api/v1/imports', (route) =>
    route.request().method() === 'POST'
      ? route.fulfill({ status: 413, contentType: 'text/html', body: '<h1>413 Request Entity Too Large</h1>' })
      : route.continue(),
  );
  await open(page, '/imports/new');
  const file = { name: 'large.csv', mimeType: 'text/csv', buffer: Buffer.from('Company name\nLarge One') };
  await page.locator('input[type=file]').setInputFiles([file]);
  await page.getByRole('button', { name: 'Read the file' }).click();
  const refused = page.getByRole('main').getByRole('alert');
  await refused.waitFor();
  assert.match(await textOf(refused), /too large/);
});

test('before anything is written one sees whom rows could be, what changes in each record, and who is new, ten at a time', async (t) => {
  const company = (await api('POST', '/api/v1/companies', { name: 'Nordlicht Messebau GmbH' })).body;
  const person = async (body: object) => (await api('POST', '/api/v1/contacts', body)).body;
  const anna = await person({
    given_name: 'Anna',
    family_name: 'Weber',
    email: 'anna.weber@nordlicht.example',
    company_id: company.id,
    city: 'Kiel',
  });
  const jonas = { given_name: 'Jonas', family_name: 'Freiherr von Hohenlohe-Langenburg' };
  await person({ ...jonas, email: 'jonas@hohenlohe.example', city: 'Langenburg', job_title: 'Einkauf' });
  const known = Array.from({ length: 10 }, (_, n) => `Gast${n},Alt,gast${n}@messe.example`);
  await follow(api, await uploaded('known.csv', ['First name,Last name,Email', ...known]), 'runs');
  const id = await uploaded('messe.csv', [
    'First name,Last name,Email,Company,City,Job title',
    'Anna,Weber,,Südstern AG,München,Leitung Vertrieb',
    'Jonas,Freiherr von Hohenlohe-Langenburg,jonas@hohenlohe.example,Südstern AG,München,Leitung Einkauf und Logistik',
    ...known.map((line) => `${line},,Berlin,`),
    ...Array.from({ length: 13 }, (_, n) => `Neu${n},Gast,neu${n}@messe.example,,,`),
  ]);
  const { page } = await world.visit(t);
  await open(page, `/imports/${id}?step=check`);
  await page.getByRole('combobox', { name: 'When only the name matches a contact' }).waitFor();
  await check(page);
  const could = page.getByRole('region', { name: '1 row may match an existing contact' });
  await could.getByText('Nordlicht Messebau GmbH · anna.weber@nordlicht.example · Kiel').waitFor();
  const updates = page.getByRole('region', { name: '11 records would change' });
  const first = updates.getByRole('listitem').filter({ hasText: 'Row 3' });
  assert.match(await textOf(first), /CityLangenburg→is nowMünchen/);
  assert.match(await textOf(first), /Job titleEinkauf→is nowLeitung Einkauf und Logistik/);
  assert.match(await textOf(first), /Companyempty→is nowSüdstern AG/);
  assert.equal(await updates.locator('ul > li').count(), 10);
  await page.getByRole('region', { name: '14 records would be new' }).getByText('Anna Weber').waitFor();
  await looksRight(page, 'import-outcomes');
  await updates.getByRole('button', { name: 'Next ten' }).click();
  await updates.getByText('11 to 11 of 11').waitFor();
  assert.equal(await updates.locator('ul > li').count(), 1);

  await could.getByRole('button', { name: 'Row 2 is Anna Weber' }).click();
  await could.waitFor({ state: 'detached' });
  const twelve = page.getByRole('region', { name: '12 records would change' });
  await twelve.getByRole('button', { name: 'Previous ten' }).click();
  await twelve.getByText('Your answer').waitFor();
  await page.getByRole('region', { name: '13 records would be new' }).waitFor();
  await looksRight(page, 'import-outcomes-said');
  await page.getByRole('button', { name: 'Import 25 rows' }).click();
  await page.getByRole('heading', { name: 'The import is done' }).waitFor();
  const changed = (await api('GET', `/api/v1/contacts/${anna.id}`)).body;
  assert.deepEqual([changed.email, changed.city], ['anna.weber@nordlicht.example', 'München']);
});
