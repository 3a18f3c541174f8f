import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually } from '../harness/app.ts';
import { barriers, desktop, open, settled, setUp, textOf, walkTo } from './browser.ts';

const world = setUp();
const spreadsheet = { ...desktop, permissions: ['clipboard-read', 'clipboard-write'] };

const send = async (method: string, path: string, body?: object) => {
  const answer = await world.administrator.session.send(method, `/api/v1/${path}`, body);
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
  return answer.body;
};

interface Contact {
  email: string | null;
  phone: string | null;
  job_title: string | null;
  lifecycle_stage: string | null;
  company: { name: string } | null;
}

const source = (name: string) => encodeURIComponent(JSON.stringify({ field: 'source', op: 'eq', value: name }));
const contacts = async (of: string): Promise<Contact[]> =>
  (await send('GET', `contacts?sort=name&filter=${source(of)}`)).data;
const make = (of: string, rows: object[]) =>
  send('POST', 'contacts/bulk', { data: rows.map((row, n) => ({ given_name: `${of} ${n}`, source: of, ...row })) });
const toast = (page: Page, text: string | RegExp) =>
  page.locator('[role=dialog], [role=alertdialog]').filter({ hasText: text });
const focused = (page: Page) => page.locator('[role="gridcell"]:focus');

/** From the first cell to this one, by the keys that one has. */
async function walk(page: Page, row: number, column: string, list = 'Contacts'): Promise<void> {
  const grid = page.getByRole('grid', { name: list });
  const along = Number(await grid.getByRole('columnheader', { name: column }).getAttribute('aria-colindex')) - 1;
  await grid.locator('[role="gridcell"][tabindex="0"]').focus();
  await page.keyboard.press('Control+Home');
  for (let step = 0; step < row; step++) await page.keyboard.press('ArrowDown');
  for (let step = 0; step < along; step++) await page.keyboard.press('ArrowRight');
  await grid.locator(`[data-cell="${row}:${along}"]:focus`).waitFor();
}

test('by keyboard alone: edit, copy, paste, fill down and undo', async (t) => {
  await send('POST', 'companies', { name: 'Analytical Engines' });
  const emails = ['a', 'b', 'c', 'd'].map((name) => ({ email: `${name}@grid.example` }));
  await make('grid', emails);
  const { page } = await world.visit(t, world.administrator, spreadsheet);
  await open(page, `/contacts?filter=${source('grid')}`);
  await page.getByRole('gridcell', { name: 'grid 3' }).waitFor();

  await walk(page, 0, 'Phone');
  const editor = page.getByRole('gridcell').getByRole('textbox');
  await page.keyboard.type('+49 30 901820');
  await page.keyboard.press('Enter');
  await page.keyboard.type('+49 30 901821');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Escape');
  await eventually(async () => (await contacts('grid'))[1]?.phone === '+49 30 901821');
  assert.equal((await contacts('grid'))[0]?.phone, '+49 30 901820');

  await walk(page, 1, 'E-mail');
  await page.keyboard.press('F2');
  await editor.waitFor();
  await page.keyboard.press('End');
  await page.keyboard.type('s');
  await page.keyboard.press('Escape');
  await editor.waitFor({ state: 'detached' });
  await eventually(async () => (await focused(page).getAttribute('data-cell')) === '1:1');
  await page.keyboard.press('Enter');
  await editor.waitFor();
  await page.keyboard.press('End');
  await page.keyboard.type('s');
  await page.keyboard.press('Shift+Enter');
  await eventually(async () => (await contacts('grid'))[1]?.email === 'b@grid.examples');
  assert.equal(await focused(page).getAttribute('data-cell'), '0:1');

  const before = await contacts('grid');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowRight');
  await page.getByRole('gridcell', { selected: true }).nth(3).waitFor();
  assert.deepEqual(await barriers(page), []);
  await page.keyboard.press('Control+c');
  await walk(page, 2, 'E-mail');
  await page.keyboard.press('Control+v');
  await toast(page, '4 cells saved').waitFor();
  const pasted = await contacts('grid');
  for (const n of [0, 1]) {
    assert.equal(pasted[n + 2]?.email, before[n]?.email);
    assert.equal(pasted[n + 2]?.phone, before[n]?.phone);
  }
  await toast(page, '4 cells saved').getByRole('button', { name: 'Undo' }).press('Enter');
  await toast(page, 'Undone').waitFor();
  const plain = ({ email, phone }: Contact) => ({ email, phone });
  assert.deepEqual((await contacts('grid')).map(plain), before.map(plain));

  await walk(page, 0, 'Phone');
  for (let row = 0; row < 3; row++) await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Control+d');
  await toast(page, '3 cells saved').waitFor();
  assert.ok((await contacts('grid')).every(({ phone }) => phone === '+49 30 901820'));
  await toast(page, '3 cells saved').getByRole('button', { name: 'Undo' }).press('Enter');
  await eventually(async () => {
    const phones = (await contacts('grid')).map(({ phone }) => phone);
    return JSON.stringify(phones) === JSON.stringify(before.map(({ phone }) => phone));
  });
});

