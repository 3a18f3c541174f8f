import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../harness/eventually.ts';
import { barriers, open, phone, settled, setUp } from './browser.ts';

const day = (date: number) => `2026-06-${String(date).padStart(2, '0')}`;
let ids: Record<string, string>;
const world = setUp(async ({ administrator }) => {
  const create = async (path: string, body: object) => {
    const made = await administrator.session.send('POST', `/api/v1/${path}`, body);
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return made.body;
  };
  await create('custom-fields', {
    resource: 'contact',
    key: 'tier',
    label: 'Tier',
    type: 'select',
    options: ['Gold', 'Silver'],
  });
  await create('custom-fields', { resource: 'contact', key: 'visit', label: 'Visit', type: 'date' });
  const ada = await create('contacts', { given_name: 'Ada', custom: { tier: 'Gold', visit: day(10) } });
  const bo = await create('contacts', { given_name: 'Bo', custom: { tier: 'Silver', visit: day(12) } });
  await create('contacts', { given_name: 'Cy' });
  ids = { ada: ada.id, bo: bo.id };
});

const custom = async (name: string) => {
  const { body } = await world.administrator.session.send('GET', `/api/v1/contacts/${ids[name]}`);
  return body.custom;
};

test('a list stands in groups of an own field, walked by keys, and keeps so in a view', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/contacts');
  await page.getByRole('combobox', { name: 'Group' }).click();
  await page.getByRole('option', { name: 'By Tier' }).click();
  const gold = page.getByRole('region', { name: 'Gold' });
  await gold.getByRole('button', { name: 'Ada' }).waitFor();
  await page.getByRole('region', { name: 'None' }).getByRole('button', { name: 'Cy' }).waitFor();
  const head = gold.getByRole('button', { name: 'Gold' });
  await head.press('ArrowLeft');
  await gold.getByRole('button', { name: 'Ada' }).waitFor({ state: 'hidden' });
  await head.press('ArrowRight');
  await gold.getByRole('button', { name: 'Ada' }).waitFor();
  await head.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(new RegExp(`open=${ids.ada}`));
  await page.getByRole('button', { name: 'Next contact' }).click({ timeout: 5_000 });
  await page.waitForURL(new RegExp(`open=${ids.bo}`));
  await page.getByRole('button', { name: 'Previous contact' }).click();
  await page.waitForURL(new RegExp(`open=${ids.ada}`));
  // What is folded away is not among those one sees.
  await page.getByRole('region', { name: 'Silver' }).getByRole('button', { name: 'Silver' }).click();
  await page.getByRole('button', { name: 'Next contact' }).click();
  await page.getByRole('complementary').getByRole('heading', { name: 'Cy' }).waitFor();

  await page.getByRole('button', { name: 'View', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Save as a new view…' }).click();
  const form = page.getByRole('dialog', { name: 'Save this list of contacts' });
  await form.getByLabel('Name').fill('By tier');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('main').getByRole('link', { name: 'By tier' }).waitFor();
  await open(page, '/contacts');
  await page.getByRole('grid', { name: 'Contacts' }).getByText('Ada', { exact: true }).waitFor();
  await page.getByRole('main').getByRole('link', { name: 'By tier' }).click();
  await gold.getByRole('button', { name: 'Ada' }).waitFor();
});

test('in groups rows are selected by their boxes, and figures stand under each other at the end', async (t) => {
  for (const [name, amount] of [
    ['Small', '5'],
    ['Large', '1234567.89'],
  ])
    await world.administrator.session.send('POST', '/api/v1/deals', { name, amount, source: 'grouped' });
  const { page, expectRefusal } = await world.visit(t);
  // The list may read once more what is just being deleted.
  expectRefusal(404);
  const filter = encodeURIComponent(JSON.stringify({ field: 'source', op: 'eq', value: 'grouped' }));
  await open(page, `/deals?layout=table&view=all&group=stage_id&filter=${filter}`);
  const edge = async (text: string) => {
    const box = (await page.getByText(text, { exact: true }).boundingBox())!;
    return Math.round(box.x + box.width);
  };
  await page.getByText('$1,234,567.89', { exact: true }).waitFor();
  const [small, large, head] = [await edge('$5.00'), await edge('$1,234,567.89'), await edge('Amount')];
  assert.ok(Math.abs(small - large) <= 1 && Math.abs(head - large) <= 1, `${small}, ${large}, ${head}`);

  for (const name of ['Small', 'Large']) await page.getByRole('checkbox', { name: `Select ${name}` }).click();
  const bar = page.getByRole('region', { name: 'Selection' });
  await bar.getByText('2 selected').waitFor();
  assert.deepEqual(await barriers(page), []);
  await bar.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').filter({ hasText: '2 deals moved to the trash' }).waitFor();
  await bar.waitFor({ state: 'detached' });
  await page.getByText('No deals match').waitFor();
});

test('in groups Shift takes all between, all that match can be taken, and on a phone a tap selects', async (t) => {
  for (const name of ['One', 'Two', 'Three', 'Four'])
    await world.administrator.session.send('POST', '/api/v1/deals', { name: `Ranged ${name}`, source: 'ranged' });
  const filter = encodeURIComponent(JSON.stringify({ field: 'source', op: 'eq', value: 'ranged' }));
  const path = `/deals?layout=table&view=all&group=stage_id&filter=${filter}`;
  const { page } = await world.visit(t);
  await open(page, path);
  const boxes = page.getByRole('checkbox', { name: /^Select Ranged/ });
  const bar = page.getByRole('region', { name: 'Selection' });
  await boxes.nth(2).click();
  await boxes.nth(0).click({ modifiers: ['Shift'] });
  await bar.getByText('3 selected').waitFor();
  const checked = async () => Promise.all((await boxes.all()).map((box) => box.isChecked()));
  assert.deepEqual(await checked(), [true, true, true, false]);
  await bar.getByRole('button', { name: 'Select all 4 matching' }).click();
  await bar.getByText('All 4 selected').waitFor();
  assert.deepEqual(await checked(), [true, true, true, true]);
  await bar.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('alertdialog').getByText('4 deals').first().waitFor();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
  // One that is taken out of all is out, and what was not chosen by itself is, too.
  await boxes.nth(3).click();
  assert.deepEqual(await checked(), [true, true, true, false]);

  const { page: narrow } = await world.visit(t, undefined, phone);
  await open(narrow, path);
  await narrow.getByRole('button', { name: 'Select', exact: true }).click();
  const rows = narrow.getByRole('checkbox', { name: /Ranged/ });
  for (const at of [0, 1]) await rows.nth(at).click();
  await narrow.getByRole('region', { name: 'Selection' }).getByText('2 selected').waitFor();
  assert.deepEqual(await barriers(narrow), []);
  await narrow.getByRole('button', { name: 'Done', exact: true }).click();
  await narrow.getByRole('region', { name: 'Selection' }).waitFor({ state: 'detached' });
  await narrow.getByRole('button', { name: /Ranged One/ }).click();
  await narrow.waitForURL(/open=|deals\//);
});

test('columns are hidden, shown, put elsewhere and made wider; the list is table, board and calendar, and a view keeps which', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/contacts');
  const grid = page.getByRole('grid', { name: 'Contacts' });
  const head = (name: string) => grid.getByRole('columnheader', { name: new RegExp(`^${name}`) }).first();
  const choose = async (column: string, item: string) => {
    await grid.getByRole('button', { name: `${column}: column options` }).press('Enter');
    await page.getByRole('menuitem', { name: item }).press('Enter');
  };
  await choose('Phone', 'Hide column');
  await head('Phone').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Columns', exact: true }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Phone', exact: true }).click();
  await page.keyboard.press('Escape');
  await head('Phone').waitFor();
  const place = async () => Number(await head('E-mail').getAttribute('aria-colindex'));
  const width = async () => (await head('E-mail').boundingBox())!.width;
  const before = [await place(), await width()] as const;
  await choose('E-mail', 'Move to the end');
  await grid.locator(`[role="columnheader"][aria-colindex="${before[0] + 1}"]`, { hasText: 'E-mail' }).waitFor();
  await choose('E-mail', 'Wider');
  await eventually(async () => (await width()) > before[1]);
  await page.reload();
  await head('E-mail').waitFor();
  assert.deepEqual([await place(), (await width()) > before[1]], [before[0] + 1, true], 'as it was left');

  await page.getByRole('link', { name: 'As a board' }).click();
  await page.waitForURL(/layout=board/);
  await open(page, '/contacts?layout=board&by=custom.tier');
  await page.getByRole('region', { name: 'Gold' }).getByRole('button', { name: 'Ada' }).waitFor();
  await page.getByRole('button', { name: 'View', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Save as a new view…' }).click();
  const form = page.getByRole('dialog', { name: 'Save this list of contacts' });
  await form.getByLabel('Name').fill('Board of tiers');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('main').getByRole('link', { name: 'Board of tiers' }).waitFor();
  await open(page, '/contacts');
  await page.getByRole('main').getByRole('link', { name: 'Board of tiers' }).click();
  await page.getByRole('region', { name: 'Silver' }).getByRole('button', { name: 'Bo' }).waitFor();
  await page.getByRole('link', { name: 'As a calendar' }).click();
  await page.getByRole('button', { name: 'Today', exact: true }).waitFor();
  await page.getByRole('link', { name: 'As a table' }).click();
  await grid.getByText('Cy', { exact: true }).waitFor();
});

test('columns of fields of one’s own come when they are asked for, and keep their place', async (t) => {
  const { page } = await world.visit(t, world.administrator, { viewport: { width: 2600, height: 800 } });
  await open(page, '/contacts');
  const grid = page.getByRole('grid', { name: 'Contacts' });
  const tier = grid.getByRole('columnheader', { name: /^Tier/ });
  await page.getByRole('button', { name: 'Columns', exact: true }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Tier', exact: true }).click();
  await page.keyboard.press('Escape');
  await tier.waitFor();
  assert.equal(await grid.getByRole('columnheader', { name: /^Visit/ }).count(), 0);
  const place = () => tier.getAttribute('aria-colindex');
  const before = await place();
  await grid.getByRole('button', { name: 'Tier: column options' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Move to the start' }).press('Enter');
  await eventually(async () => (await place()) !== before);
  const moved = await place();
  await page.reload();
  await tier.waitFor();
  assert.equal(await place(), moved);
});

test('the shape that somebody chooses for deals stays; one that a link brings does not', async (t) => {
  const { page } = await world.visit(t);
  const [board, table] = [
    page.getByRole('region', { name: 'Deals by stage' }),
    page.getByRole('grid', { name: 'Deals' }),
  ];
  await open(page, '/deals?layout=table');
  await table.waitFor();
  await open(page, '/deals');
  await board.waitFor();
  await page.getByRole('link', { name: 'As a table' }).click();
  await table.waitFor();
  await open(page, '/deals');
  await table.waitFor();
});

test('a card that goes to another column changes the field', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/contacts?layout=board&by=custom.tier');
  const silver = page.getByRole('region', { name: 'Silver' });
  await page.getByRole('region', { name: 'Gold' }).getByRole('button', { name: 'Ada' }).press('Shift+ArrowRight');
  await silver.getByRole('button', { name: 'Ada' }).waitFor();
  await eventually(async () => (await custom('ada')).tier === 'Silver');
  await settled(page);
  await silver.getByRole('button', { name: 'Bo' }).click();
  await page.waitForURL(new RegExp(`open=${ids.bo}`));
  await page.getByRole('button', { name: 'Previous contact' }).click({ timeout: 5_000 });
  await page.waitForURL(new RegExp(`open=${ids.ada}`));
});

test('a card moved again before the first answer came, or offline, stands where it was put and goes on from there', async (t) => {
  const path = `contacts/${ids.ada}`;
  await world.administrator.session.send('PATCH', `/api/v1/${path}`, { custom: { tier: 'Silver' } });
  const { version } = await world.read(path);
  const { page, expectOffline } = await world.visit(t);
  const answered = Promise.withResolvers<void>();
  await page.route(`**/api/v1/${path}`, async (route) => {
    if (route.request().method() === 'PATCH') await answered.promise;
    await route.continue();
  });
  await open(page, '/contacts?layout=board&by=custom.tier');
  const ada = (column: string) => page.getByRole('region', { name: column }).getByRole('button', { name: 'Ada' });
  const thereAndBack = async () => {
    await ada('Silver').press('Shift+ArrowLeft');
    await ada('Gold').press('Shift+ArrowRight');
    await ada('Silver').waitFor();
  };
  const isSaved = (times: number) =>
    eventually(async () => {
      const now = await world.read(path);
      return now.version === version + times && now.custom.tier === 'Silver';
    });
  await thereAndBack();
  answered.resolve();
  await isSaved(2);
  await settled(page);
  expectOffline();
  await page.context().setOffline(true);
  await thereAndBack();
  await page.context().setOffline(false);
  await isSaved(4);

  // What is saved stays where it was put also where the columns cannot be read again just then.
  await settled(page);
  await page.route(/\/api\/v1\/contacts\?/, (route) => route.abort('internetdisconnected'));
  await ada('Silver').press('Shift+ArrowLeft');
  await eventually(async () => (await world.read(path)).custom.tier === 'Gold');
  await page.waitForTimeout(1_500);
  assert.equal(await ada('Gold').count(), 1);
});

test('what goes to another day of a calendar changes its day', async (t) => {
  const { page } = await world.visit(t);
  await open(page, `/contacts?layout=calendar&by=custom.visit&day=${day(10)}`);
  const bo = page.getByRole('button', { name: /^Bo/ });
  await bo.first().waitFor();
  await bo.first().press('Shift+ArrowRight');
  await page.getByText('Visit saved').first().waitFor();
  assert.equal((await custom('bo')).visit, day(13));
  await bo.first().click();
  await page.getByRole('button', { name: 'Previous contact' }).click({ timeout: 5_000 });
  await page.waitForURL(new RegExp(`open=${ids.ada}`));
});

test('moved again before the first answer came, its day goes on from there', async (t) => {
  const { page } = await world.visit(t);
  const { body } = await world.administrator.session.send('GET', `/api/v1/contacts/${ids.ada}`);
  assert.equal(body.custom.visit, day(10));
  const answered = Promise.withResolvers<void>();
  await page.route(`**/api/v1/contacts/${ids.ada}`, async (route) => {
    if (route.request().method() === 'PATCH') await answered.promise;
    await route.continue();
  });
  await open(page, `/contacts?layout=calendar&by=custom.visit&day=${day(10)}`);
  await page.getByRole('button', { name: /^Ada/ }).first().focus();
  for (const date of [11, 12]) {
    await page.keyboard.press('Shift+ArrowRight');
    await page
      .locator('[data-calendar-item]:focus')
      .and(page.getByRole('button', { name: `June ${date}` }))
      .waitFor();
  }
  answered.resolve();
  await eventually(async () => (await custom('ada')).visit === day(12));
});

test('a field is made with its rules for some roles, refuses a name that there is, and is renamed', async (t) => {
  const { page, expectRefusal } = await world.visit(t);
  await open(page, '/settings/custom-fields');
  await page.getByRole('button', { name: 'New field' }).first().click();
  const form = page.getByRole('dialog', { name: 'New field' });
  await form.getByLabel('Name').fill('Badge');
  await form.getByRole('combobox', { name: 'For' }).click();
  await page.getByRole('option', { name: 'Companies' }).click();
  await form.getByLabel('Default', { exact: true }).fill('none yet');
  await form.getByLabel('Characters at most').fill('20');
  await form.getByRole('group', { name: 'Visible only to' }).getByRole('checkbox', { name: 'Manager' }).click();
  assert.deepEqual(await barriers(page), []);
  await form.getByRole('button', { name: 'Create field' }).click();
  await page.getByRole('list', { name: 'Companies' }).getByText('Badge', { exact: true }).waitFor();
  const { send } = world.administrator.session;
  const made = async () =>
    (await send('GET', '/api/v1/custom-fields')).body.data.find(({ key }: { key: string }) => key === 'badge');
  const { default_value, rules, visible_to } = await made();
  assert.deepEqual([default_value, rules.max, visible_to.length], ['none yet', '20', 1]);
  const company = await send('POST', '/api/v1/companies', { name: 'With a default' });
  assert.equal(company.body.custom.badge, 'none yet');

  await page.getByRole('button', { name: 'Edit Badge' }).click();
  const edit = page.getByRole('dialog', { name: 'Edit field' });
  expectRefusal(422);
  await edit.getByLabel('Name').fill('Industry');
  await edit.getByRole('button', { name: 'Save' }).click();
  await edit.getByText(/is a field that every company has/).waitFor();
  await edit.getByLabel('Name').fill('Badge number');
  await edit.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('list', { name: 'Companies' }).getByText('Badge number', { exact: true }).waitFor();
  assert.equal((await made()).label, 'Badge number');
});

test('fields are put into an order by keys, retired and brought back', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/settings/custom-fields');
  const contacts = page.getByRole('list', { name: 'Contacts' });
  const names = async () => (await contacts.getByRole('listitem').allInnerTexts()).map((text) => text.split('\n')[0]);
  await contacts.getByText('Tier', { exact: true }).waitFor();
  assert.deepEqual(await names(), ['Tier', 'Visit']);
  await page.getByRole('button', { name: /^Move Tier/ }).press('ArrowDown');
  await page.getByText('Tier is number 2 of 2').waitFor();
  await eventually(async () => (await names()).join() === 'Visit,Tier');
  await page.getByRole('button', { name: 'More for Tier' }).click();
  await page.getByRole('menuitem', { name: 'Retire' }).click();
  await page.getByRole('list', { name: 'Retired fields' }).getByText('Tier', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Restore' }).click();
  await contacts.getByText('Tier', { exact: true }).waitFor();

  await page.getByRole('button', { name: 'More for Tier' }).click();
  await page.getByRole('menuitem', { name: 'Change the type…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change the type of “Tier”' });
  await dialog.getByRole('button', { name: 'Show what would change' }).click();
  await dialog.getByText('2 values fit, none does not.').waitFor();
  await dialog.getByRole('button', { name: 'Change type' }).click();
  await contacts.getByText('Text', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'More for Tier' }).click();
  await page.getByRole('menuitem', { name: 'Change the type…' }).click();
  await page.getByRole('button', { name: 'Revert' }).click();
  await contacts.getByText('One of a list', { exact: true }).waitFor();
});

const pagesOf = (pdf: Buffer): number => pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length ?? 0;

test('of a long list all that was read is printed, none of it over the edge of a page, and what is missing is said', async (t) => {
  const bulk = { data: Array.from({ length: 140 }, (_, n) => ({ given_name: 'Paper', family_name: `Sheet ${n}` })) };
  assert.equal((await world.administrator.session.send('POST', '/api/v1/contacts/bulk', bulk)).status, 201);
  const { page } = await world.visit(t);
  const filter = encodeURIComponent(JSON.stringify({ field: 'given_name', op: 'eq', value: 'Paper' }));
  await open(page, `/contacts?filter=${filter}`);
  const grid = page.getByRole('grid', { name: 'Contacts' });
  const rows = grid.getByRole('row').filter({ hasText: 'Sheet' });
  await rows.first().waitFor();
  const drawn = await rows.count();
  assert.equal(pagesOf(await page.pdf({ format: 'A4' })), 2, 'fifty rows were read');
  await page.emulateMedia({ media: 'print' });
  await page.getByText(/^This printout has rows 1 to \d+\. An export has all of them\.$/).waitFor();
  const [height, rowHeight, printed] = await page.evaluate<[number, number, number]>(
    `(({ offsetHeight, children }) => [offsetHeight, children[0].offsetHeight, children.length])(document.querySelector('[data-drawn]'))`,
  );
  assert.ok(printed > drawn && printed % 50 === 0, `${printed} of ${drawn}`);
  assert.equal(height, printed * rowHeight, 'one below the other');
  await page.emulateMedia({ media: null });
  await eventually(async () => (await rows.count()) < printed);
});
