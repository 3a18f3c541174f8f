import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { FileChooser, Locator, Page } from 'playwright-core';
import { eventually } from '../harness/app.ts';
import { goodPassword } from '../harness/identity.ts';
import { barriers, desktop, open, picture, setUp } from './browser.ts';

const world = setUp();
const tabs_max = 120;

async function send(method: string, path: string, body?: object) {
  const answer = await world.administrator.session.send(method, `/api/v1/${path}`, body);
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
  return answer.body;
}

/** By the Tab key alone, as somebody would who has no mouse. */
async function reach(page: Page, target: Locator, key = 'Tab'): Promise<void> {
  await target.first().waitFor();
  const there = target.and(page.locator(':focus'));
  for (let presses = 0; presses < tabs_max; presses++) {
    if ((await there.count()) > 0) return;
    await page.keyboard.press(key);
  }
  assert.fail(`${target} is not reached by ${tabs_max} times ${key}`);
}

async function press(page: Page, target: Locator, key = 'Tab'): Promise<void> {
  await reach(page, target, key);
  await page.keyboard.press('Enter');
}

async function go(page: Page, key: string, heading: string): Promise<void> {
  await page.keyboard.press('g');
  await page.keyboard.press(key);
  await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
}

test('by keyboard alone: sign in, find, edit, make and move a deal, merge and take back, assign all, export', async (t) => {
  const { email, user_id } = await world.person('Kay Board', 'admin');
  await send('POST', 'contacts', { given_name: 'Mary', family_name: 'Jackson', job_title: 'Engineer' });
  for (const name of ['Langley', 'Langley Inc']) await send('POST', 'companies', { name });
  const { page, expectRefusal } = await world.visit(t, null, { ...desktop, acceptDownloads: true });
  const { keyboard } = page;
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
  const said = (text: string | RegExp) => page.getByRole('dialog').filter({ hasText: text }).first().waitFor();
  const step = async (name: string) => {
    assert.deepEqual(await barriers(page), [], name);
    await picture(page, `keyboard-${name}`);
  };

  expectRefusal(401);
  await open(page, '/sign-in');
  await reach(page, page.getByLabel('E-mail'));
  await keyboard.type(email);
  await reach(page, page.getByLabel('Password', { exact: true }));
  await keyboard.type(goodPassword);
  await step('1-sign-in');
  await keyboard.press('Enter');
  await page.getByRole('heading', { name: /^Good / }).waitFor();

  await keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search and commands' }).and(page.locator(':focus')).waitFor();
  await keyboard.type('Jackson');
  await page.getByRole('option', { name: /Mary Jackson/ }).waitFor();
  await step('2-find');
  await keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Mary Jackson' }).waitFor();
  await press(page, button('Edit job title'));
  await page.getByRole('textbox', { name: 'Job title' }).and(page.locator(':focus')).waitFor();
  await keyboard.press('Control+a');
  await keyboard.type('Aerospace engineer');
  await keyboard.press('Enter');
  await button('Edit job title').getByText('Aerospace engineer').waitFor();
  await step('3-edited');

  await go(page, 'd', 'Deals');
  await page.locator('main:focus').waitFor();
  await page
    .getByRole('region', { name: 'Deals by stage' })
    .or(page.getByRole('heading', { name: 'No deals yet' }))
    .first()
    .waitFor();
  await keyboard.press('c');
  const form = page.getByRole('dialog', { name: 'New deal' });
  await form.getByLabel('Name').and(page.locator(':focus')).waitFor();
  await keyboard.type('Wind tunnel');
  await keyboard.press('Enter');
  await form.waitFor({ state: 'detached' });
  await page.getByRole('heading', { name: 'Wind tunnel' }).waitFor();
  await page.locator('main:focus').waitFor({ timeout: 5_000 });
  await step('4-made');
  await keyboard.press('Escape');
  await page.getByRole('heading', { name: 'Wind tunnel' }).waitFor({ state: 'detached' });
  const card = page.getByRole('button', { name: /Wind tunnel/ });
  await reach(page, card);
  const deal = (await send('GET', 'deals')).data[0];
  await keyboard.press('Shift+ArrowRight');
  await eventually(async () => (await send('GET', `deals/${deal.id}`)).stage_id !== deal.stage_id);
  await card.and(page.locator(':focus')).waitFor();
  await step('5-moved');

  await go(page, 'o', 'Companies');
  await page.getByRole('gridcell', { name: /Langley Inc/ }).waitFor();
  await reach(page, page.getByRole('gridcell'));
  await keyboard.press(' ');
  await keyboard.press('ArrowDown');
  await keyboard.press(' ');
  const bar = page.getByRole('region', { name: 'Selection' });
  await press(page, bar.getByRole('button', { name: 'Merge' }));
  const merge = page.getByRole('dialog', { name: 'Merge 2 companies' });
  await merge.getByRole('radio').first().waitFor();
  await step('6-merge');
  await press(page, merge.getByRole('button', { name: 'Merge', exact: true }));
  await said('1 company merged into');
  assert.equal((await send('GET', 'companies')).data.length, 1);
  // F6 leads to what was said last.
  await keyboard.press('F6');
  await press(page, button('Undo'));
  await said('Undone');
  assert.equal((await send('GET', 'companies')).data.length, 2);
  await step('7-taken-back');

  await go(page, 'c', 'Contacts');
  await page.getByRole('gridcell', { name: /Mary Jackson/ }).waitFor();
  await send('POST', 'contacts/bulk', { data: [{ given_name: 'Ann' }, { given_name: 'Bea' }] });
  await page.getByRole('gridcell', { name: /Bea/ }).waitFor();
  await reach(page, page.getByRole('gridcell'));
  await keyboard.press(' ');
  await reach(page, bar.getByRole('button', { name: 'Clear selection' }));
  await keyboard.press('Escape');
  await bar.waitFor({ state: 'detached' });
  await page.getByRole('gridcell').and(page.locator(':focus')).waitFor();
  await keyboard.press(' ');
  await press(page, bar.getByRole('button', { name: /^Select all 3 matching$/ }));
  await bar.and(page.locator(':focus')).waitFor();
  await press(page, bar.getByRole('button', { name: 'Assign' }));
  const whom = page.getByRole('combobox', { name: 'Assign' }).and(page.locator(':focus'));
  await whom.waitFor();
  await page.getByRole('option', { name: 'Kay Board' }).waitFor();
  await keyboard.press('Escape');
  await bar.getByRole('button', { name: 'Assign' }).and(page.locator(':focus')).waitFor();
  await keyboard.press('Enter');
  await whom.waitFor();
  await keyboard.type('Kay');
  await page.getByRole('option', { name: 'Kay Board' }).and(page.locator('[data-highlighted]')).waitFor();
  await keyboard.press('Enter');
  const question = page.getByRole('alertdialog', { name: 'Assign 3 contacts to Kay Board?' });
  await question.waitFor();
  await step('8-assign');
  await press(page, question.getByRole('button', { name: 'Assign' }));
  await said('3 contacts assigned to Kay Board');
  const { data } = await send('GET', 'contacts');
  assert.ok(data.every(({ owner_id }: { owner_id: string }) => owner_id === user_id));

  await press(page, button('Export'));
  await page.getByRole('menu').waitFor();
  await step('9-export');
  const downloaded = page.waitForEvent('download');
  await reach(page, page.getByRole('menuitem', { name: 'Download as CSV' }), 'ArrowDown');
  await keyboard.press('Enter');
  assert.match(await readFile(await (await downloaded).path(), 'utf8'), /Aerospace engineer/);
});