test('what a paste cannot take stays in its cell with the reason, the rest is saved', async (t) => {
  await send('POST', 'companies', { name: 'Known Ltd' });
  await make('paste', [{ job_title: 'Clerk' }, { job_title: 'Head' }]);
  const { page, expectRefusal } = await world.visit(t, world.administrator, spreadsheet);
  await open(page, `/contacts?filter=${source('paste')}`);
  await page.getByRole('gridcell', { name: 'paste 1' }).waitFor();
  await walk(page, 0, 'Company');
  const paste = async (text: string) => {
    await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
    await page.keyboard.press('Control+v');
  };
  await paste('Known Ltd\r\n"Nobody\nInc"\r\n');
  await toast(page, 'Company saved, 1 cell was refused').waitFor();
  const grid = page.getByRole('grid', { name: 'Contacts' });
  await grid.getByRole('gridcell', { name: /Nobody\s+Inc.*No company is named/s }).waitFor();
  assert.deepEqual(
    (await contacts('paste')).map(({ company }) => company?.name ?? null),
    ['Known Ltd', null],
  );
  await page.keyboard.press('ArrowDown');
  assert.deepEqual(await barriers(page), []);
  await page.keyboard.press('Escape');
  await grid.getByRole('gridcell', { name: /Nobody/ }).waitFor({ state: 'detached' });

  await walk(page, 0, 'E-mail');
  expectRefusal(422);
  await paste('nowhere');
  await grid.getByRole('gridcell', { name: /nowhere.*name@example.com/ }).waitFor();
  await page.keyboard.press('F2');
  assert.equal(await page.getByRole('textbox', { name: 'E-mail' }).inputValue(), 'nowhere');
});

test('an amount is neither filled nor pasted into a row in another currency', async (t) => {
  const data = ['EUR', 'USD', 'EUR'].map((currency, n) => ({
    name: `${n}`,
    amount: `${n + 1}`,
    currency,
    source: 'money',
  }));
  await send('POST', 'deals/bulk', { data });
  const amounts = async () => {
    const { data } = await send('GET', `deals?sort=name&filter=${source('money')}`);
    return data
      .map(({ amount, currency }: { amount: string; currency: string }) => `${Number(amount)} ${currency}`)
      .join();
  };
  const { page } = await world.visit(t, world.administrator, spreadsheet);
  await open(page, `/deals?view=all&layout=table&sort=name&filter=${source('money')}`);
  const refused = page
    .getByRole('grid', { name: 'Deals' })
    .getByRole('gridcell', { name: /is in USD here, not in EUR/ });
  await walk(page, 0, 'Amount', 'Deals');
  for (let row = 0; row < 2; row++) await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Control+d');
  await refused.waitFor();
  await eventually(async () => (await amounts()) === '1 EUR,2 USD,1 EUR');
  await walk(page, 1, 'Amount', 'Deals');
  await page.keyboard.press('Escape');
  await refused.waitFor({ state: 'detached' });

  await walk(page, 0, 'Amount', 'Deals');
  await page.keyboard.press('Control+c');
  assert.match(
    await page.evaluate<string>('navigator.clipboard.readText()'),
    /^1(\.0+)?$/,
    'as spreadsheets add it up',
  );
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Control+v');
  await refused.waitFor();
  assert.equal(await amounts(), '1 EUR,2 USD,1 EUR');
});

