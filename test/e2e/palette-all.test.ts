import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { open, phone, picture, setUp } from './browser.ts';

const shown_max = 10;

const world = setUp(async ({ administrator: { session } }) => {
  const make = async (path: string, data: object[]) =>
    assert.equal((await session.send('POST', `/api/v1/${path}/bulk`, { data })).status, 201);
  const numbers = Array.from({ length: 14 }, (_, number) => number);
  await make('companies', [
    ...numbers.map((number) => ({ name: `Harbour Works ${number}` })),
    { name: 'Anchor Ltd', city: 'Harbour', domain: 'works.example' },
    { name: 'Elsewhere' },
  ]);
  await make('contacts', [{ given_name: 'Harriet', family_name: 'Harbour' }, { given_name: 'Otto' }]);
});

/** Until it is answered, the palette shows what was found by the letters before. */
async function searchFor(page: Page, text: string): Promise<void> {
  const answered = page.waitForResponse((answer) => new URL(answer.url()).searchParams.get('q') === text);
  await page.keyboard.press('Control+k');
  await page.keyboard.type(text);
  await answered;
}

test('the palette leads to all that the search finds, by keyboard', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/');
  await searchFor(page, 'harbour works');
  const all = page.getByRole('option', { name: 'Show all companies with “harbour works”' });
  await all.waitFor();
  const hit = /^(Harbour Works|Anchor Ltd)/;
  await page
    .getByRole('option', { name: hit })
    .nth(shown_max - 1)
    .waitFor();
  await page.getByRole('option', { selected: true, name: hit }).waitFor();
  await picture(page, 'palette-all');
  for (let moved = 0; moved < shown_max; moved++) await page.keyboard.press('ArrowDown');
  await all.and(page.locator('[aria-selected="true"]')).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Companies', level: 1 }).waitFor();
  await page.getByText('15 companies').waitFor();
  await page
    .getByRole('grid', { name: 'Companies' })
    .getByRole('row', { name: /Anchor Ltd/ })
    .waitFor();
  await picture(page, 'palette-all-list');
});

test('the palette leads to all that the search finds of each kind, by mouse', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/');
  await searchFor(page, 'harbour');
  // Ten companies may stand before the one contact.
  await page.getByRole('option', { name: 'Show all companies with “harbour”' }).waitFor();
  await page.getByRole('option', { name: 'Show all contacts with “harbour”' }).click();
  const list = page.getByRole('grid', { name: 'Contacts' });
  await list.getByRole('row', { name: /Harriet Harbour/ }).waitFor();
  assert.equal(await list.getByRole('row', { name: /Otto/ }).count(), 0);

  await searchFor(page, 'harriet');
  await page.getByRole('option', { name: 'Show all contacts with “harriet”' }).waitFor();
  await page
    .getByRole('option', { name: /Show all (companies|deals)/ })
    .first()
    .waitFor({ state: 'detached' });
});

test('Enter opens nothing that was found by the letters before and does not fit those that are there now', async (t) => {
  await world.create('companies', { name: 'Quay Lights' });
  const quarry = await world.create('companies', { name: 'Quarry Lamps' });
  const { page } = await world.visit(t);
  const answer = Promise.withResolvers<void>();
  await page.route(/\/api\/v1\/search\?q=quarry/, async (route) => {
    await answer.promise;
    await route.continue();
  });
  await open(page, '/');
  await searchFor(page, 'quay');
  await page.getByRole('option', { name: /^Quay Lights/, selected: true }).waitFor();
  const asked = page.waitForRequest(/search\?q=quarry/, { timeout: 5_000 });
  await page.getByRole('combobox', { name: 'Search and commands' }).fill('quarry');
  await page.keyboard.press('Enter');
  await asked;
  await page.keyboard.press('Enter');
  assert.equal(new URL(page.url()).pathname, '/');
  answer.resolve();
  await page.getByRole('option', { name: /^Quarry Lamps/, selected: true }).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/companies/${quarry.id}`);
});

test('Enter opens what was found by the letters before where it fits those that are there now', async (t) => {
  const { id } = await world.create('companies', { name: 'Lantern Makers' });
  const { page } = await world.visit(t);
  await page.route(/\/api\/v1\/search\?q=lantern(%20|\+)m/, () => {});
  await open(page, '/');
  await searchFor(page, 'lantern');
  await page.getByRole('option', { name: /^Lantern Makers/, selected: true }).waitFor();
  await page.keyboard.type(' ma');
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/companies/${id}`);
});

test('Caps Lock does not keep the search from opening', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/');
  await page.keyboard.press('Control+K');
  await page.getByRole('combobox', { name: /Search/ }).waitFor({ timeout: 5_000 });
});