test('by keyboard alone: choose a file, map a column, check, put a cell right, import, and take it all back', async (t) => {
  const { page } = await world.visit(t);
  const { keyboard } = page;
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const heading = (name: string) => page.getByRole('heading', { name, exact: true }).waitFor();
  const firms = async (): Promise<{ website: string | null; employee_count: number | null }[]> =>
    (await send('GET', `companies?filter=${encodeURIComponent('{"field":"name","op":"starts_with","value":"Typed"}')}`))
      .data;
  // Where a step begins, its way on is the last thing before it.
  const goOn = (name: string) => press(page, button(name), 'Shift+Tab');
  const chooser = Promise.withResolvers<FileChooser>();
  page.on('filechooser', chooser.resolve);

  await open(page, '/');
  await keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search and commands' }).and(page.locator(':focus')).waitFor();
  await keyboard.type('Import a file');
  await page.getByRole('option', { name: 'Import a file' }).waitFor();
  await keyboard.press('Enter');
  await heading('Which files?');
  await reach(page, page.locator('input[type=file]'));
  await keyboard.press('Enter');
  const rows = ['Company name,Website,Crew', 'Typed One,not a site,10', 'Typed Two,,12'];
  await (await chooser.promise).setFiles({
    name: 'firms.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(rows.join('\n')),
  });
  await page.getByText('firms.csv').waitFor();
  await goOn('Read the file');
  await heading('What we found');
  await goOn('Continue');
  await heading('Columns');
  await press(page, page.getByRole('combobox', { name: 'Field for Crew' }));
  // The focus follows into the list, and to what is typed, a moment after they are shown.
  await page.getByRole('option').and(page.locator(':focus')).waitFor();
  await keyboard.type('Empl');
  await page.getByRole('option', { name: 'Employees' }).and(page.locator(':focus')).waitFor();
  await keyboard.press('Enter');
  await page.getByRole('combobox', { name: 'Field for Crew' }).getByText('Employees').waitFor();
  await goOn('Continue');
  await heading('Check');
  await goOn('Check');
  await heading('This is what would happen');

  await reach(page, page.getByRole('gridcell'));
  const wrong = page.getByRole('gridcell', { name: /^not a site/ });
  await reach(page, wrong, 'ArrowRight');
  await keyboard.type('one.example');
  await keyboard.press('Enter');
  await button('Import 2 rows').waitFor();
  assert.deepEqual(await barriers(page), []);
  await goOn('Import 2 rows');
  await heading('The import is done');
  const made = (await firms()).map(({ website, employee_count }) => [website, employee_count]);
  assert.deepEqual(made, [['https://one.example', 10], [null, 12]]); // biome-ignore format: one call
  await goOn('Revert');
  await press(page, button('Revert import'));
  await heading('The import was reverted');
  assert.deepEqual(await firms(), []);
});

test('what is typed before the search has been fetched is searched for, and does nothing else', async (t) => {
  const { page } = await world.visit(t, world.administrator);
  const fetched = Promise.withResolvers<void>();
  await page.route(/CommandPalette-.*\.js/, async (route) => {
    await fetched.promise;
    await route.continue();
  });
  await open(page, '/contacts');
  const asked = page.waitForRequest(/CommandPalette-.*\.js/);
  await page.keyboard.press('Control+k');
  await asked;
  // A "c" by itself opens a new contact.
  await page.keyboard.type('calendar');
  fetched.resolve();
  const search = page.getByRole('combobox', { name: 'Search and commands' });
  await search.and(page.locator(':focus')).waitFor();
  assert.equal(await search.inputValue(), 'calendar');
  assert.equal(await page.getByRole('dialog').count(), 1);
});
