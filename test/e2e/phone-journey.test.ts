import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { test } from 'node:test';
import { eventually } from '../harness/app.ts';
import { readUploads } from '../harness/import.ts';
import { barriers, open, phone, picture, setUp } from './browser.ts';

const world = setUp();
const { read } = world;
const sample = new URL('../fixtures/opportunities/', import.meta.url);

test('on a phone, by touch: import, find and move a deal, merge companies and take it back, assign all, export', async (t) => {
  const { user_id } = await world.person('Olga Other', 'member');
  const { page } = await world.visit(t, world.administrator, { ...phone, acceptDownloads: true });
  const tap = (name: string, exact = true) => page.getByRole('button', { name, exact }).first().tap();
  const said = (text: string | RegExp) => page.getByRole('dialog').filter({ hasText: text }).first().waitFor();
  const step = async (name: string) => {
    assert.deepEqual(await barriers(page, 'structure'), [], name);
    await picture(page, `phone-${name}`);
  };

  await open(page, '/');
  await tap('More');
  await page.getByRole('dialog').getByRole('link', { name: 'Import' }).tap();
  await page.getByRole('heading', { name: 'Imports', level: 1 }).waitFor();
  await page
    .getByRole('main')
    .getByRole('link', { name: /Import/ })
    .first()
    .tap();
  const files = await readUploads(sample);
  await page
    .locator('input[type=file]')
    .setInputFiles(
      files.map(([name, content]) => ({ name: basename(name), mimeType: 'text/csv', buffer: Buffer.from(content) })),
    );
  await step('1-files');
  await tap(`Read ${files.length} files`);
  await page.getByRole('heading', { name: 'What we found' }).waitFor();
  await step('2-found');
  await tap('Continue');
  await page.getByRole('heading', { name: 'Columns', exact: true }).waitFor();
  await step('3-columns');
  await tap('Continue');
  await tap('Check');
  await page.getByRole('heading', { name: 'This is what would happen' }).waitFor();
  await step('4-check');
  await tap('Import 19 rows');
  await page.getByRole('heading', { name: 'The import is done' }).waitFor();
  await step('5-imported');

  await tap('Search');
  await page.getByRole('combobox', { name: 'Search and commands' }).fill('Larkspur');
  const deal = page.getByRole('option').filter({ hasText: 'Deal' }).first();
  await deal.waitFor();
  await step('6-search');
  await deal.tap();
  await page.getByRole('tab', { name: 'Related' }).waitFor();
  await step('7-deal');

  const { data: found } = await read(
    `deals?limit=1&filter=${encodeURIComponent(JSON.stringify({ field: 'status', op: 'eq', value: 'open' }))}`,
  );
  await open(page, `/deals/${found[0].id}`);
  const stages = page.getByRole('list', { name: 'Stages' }).getByRole('button');
  const target = stages.filter({ hasNot: page.locator('[aria-current]') }).last();
  const name = (await target.textContent()) ?? '';
  await target.tap();
  await said(`Moved to ${name}`);
  await step('8-moved');
  const { data: all } = await read('stages?limit=100');
  const stage = all.find(({ id }: { id: string }) => id === found[0].stage_id);
  await eventually(async () => (await read(`deals/${found[0].id}`)).stage_id !== stage.id);

  await tap('More');
  await page.getByRole('dialog').getByRole('link', { name: 'Companies' }).tap();
  await page.getByRole('heading', { name: 'Companies', level: 1 }).waitFor();
  const before = (await read('companies?sort=name')).data;
  await tap('Select');
  for (const place of [0, 1]) await page.getByRole('listitem').getByRole('checkbox').nth(place).tap();
  await step('9-selected');
  await page.getByRole('region', { name: 'Selection' }).getByRole('button', { name: 'Merge' }).tap();
  const merge = page.getByRole('dialog', { name: 'Merge 2 companies' });
  await merge.getByRole('radio').first().waitFor();
  await step('10-merge');
  await merge.getByRole('button', { name: 'Merge', exact: true }).tap();
  await said('1 company merged into');
  assert.equal((await read('companies')).data.length, before.length - 1);
  await step('11-merged');
  await tap('Undo');
  await said('Undone');
  const names = (rows: { name: string }[]) => rows.map((row) => row.name);
  assert.deepEqual(names((await read('companies?sort=name')).data), names(before));

  await open(page, '/deals?layout=table&view=all');
  await tap('Select');
  await page.getByRole('listitem').getByRole('checkbox').first().tap();
  const bar = page.getByRole('region', { name: 'Selection' });
  await bar.getByRole('button', { name: /^Select all \d+ matching$/ }).tap();
  await bar.getByRole('button', { name: 'Assign' }).tap();
  await page.getByRole('combobox', { name: 'Assign' }).fill('Olga');
  await page.getByRole('option', { name: 'Olga Other' }).tap();
  const question = page.getByRole('alertdialog', { name: /^Assign \d+ deals to Olga Other\?$/ });
  await question.waitFor();
  await step('12-assign');
  await question.getByRole('button', { name: 'Assign' }).tap();
  await said(/deals assigned to Olga Other/);
  const { data: deals } = await read('deals?limit=200');
  assert.ok(deals.length > 0 && deals.every(({ owner_id }: { owner_id: string }) => owner_id === user_id));
  await step('13-assigned');

  await tap('Export');
  await step('14-export');
  const downloaded = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Download as CSV' }).tap();
  const file = await readFile(await (await downloaded).path(), 'utf8');
  assert.equal(file.trim().split('\n').length, deals.length + 1);
  assert.match(file, /Olga Other/);
});
