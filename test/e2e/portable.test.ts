import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { readXlsx, writeXlsx } from 'hucre';
import { barriers, open, setUp } from './browser.ts';

const world = setUp(async ({ administrator }) => {
  for (const given_name of ['Livia', 'Otto']) {
    const made = await administrator.session.send('POST', '/api/v1/contacts', { given_name });
    assert.equal(made.status, 201, JSON.stringify(made.body));
  }
});

test('a workbook and an export of another system go through the wizard, which says what it recognised', async (t) => {
  const { page } = await world.visit(t);
  const book = await writeXlsx({
    sheets: [
      {
        name: 'Guests',
        rows: [
          ['First name', 'E-mail'],
          ['Ada', 'ada@x.example'],
        ],
      },
    ],
  });
  const hubspot = new URL('../fixtures/presets/hubspot-contacts.csv', import.meta.url);
  await open(page, '/imports/new');
  await page.locator('input[type=file]').setInputFiles([
    { name: 'fair.xlsx', mimeType: 'application/octet-stream', buffer: Buffer.from(book) },
    { name: 'other.csv', mimeType: 'text/csv', buffer: await readFile(hubspot) },
  ]);
  await page.getByRole('button', { name: 'Read 2 files' }).click();
  await page.getByRole('heading', { name: 'fair – Guests.csv' }).waitFor();
  await page.getByRole('region', { name: 'other.csv' }).getByText('From HubSpot').waitFor();
  assert.equal(
    await page
      .getByRole('region', { name: 'fair – Guests.csv' })
      .getByText(/^From /)
      .count(),
    0,
  );
  assert.deepEqual(await barriers(page), []);
});

test('what is no workbook is refused in words', async (t) => {
  const { page, expectRefusal } = await world.visit(t);
  expectRefusal(422);
  await open(page, '/imports/new');
  const buffer = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]);
  await page
    .locator('input[type=file]')
    .setInputFiles([{ name: 'old.xls', mimeType: 'application/vnd.ms-excel', buffer }]);
  await page.getByRole('button', { name: 'Read the file' }).click();
  await page.getByText('before 2007. Save it as XLSX').waitFor();
});

test('a list becomes a workbook in the background, said when it is ready, and there to download again', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/contacts');
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Make an Excel workbook' }).click();
  await page.getByText('The export is ready').waitFor();
  assert.equal(await page.getByText('The export is being prepared').count(), 0, 'what is over is said no more');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download' }).click();
  const file = await download;
  assert.equal(file.suggestedFilename(), 'contacts.xlsx');
  const { sheets } = await readXlsx(await readFile(await file.path()));
  assert.deepEqual(
    sheets[0]!.rows
      .slice(1)
      .map((row) => row.find((cell) => cell === 'Livia' || cell === 'Otto'))
      .sort(),
    ['Livia', 'Otto'],
  );

  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Earlier exports' }).click();
  await page.getByRole('link', { name: 'Download Contacts as Excel workbook' }).waitFor();
  assert.deepEqual(await barriers(page), []);
});

test('a view is exported with the columns that are chosen in it, in their order, filtered and sorted', async (t) => {
  const { page } = await world.visit(t);
  const { session } = world.administrator;
  const make = async (path: string, body: object) => {
    const made = await session.send('POST', `/api/v1/${path}`, body);
    assert.ok(made.status < 300, JSON.stringify(made.body));
  };
  await make('contacts', { given_name: 'Ada', city: 'Oslo', job_title: 'Captain' });
  await make('contacts', { given_name: 'Bo', city: 'Oslo', job_title: 'Cook' });
  const columns = {
    order: ['name', 'job_title', 'email', 'company_id', 'city'],
    hidden: ['email', 'city'],
    widths: {},
    pinned: [],
  };
  await make('saved-views', {
    resource: 'contact',
    name: 'Crew',
    filter: { field: 'city', op: 'eq', value: 'Oslo' },
    sort: '-name',
    columns,
  });
  await open(page, '/contacts');
  await page.getByRole('main').getByRole('link', { name: 'Crew' }).click();
  await page.getByRole('grid').getByText('Captain').waitFor();
  const toggle = async (name: string) => {
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('menuitemcheckbox', { name, exact: true }).click();
    await page.keyboard.press('Escape');
  };
  await toggle('City');
  await page.getByRole('columnheader', { name: 'City' }).waitFor();
  await toggle('Company');
  await page.getByRole('columnheader', { name: 'Company' }).waitFor({ state: 'detached' });
  const shown = (await page.getByRole('columnheader').allTextContents()).map((text) => text.trim()).filter(Boolean);
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Download as CSV' }).click(),
  ]);
  const [head, ...rows] = (await readFile(await file.path(), 'utf8')).replace('\ufeff', '').trim().split('\n');
  const names = head!.split(',');
  assert.deepEqual(names.slice(0, 3), ['Name', 'Job title', 'City']);
  assert.deepEqual([names.includes('Company'), names.includes('E-mail')], [false, false]);
  // The page may say it shorter at the head of a narrow column.
  assert.deepEqual(
    names.slice(0, 6).map((name, at) => (name.startsWith(shown[at]!) ? shown[at] : name)),
    shown.slice(0, 6),
  );
  assert.deepEqual(
    rows.map((row) => row.split(',').slice(0, 3)),
    [
      ['Bo', 'Cook', 'Oslo'],
      ['Ada', 'Captain', 'Oslo'],
    ],
  );
});