test('a cell that somebody else has changed is not overwritten', async (t) => {
  await make('race', [{ phone: '1' }]);
  const { page, expectRefusal } = await world.visit(t);
  await open(page, `/contacts?filter=${source('race')}`);
  await page.getByRole('gridcell', { name: 'race 0' }).waitFor();
  await walk(page, 0, 'Phone');
  await page.keyboard.type('22');
  const [{ id }] = (await send('GET', `contacts?filter=${source('race')}`)).data;
  await send('PATCH', `contacts/${id}`, { phone: '333' });
  expectRefusal(412);
  await page.keyboard.press('Enter');
  await page.getByRole('gridcell', { name: /22.*Somebody changed this/ }).waitFor();
  assert.equal((await contacts('race'))[0]?.phone, '333');
  await walk(page, 0, 'Phone');
  await page.keyboard.press('Enter');
  assert.equal(await page.getByRole('textbox', { name: 'Phone' }).inputValue(), '22');
  await page.keyboard.press('Enter');
  await eventually(async () => (await contacts('race'))[0]?.phone === '22');
});

test('what one types and deletes stays with its record when rows come, go and move', async (t) => {
  await make('shift', Array(3).fill({ job_title: 'Clerk' }));
  const { page, expectRefusal } = await world.visit(t);
  await open(page, `/contacts?filter=${source('shift')}&sort=name`);
  const grid = page.getByRole('grid', { name: 'Contacts' });
  await grid.getByRole('gridcell', { name: 'shift 2' }).waitFor();
  const editor = grid.getByRole('textbox', { name: 'Job title' });
  const titles = async () => (await contacts('shift')).map(({ job_title }) => job_title);
  const comes = async (given_name: string) => {
    await send('POST', 'contacts', { given_name, source: 'shift', job_title: 'Head' });
    await grid.getByRole('gridcell', { name: given_name }).waitFor();
  };

  await walk(page, 1, 'Job title');
  await page.keyboard.type('Cap');
  await comes('above 1');
  assert.equal(await editor.inputValue(), 'Cap');
  await page.keyboard.type('tain');
  await page.keyboard.press('Enter');
  await eventually(async () => (await titles()).join() === 'Head,Clerk,Captain,Clerk');

  // Enter went down, to the last one.
  await eventually(async () => (await focused(page).getAttribute('data-cell'))?.startsWith('3:'));
  await comes('above 0');
  await page.keyboard.press('Delete');
  await eventually(async () => JSON.stringify(await titles()) === '["Head","Head","Clerk","Captain",null]');

  await walk(page, 2, 'Job title');
  await page.keyboard.type('Left ');
  const left = (await send('GET', `contacts?sort=name&filter=${source('shift')}`)).data[2];
  await send('PATCH', `contacts/${left.id}`, { source: 'elsewhere' });
  // With this one the list is read again, and is without the other.
  await comes('shift 9');
  await page.keyboard.type('in time');
  expectRefusal(412);
  await page.keyboard.press('Enter');
  await eventually(async () => (await send('GET', `contacts/${left.id}`)).job_title === 'Left in time');
  assert.deepEqual(await titles(), ['Head', 'Head', 'Captain', null, 'Head']);
});

test('Shift selects on from the row that was selected last, wherever that stands by now', async (t) => {
  await make('shift', [{ given_name: 'Bea' }, { given_name: 'Carl' }, { given_name: 'Dora' }]);
  const { page } = await world.visit(t);
  await open(page, `/contacts?filter=${source('shift')}&sort=name`);
  const boxOf = (name: string) =>
    page.getByRole('grid', { name: 'Contacts' }).getByRole('row', { name }).getByRole('checkbox');
  await boxOf('Bea').click();
  await make('shift', [{ given_name: 'Aaron' }]);
  await boxOf('Aaron').waitFor();
  await boxOf('Dora').click({ modifiers: ['Shift'] });
  await page.getByText('3 selected').waitFor();
  assert.equal(await boxOf('Aaron').isChecked(), false);
});