test('what is found in a note or a call opens there, however much came after it, also on a phone', async (t) => {
  const contact = await world.create('contacts', { given_name: 'Nora', family_name: 'Noted' });
  const at = { records: [{ type: 'contact', id: contact.id }] };
  await world.create('notes', { ...at, body: '<p>Prefers a quarterly zwieback</p>' });
  await world.create('activities', {
    ...at,
    kind: 'call',
    subject: 'About marzipan',
    occurred_at: '2020-01-01T10:00:00Z',
  });
  const data = Array.from({ length: 60 }, (_, n) => ({ ...at, title: `Later ${n}` }));
  const made = await world.administrator.session.send('POST', '/api/v1/tasks/bulk', { data });
  assert.equal(made.status, 201);
  const { page } = await world.visit(t, world.administrator, phone);
  await open(page, `/contacts/${contact.id}`);
  await page.getByRole('tab', { name: 'Details', selected: true }).waitFor();
  for (const [word, text] of [
    ['zwieback', 'Prefers a quarterly zwieback'],
    ['marzipan', 'About marzipan'],
  ] as const) {
    await searchFor(page, word);
    await page.getByRole('option', { name: new RegExp(text) }).click();
    await page.locator('[data-pointed]').getByText(text).waitFor();
    await picture(page, `palette-${word}`);
  }
});

test('Caps Lock does not keep letters from doing what they do', async (t) => {
  for (const name of ['Capital One', 'Capital Two']) await world.create('companies', { name });
  const { page } = await world.visit(t, await world.person('Vera Viewer', 'viewer'));
  await open(page, '/');
  // As a browser tells of keys with Caps Lock: large letters without Shift.
  for (const key of ['G', 'O']) await page.keyboard.press(key);
  await page.waitForURL('**/companies', { timeout: 5_000 });
  await page.getByRole('gridcell', { name: 'Capital Two' }).waitFor();
  await page.locator('[role="gridcell"][tabindex="0"]').focus();
  await page.keyboard.press('J');
  await page.locator('[data-cell="1:0"]:focus').waitFor({ timeout: 5_000 });

  const { page: mine } = await world.visit(t);
  await open(mine, '/companies');
  await mine.getByRole('button', { name: 'New company' }).waitFor();
  await mine.keyboard.press('C');
  await mine.getByRole('dialog', { name: 'New company' }).waitFor({ timeout: 5_000 });
});

test('the palette leads to each of the settings that one may open', async (t) => {
  const member = await world.person('Mel Member', 'member');
  const { page } = await world.visit(t);
  const { page: theirs } = await world.visit(t, member);
  for (const each of [page, theirs]) {
    await open(each, '/');
    await each.keyboard.press('Control+k');
    await each.getByRole('option', { name: 'Go to home' }).waitFor();
    assert.equal(await each.getByRole('option', { name: 'Webhooks settings' }).count(), 0, 'not before one types');
    await each.keyboard.type('settings');
    await each.getByRole('option', { name: 'Pipelines settings' }).waitFor();
  }
  assert.equal(await theirs.getByRole('option', { name: 'Webhooks settings' }).count(), 0);
  await page.getByRole('option', { name: 'Webhooks settings' }).click();
  await page.getByRole('heading', { name: 'Webhooks', exact: true }).waitFor();
});

test('a command is found by its words in whichever order, with accents or without', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search and commands' }).fill('Dùplicates go');
  await page.getByRole('option', { name: /^Go to duplicates/, selected: true }).waitFor();
});

test('the first hit is chosen also when it comes after the last key', async (t) => {
  for (const name of ['New Haven', 'New planet', 'New plants']) await world.create('companies', { name });
  const { id } = await world.create('companies', { name: 'New plant Tulsa' });
  const { page } = await world.visit(t);
  await page.route('**/api/v1/search?*', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 250));
    await route.continue().catch(() => {}); // one that was typed over
  });
  await open(page, '/');
  await page.keyboard.press('Control+k');
  // "New" alone means commands, which go one after the other as more is typed.
  await page.keyboard.type('New plant Tu', { delay: 150 });
  await page.getByRole('option', { name: /New plant Tulsa/, selected: true }).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/companies/${id}`);
});

test('pages for those who build Holdfast are no command', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/');
  await searchFor(page, 'settings');
  await page
    .getByRole('option', { name: /Settings/ })
    .first()
    .waitFor();
  await page.keyboard.press('Escape');
  await searchFor(page, 'design');
  assert.deepEqual(await page.getByRole('option', { name: /^Design|Go to .*[Dd]esign/ }).allTextContents(), []);
});
