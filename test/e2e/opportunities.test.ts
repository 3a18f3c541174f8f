import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { readUploads } from '../harness/import.ts';
import { open, settled, setUp, textOf } from './browser.ts';

const world = setUp();
const root = new URL('../../', import.meta.url);
const import_ms_max = 180_000;

/** As the page says it. */
interface Expected {
  folder: URL;
  rows: string;
  companies: string;
  products: number;
  agents: number;
  deals: string;
  won: string;
  won_value: string;
  lost: string;
  open: Record<string, string>;
}

const cases: Record<string, Expected> = {
  'a small set of the same shape': {
    folder: new URL('test/fixtures/opportunities/', root),
    rows: '19',
    companies: '4 companies',
    products: 3,
    agents: 4,
    deals: '8 deals',
    won: '3',
    won_value: '$30,860',
    lost: '1',
    open: { Engaging: '2 deals', Prospecting: '2 deals' },
  },
  'the sample': {
    folder: new URL('../shared/data/crm-opportunities/', root),
    rows: '8,927',
    companies: '85 companies',
    products: 7,
    agents: 35,
    deals: '8,800 deals',
    won: '4,238',
    won_value: '$10,005,534',
    lost: '2,473',
    open: { Engaging: '1,589 deals', Prospecting: '500 deals' },
  },
};

for (const [name, expected] of Object.entries(cases)) {
  const skip = !existsSync(expected.folder) && 'the sample is not here';
  test(`${name}: its files become what the page shows, again nothing changes, taken back nothing is left`, {
    skip,
  }, async (t) => {
    const { page } = await world.visit(t);
    await checkFiles(page, expected.folder);
    await page.getByRole('button', { name: `Import ${expected.rows} rows` }).click();
    await page.getByRole('heading', { name: 'The import is done' }).waitFor({ timeout: import_ms_max });
    await page.getByText(`${expected.rows} created, 0 updated, 0 unchanged`).waitFor();
    const report = page.url();
    await looksImported(page, expected);

    await checkFiles(page, expected.folder);
    assert.equal(await page.getByRole('button', { name: 'Nothing to import' }).isDisabled(), true);

    await open(page, report);
    await page.getByRole('button', { name: 'Revert' }).click();
    await page.getByRole('button', { name: 'Revert import' }).click();
    await page.getByRole('heading', { name: 'The import was reverted' }).waitFor({ timeout: import_ms_max });
    await looksEmpty(page);
  });
}

/** From the files to what would happen with them, without help. */
async function checkFiles(page: Page, folder: URL): Promise<void> {
  await open(page, '/imports/new');
  const files = (await readUploads(folder)).map(([file, content]) => ({
    name: basename(file),
    mimeType: 'text/csv',
    buffer: Buffer.from(content),
  }));
  await page.locator('input[type=file]').setInputFiles(files);
  await page.getByRole('button', { name: `Read ${files.length} files` }).click();
  await page.getByRole('heading', { name: 'What we found' }).waitFor();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('heading', { name: 'Columns', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await page.getByRole('heading', { name: 'This is what would happen' }).waitFor({ timeout: import_ms_max });
}

async function looksImported(page: Page, expected: Expected): Promise<void> {
  await open(page, '/dashboard');
  await page.getByRole('combobox', { name: 'Period' }).click();
  await page.getByRole('option', { name: 'All time' }).click();
  await page.getByText(`${expected.won} won, ${expected.lost} lost`).first().waitFor();
  const tile = (title: string) => page.getByRole('region', { name: title, exact: true });
  const table = async (title: string) => {
    await tile(title).getByRole('button', { name: 'Show as a table' }).click();
    return tile(title).getByRole('table');
  };
  assert.match(await textOf(tile('Companies').getByRole('link')), new RegExp(`^${expected.companies.split(' ')[0]}$`));
  const agents = (await table('Won value by owner')).getByRole('link');
  const sums = await agents.allTextContents();
  const won = sums.reduce((sum, text) => sum + Number(text.replace(/\D/g, '')), 0);
  assert.equal(won, Number(expected.won_value.replace(/\D/g, '')), sums.join(' '));
  const stages = (await table('Open value by stage')).getByRole('row');
  for (const [stage, deals] of Object.entries(expected.open)) {
    assert.match(await textOf(stages.filter({ hasText: stage })), new RegExp(`${deals}$`));
  }

  await tile('Won value').getByRole('link').click();
  await page.getByText(`${expected.won} deals · ${expected.won_value}`).waitFor();

  await open(page, '/deals?layout=table&view=all');
  await page.getByText(expected.deals, { exact: true }).waitFor();
  await open(page, '/companies');
  await page.getByText(expected.companies, { exact: true }).waitFor();
  await open(page, '/products');
  await page.getByText(`${expected.products} products`, { exact: true }).waitFor();
  assert.equal(await rowsOf(page, 'members'), expected.agents + 1, 'with the administrator');
}

async function looksEmpty(page: Page): Promise<void> {
  await open(page, '/companies');
  await page.getByRole('heading', { name: 'No companies yet' }).waitFor();
  await open(page, '/deals?layout=table&view=all');
  await page.getByRole('heading', { name: 'No deals yet' }).waitFor();
  assert.equal(await rowsOf(page, 'members'), 1);
  await open(page, '/products');
  await page.getByRole('heading', { name: 'No products yet' }).waitFor();
  await open(page, '/settings/teams');
  await page.getByRole('heading', { name: 'No teams yet' }).waitFor();
}

async function rowsOf(page: Page, section: string): Promise<number> {
  await open(page, `/settings/${section}`);
  await settled(page);
  const list = page.getByRole('list', { name: new RegExp(`^${section}$`, 'i') });
  await list.waitFor();
  return list.getByRole('listitem').count();
}