test('columns stay in sight when pinned, lists are sorted by several fields, and a view keeps both', async (t) => {
  await make('order', [
    { given_name: 'One', job_title: 'Clerk', city: 'Bern' },
    { given_name: 'Two', job_title: 'Head', city: 'Bern' },
    { given_name: 'Three', job_title: 'Clerk', city: 'Aarau' },
  ]);
  const { page } = await world.visit(t, world.administrator, { viewport: { width: 900, height: 700 } });
  await open(page, `/contacts?filter=${source('order')}&sort=job_title`);
  const grid = page.getByRole('grid', { name: 'Contacts' });
  const names = () => grid.locator('[role="gridcell"][aria-colindex="1"]').allInnerTexts();
  await grid.getByRole('gridcell', { name: 'Three' }).waitFor();
  await grid
    .getByRole('columnheader', { name: 'Name' })
    .getByRole('button', { name: 'Name' })
    .first()
    .click({ modifiers: ['Shift'] });
  await page.waitForURL(/sort=job_title(%2C|,)name/);
  await eventually(async () => (await names()).map((name) => name.split('\n').at(-1)).join() === 'One,Three,Two');

  await grid.getByRole('button', { name: 'Phone: column options' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Pin at the start' }).press('Enter');
  const phone = grid.getByRole('columnheader', { name: 'Phone' });
  await phone.and(page.locator('[aria-colindex="2"]')).waitFor();
  const before = await phone.boundingBox();
  await grid.locator('[role="gridcell"][tabindex="0"]').focus();
  await page.keyboard.press('End');
  const last = Number(await grid.getAttribute('aria-colcount'));
  await grid.locator(`[aria-colindex="${last}"]:focus`).waitFor();
  assert.deepEqual(await phone.boundingBox(), before);
  assert.deepEqual(await barriers(page), []);

  await page.getByRole('button', { name: 'View', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Save as a new view…' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Pinned');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.waitForURL(/view=/);
  const [view] = (await send('GET', 'saved-views')).data;
  assert.deepEqual([view.columns.pinned, view.sort], [['phone'], 'job_title,name']);
  await grid.getByRole('columnheader', { name: 'Phone' }).and(page.locator('[aria-colindex="2"]')).waitFor();
});

test('by keyboard alone: the heads are one stop before the cells, arrows go along them, sort and open their menus', async (t) => {
  await make('heads', [{ job_title: 'Clerk' }, { job_title: 'Head' }, {}]);
  const { page } = await world.visit(t, world.administrator, { viewport: { width: 900, height: 700 } });
  await open(page, `/contacts?filter=${source('heads')}`);
  const grid = page.getByRole('grid', { name: 'Contacts' });
  await grid.getByRole('gridcell', { name: 'heads 2' }).waitFor();
  const focusedHead = (name: string | RegExp) =>
    grid.getByRole('columnheader').getByRole('button', { name, exact: true }).and(page.locator(':focus')).waitFor();

  await grid.locator('[role="gridcell"][tabindex="0"]').focus();
  await page.keyboard.press('Shift+Tab');
  await focusedHead('Name');
  await page.keyboard.press('Tab');
  await grid.locator('[data-cell="0:0"]:focus').waitFor();
  await page.keyboard.press('Shift+Tab');
  await focusedHead('Name');
  await page.keyboard.press('Shift+Tab');
  assert.equal(await grid.locator(':focus').count(), 0);
  await grid.locator('[role="gridcell"][tabindex="0"]').focus();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('ArrowRight');
  await focusedHead('Name: column options');
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Wider' }).waitFor();
  await page.keyboard.press('Escape');
  await focusedHead('Name: column options');
  await page.keyboard.press('End');
  const last = Number(await grid.getAttribute('aria-colcount'));
  await grid.locator(`[role="columnheader"][aria-colindex="${last}"] :focus`).waitFor();
  await page.keyboard.press('Home');
  await focusedHead('Name');
  await page.keyboard.press('ArrowDown');
  await grid.locator('[data-cell="0:0"]:focus').waitFor();

  const along = Number(await grid.getByRole('columnheader', { name: 'Job title' }).getAttribute('aria-colindex')) - 1;
  for (let step = 0; step < along; step++) await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowUp');
  await focusedHead('Job title');
  await page.keyboard.press('Enter');
  await page.waitForURL(/sort=job_title/);
  await page.keyboard.press('Enter');
  await page.waitForURL(/sort=-job_title/);
  const titles = () => grid.locator(`[data-cell$=":${along}"]`).allInnerTexts();
  await eventually(async () => (await titles()).join() === 'Head,Clerk,—');
  await focusedHead('Job title');
  assert.deepEqual(await barriers(page), []);
});

test('a choice is made by keyboard, a corner is dragged to fill, a range is cleared, a row is selected', async (t) => {
  await make('mouse', [{ job_title: 'Clerk' }, {}, {}]);
  const { page } = await world.visit(t);
  await open(page, `/contacts?filter=${source('mouse')}`);
  const grid = page.getByRole('grid', { name: 'Contacts' });
  await page.getByRole('gridcell', { name: 'mouse 2' }).waitFor();
  await walk(page, 0, 'Lifecycle');
  await page.keyboard.press('Enter');
  await page.locator(':focus').getByRole('option', { name: 'Former customer' }).waitFor();
  await page.keyboard.press('End');
  await page.getByRole('option', { name: 'Former customer' }).and(page.locator(':focus')).waitFor();
  await page.keyboard.press('Enter');
  await eventually(async () => (await contacts('mouse'))[0]?.lifecycle_stage === 'former');

  await walk(page, 0, 'Job title');
  const at = await grid.locator('[role="gridcell"]:focus').getAttribute('data-cell');
  await grid.locator('[data-fill]').dragTo(grid.locator(`[data-cell="2:${at?.split(':')[1]}"]`));
  await toast(page, '2 cells saved').waitFor();
  assert.ok((await contacts('mouse')).every(({ job_title }) => job_title === 'Clerk'));
  await walk(page, 1, 'Job title');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Delete');
  await eventually(async () => (await contacts('mouse')).filter(({ job_title }) => job_title === null).length === 2);
  await page.keyboard.press(' ');
  await page.getByRole('region', { name: 'Selection' }).getByText('1 selected').waitFor();
});

test('a click opens the row under it, also one that came there this instant', async (t) => {
  await make('scrolled', Array(60).fill({}));
  const { page } = await world.visit(t);
  await open(page, `/contacts?filter=${source('scrolled')}`);
  const grid = page.getByRole('grid', { name: 'Contacts' });
  const cell = grid.locator('[data-cell="4:0"]');
  await cell.waitFor();
  const box = await cell.boundingBox();
  const at = { x: box!.x + box!.width / 2, y: box!.y + box!.height / 2 };
  const name = await textOf(cell.locator('bdi'));
  await grid.evaluate((scrolled) => scrolled.scrollTo(0, 360));
  await grid.locator('[data-cell="34:0"]').waitFor();
  await page.mouse.move(at.x, at.y);
  // Nothing has drawn since, so what the page knows of its place is old.
  await page.evaluate(`
    document.querySelector('[role="grid"]').scrollTo(0, 0);
    document.elementFromPoint(${at.x}, ${at.y}).dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, pointerType: 'mouse' }));
  `);
  assert.equal(await grid.evaluate((scrolled) => scrolled.scrollTop), 0);
  await page.mouse.click(at.x, at.y);
  await page.waitForURL(/open=/);
  await page.getByRole('complementary').getByRole('heading', { name }).waitFor();
});

test('of a long list the part around those in sight is kept: far rows are read again where they stood', async (t) => {
  const rows = 1_400;
  const named = Array.from({ length: rows }, (_, n) => ({ given_name: `Row ${String(n).padStart(4, '0')}` }));
  for (let from = 0; from < rows; from += 200) await make('long', named.slice(from, from + 200));
  const { page } = await world.visit(t);
  const listening = page.waitForResponse('**/api/v1/events?*');
  await open(page, `/contacts?filter=${source('long')}&sort=name`);
  await listening;
  // The rows were made a moment ago: the page hears of it and reads them once more.
  await page.waitForTimeout(2_000);
  await settled(page);
  const first_pages: string[] = [];
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url());
    if (pathname === '/api/v1/contacts' && !searchParams.get('cursor')) first_pages.push(request.url());
  });
  const grid = page.getByRole('grid', { name: 'Contacts' });
  const rowAt = (row: number) => grid.locator(`[data-cell="${row}:0"]`);
  const stands = async (row: number) => {
    await rowAt(row).waitFor();
    const drawn = await grid.locator('[aria-colindex="1"][data-cell]').all();
    for (const cell of drawn) {
      const at = Number((await cell.getAttribute('data-cell'))?.split(':')[0]);
      assert.equal(await textOf(cell.locator('bdi')), `Row ${String(at).padStart(4, '0')}`);
    }
  };
  await rowAt(1).click({ modifiers: ['Shift'] });
  await page.keyboard.press('ArrowRight');
  await grid.locator('[data-cell="1:1"]:focus').waitFor();
  const scrollTo = async (row: number) => {
    // As far as the list is read; there it reads on.
    await eventually(async () => {
      await grid.evaluate((box, to) => box.scrollTo(0, to * 36), row);
      return rowAt(row).isVisible();
    });
  };
  for (let row = 40; row < rows; row += 40) await scrollTo(row);
  await scrollTo(rows - 1);
  await stands(rows - 1);
  assert.equal(first_pages.length, 0);

  // From far away the keys go on where they were.
  await page.keyboard.press('ArrowDown');
  await grid.locator('[data-cell="2:1"]:focus').waitFor();
  assert.equal(first_pages.length, 1);
  await stands(2);

  // And with a thumb on the bar one comes to the middle, from where it goes on in both directions.
  for (const row of [700, 680, 660, 640, 620, 600, 640, 700, 760]) {
    await scrollTo(row);
    await stands(row);
  }

  // Beside an open record one goes on past the rows that were read at first.
  const filter = encodeURIComponent(JSON.stringify({ field: 'given_name', op: 'eq', value: 'Row 0049' }));
  const [{ id }] = (await world.read(`contacts?filter=${filter}`)).data;
  await open(page, `/contacts?filter=${source('long')}&sort=name&open=${id}`);
  const panel = page.getByRole('complementary');
  for (const row of ['0050', '0051']) {
    await panel.getByRole('button', { name: 'Next contact' }).click({ timeout: 5_000 });
    await panel.getByRole('heading', { name: `Row ${row}` }).waitFor();
  }
});

test('what is typed before the editor is there is neither lost nor in the way', async (t) => {
  await make('early', [{ job_title: 'Clerk' }, { job_title: 'Head' }]);
  const { page } = await world.visit(t);
  const fetched = Promise.withResolvers<void>();
  await page.route(/InlineEditor-.*\.js/, async (route) => {
    await fetched.promise;
    await route.continue();
  });
  await open(page, `/contacts?filter=${source('early')}&sort=name`);
  await page.getByRole('gridcell', { name: 'early 1' }).waitFor();
  const titles = async () => (await contacts('early')).map(({ job_title }) => job_title);
  await walk(page, 0, 'Job title');
  await page.keyboard.type('Captain');
  await page.keyboard.press('Enter');
  await eventually(async () => (await titles()).join() === 'Captain,Head');
  // Enter went down.
  const field = page.getByRole('gridcell').getByRole('textbox', { name: 'Job title' });
  await page.keyboard.type('nobody');
  await page.keyboard.press('Escape');
  await field.waitFor({ state: 'detached' });
  await page.keyboard.press('F2');
  assert.equal(await field.inputValue(), 'Head');
  await page.keyboard.type(' of');
  const early = await field.elementHandle();
  fetched.resolve();
  await eventually(async () => !(await early?.evaluate((input) => input.isConnected)));
  await page.keyboard.type(' all');
  await page.keyboard.press('Enter');
  await eventually(async () => (await titles()).join() === 'Captain,Head of all');
});

test('keys that belong to the conversion of what is typed neither save a cell nor leave it', async (t) => {
  await make('kana', [{ job_title: 'Clerk' }]);
  const { page } = await world.visit(t);
  const fetched = Promise.withResolvers<void>();
  await page.route(/InlineEditor-.*\.js/, async (route) => {
    await fetched.promise;
    await route.continue();
  });
  await open(page, `/contacts?filter=${source('kana')}`);
  await page.getByRole('gridcell', { name: 'kana 0' }).waitFor();
  const field = page.getByRole('gridcell').getByRole('textbox', { name: 'Job title' });
  const convert = async () => {
    for (const key of ['Enter', 'Escape', 'Tab'])
      await field.dispatchEvent('keydown', { key, keyCode: 229, isComposing: true });
  };
  await walk(page, 0, 'Job title');
  await page.keyboard.type('Bu');
  await convert();
  assert.equal(await field.inputValue(), 'Bu', 'before the editor is there');
  const early = await field.elementHandle();
  fetched.resolve();
  await eventually(async () => !(await early?.evaluate((input) => input.isConnected)));
  await convert();
  await page.keyboard.type('cho');
  assert.equal(await field.inputValue(), 'Bucho');
  await page.keyboard.press('Enter');
  await eventually(async () => (await contacts('kana'))[0]?.job_title === 'Bucho');
});

test('a click with Shift on a box, or beside it, takes all rows from the one before; a click alone takes one out', async (t) => {
  await make(
    'boxes',
    Array.from({ length: 8 }, () => ({})),
  );
  const { page } = await world.visit(t);
  await open(page, `/contacts?filter=${source('boxes')}&sort=name`);
  const box = (n: number) => page.getByRole('checkbox', { name: `Select boxes ${n}` });
  const checked = async () => (await page.getByRole('row').getByRole('checkbox', { checked: true }).all()).length;
  await box(1).click();
  // The frame stands in the row whose box it was, and the keys go on there.
  await page.locator('[data-cell="1:0"]:focus').waitFor();
  await box(4).click({ modifiers: ['Shift'] });
  await page.locator('[data-cell="4:0"]:focus').waitFor();
  assert.equal(await checked(), 4);
  await page.locator('label', { has: box(6) }).click({ modifiers: ['Shift'], position: { x: 18, y: 18 } });
  assert.equal(await checked(), 6);
  await box(2).click();
  assert.equal(await checked(), 5);
  assert.doesNotMatch(page.url(), /open=/);
  assert.deepEqual(await barriers(page), []);
});

test('beside an open record all that can be done with selected rows is in sight', async (t) => {
  await make('bar', [{}, {}]);
  const { page } = await world.visit(t, world.administrator, { viewport: { width: 1280, height: 720 } });
  await open(page, `/contacts?filter=${source('bar')}&sort=name`);
  await page.getByRole('checkbox', { name: 'Select bar 0' }).click();
  await page.getByRole('row', { name: /bar 1/ }).getByText('bar 1').click();
  const panel = page.getByRole('complementary', { name: 'Details of the contact' });
  await panel.getByRole('heading').first().waitFor();
  const edge = (await panel.boundingBox())?.x ?? 0;
  const list = (await page.getByRole('grid').boundingBox())!;
  for (const button of await page.getByRole('region', { name: 'Selection' }).getByRole('button').all()) {
    const box = (await button.boundingBox())!;
    assert.ok(box.x >= list.x && box.x + box.width <= edge, `${await textOf(button)} is out of sight`);
  }
});

test('what is selected stays selected when the list is sorted, also where it is not at hand by then', async (t) => {
  const rows = Array.from({ length: 120 }, (_, n) => ({ given_name: `resort ${String(n).padStart(3, '0')}` }));
  await make('resort', rows);
  const { page } = await world.visit(t);
  await open(page, `/contacts?filter=${source('resort')}&sort=name`);
  const box = (n: string) => page.getByRole('checkbox', { name: `Select resort ${n}` });
  await box('000').click();
  await box('003').click({ modifiers: ['Shift'] });
  await page.getByText('4 selected').waitFor();
  const grid = page.getByRole('grid', { name: 'Contacts' });
  await walkTo(page, `/contacts?filter=${source('resort')}&sort=-name`);
  await grid.locator('[data-cell="0:0"]').getByText('resort 119').waitFor();
  await page.getByText('4 selected').waitFor({ timeout: 5_000 });
  await box('119').click();
  await page.getByText('5 selected').waitFor({ timeout: 5_000 });
});
