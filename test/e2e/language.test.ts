import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { desktop, open, type Person, phone, settled, setUp, walkTo } from './browser.ts';
import { fillWorkspace, public_pages } from './sample.ts';

let pages: string[];
const world = setUp(async ({ administrator }) => {
  pages = await fillWorkspace(administrator);
});

const speak = ({ session }: Person, locale: string) => session.send('PATCH', '/api/v1/profile', { locale });
const german = { ...desktop, locale: 'de-DE' };

/** Words that English sentences and labels can hardly do without and German has not. */
const english =
  /\b(the|and|of|with|you|your|are|this|from|by|yes|to|have|has|what|which|choose|who|how|when|where|add|edit|delete|remove|create|open|close|show|hide|save|new|loading|search|settings|all|none|not|company|companies|contact|contacts|task|tasks|note|notes|stage|owner|won|lost)\b/i;

/** What people wrote themselves; stages are called so when a workspace begins. */
const own =
  /^(?:Won|Lost)$|Three presses|Spare parts in \w+|Send the offer|Asks for two more|First call|Key account|Oil press|Ask for the drawings of the press, and when it should stand in Basel|\b(?:Won|Lost) (?:bearbeiten|löschen|nach oben|nach unten)/g;

/** What is read or spoken: no code, and nothing that is marked as the name of somebody or something. */
const shown_texts = `(() => {
  const found = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement, textContent } = walker.currentNode;
    if (!parentElement.closest('script, noscript, style, code, bdi, .font-mono')) found.push(textContent);
  }
  for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
    for (const element of document.querySelectorAll('[' + name + ']:not(code)')) found.push(element.getAttribute(name));
  return [...new Set(found.map((text) => text.trim()))];
})()`;

/** Where the words of an element begin when one reads from that side. */
const edgeOf = (place: Locator, side: 'left' | 'right') =>
  place.evaluate((element, side) => {
    const range = element.ownerDocument.createRange();
    range.selectNodeContents(element);
    return Math.round(range.getBoundingClientRect()[side]);
  }, side);
const rightEdge = (place: Locator) => edgeOf(place, 'right');
const leftEdge = (place: Locator) => edgeOf(place, 'left');

/** Where the sign of a number stands, and where its first digit. */
const signAndDigit = (place: Locator) =>
  place.evaluate((element) => {
    const text = element.textContent ?? '';
    return [text.search(/[-−]/), text.search(/\d/)].map((at) => {
      const range = element.ownerDocument.createRange();
      range.setStart(element.firstChild!, at);
      range.setEnd(element.firstChild!, at + 1);
      return range.getBoundingClientRect().left;
    });
  });

/** The texts of the page in which an English word is left. */
async function englishLeft(page: Page): Promise<string[]> {
  const texts = await page.evaluate<string[]>(shown_texts);
  return texts.filter((text) => english.test(text.replace(own, '')));
}

test('who speaks German finds no English word on any page', async (t) => {
  const person = await world.person('Gerda Gruber', 'admin');
  await speak(person, 'de');
  const { page } = await world.visit(t, person);
  for (const path of pages)
    await t.test(path, async () => {
      await walkTo(page, path);
      await page.locator('html[lang="de"]').waitFor();
      await settled(page);
      assert.deepEqual(await englishLeft(page), []);
    });
});

test('before signing in the browser says which language', async (t) => {
  const { page, expectRefusal } = await world.visit(t, null, german);
  expectRefusal(410);
  for (const path of public_pages)
    await t.test(path, async () => {
      await open(page, path);
      assert.equal(await page.locator('html').getAttribute('lang'), 'de');
      assert.deepEqual(await englishLeft(page), []);
    });
});

test('where one comes in, the words of all other pages are not waited for', async (t) => {
  // An adviser's home has a part that comes later, and its words with it.
  const person = await world.person('Frieda Flink', 'member');
  await speak(person, 'de');
  const { page } = await world.visit(t, person, german);
  const ofOthers: string[] = [];
  page.on('request', (request) => /\/assets\/de-/.test(request.url()) && ofOthers.push(request.url()));
  await open(page, '/');
  assert.equal(await page.locator('html').getAttribute('lang'), 'de');
  assert.deepEqual(await englishLeft(page), []);
  assert.deepEqual(ofOthers, []);
  await open(page, '/contacts');
  assert.deepEqual(await englishLeft(page), []);
  assert.equal(ofOthers.length, 1);
});

test('numbers, money and dates are written as in Germany', async (t) => {
  const person = await world.person('Emil Euler', 'admin');
  await speak(person, 'de');
  const { page } = await world.visit(t, person);
  await open(page, '/deals?layout=table&view=all');
  await page.locator('html[lang="de"]').waitFor();
  await page.getByText('1.250,50 €').first().waitFor();
  await open(page, '/tasks?view=all');
  await page.getByText('05.01.2026').first().waitFor();
});

test('what the server refuses, and the names of fields in the audit log, are German too, with their values', async (t) => {
  const person = await world.person('Hanna Huber', 'admin');
  await speak(person, 'de');
  const { page, expectRefusal } = await world.visit(t, person);
  expectRefusal(422);
  await open(page, '/deals?create=true');
  await page.getByRole('textbox', { name: 'Name' }).fill('x'.repeat(201));
  await page.getByRole('button', { name: 'Deal anlegen' }).click();
  await page.getByText('Schreiben Sie höchstens 200 Zeichen').first().waitFor();
  await open(page, '/settings/audit');
  await page
    .getByRole('button', { name: /hat einen Deal angelegt/ })
    .first()
    .click();
  await page.getByText('Phase', { exact: true }).first().waitFor();
  await open(page, '/settings/roles');
  await page.getByText(/Schlagwörter und eigene Felder\./).waitFor();
});

test('the language is chosen in the profile, and the page speaks it at once', async (t) => {
  const person = await world.person('Paula Poly', 'admin');
  const { page } = await world.visit(t, person);
  await open(page, '/settings/profile');
  await page.getByRole('combobox', { name: 'Language' }).click();
  await page.getByRole('option', { name: 'Deutsch', exact: true }).click();
  await page.getByRole('button', { name: 'Save profile' }).click();
  await page.getByRole('button', { name: 'Profil speichern' }).waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'de');
  await page.reload();
  await page.getByRole('heading', { name: 'Profil' }).waitFor();
  // Another script insists on English: the page speaks it rather than load again and again.
  await page.addInitScript("localStorage.setItem('holdfast.locale', 'en')");
  let loads = 0;
  page.on('domcontentloaded', () => loads++);
  await page.reload();
  await page.getByRole('heading', { name: 'Profile' }).waitFor();
  await settled(page);
  assert.equal(loads, 2);
});

/** By how many pixels the page hangs over its edge, and where the sidebar begins. */
const over_and_sidebar = `[
  document.documentElement.scrollWidth - document.documentElement.clientWidth,
  document.querySelector('nav').getBoundingClientRect().left,
]`;

test('from right to left nothing hangs over the edge, and the sidebar stands at the right', async (t) => {
  const person = await world.person('Rami Right', 'admin');
  await speak(person, 'en-XB');
  const { page } = await world.visit(t, person);
  // Pages that are shown before one may use the others have no sidebar.
  for (const path of pages.filter((one) => !/^\/(unsubscribe|second-factor)/.test(one)))
    await t.test(path, async () => {
      await walkTo(page, path);
      await page.locator('html[dir="rtl"]').waitFor();
      await settled(page);
      const [over, sidebar] = await page.evaluate<[number, number]>(over_and_sidebar);
      assert.equal(over, 0);
      assert.ok(sidebar > desktop.viewport.width / 2, `the sidebar begins at ${sidebar}`);
    });
});

test('from right to left names stand under their heads, and the sign of a number before it', async (t) => {
  const person = await world.person('Ruth Right', 'admin');
  await speak(person, 'en-XB');
  const { body: board } = await person.session.send('POST', '/api/v1/dashboards', { name: 'Right', shared: false });
  const tile = {
    dashboard_id: board.id,
    figure: 'open_count',
    grouping: 'owner',
    chart: 'table',
    range: 'all',
    period: 'month',
    width: 4,
    height: 2,
  };
  const { status } = await person.session.send('POST', '/api/v1/dashboard-tiles', tile);
  assert.equal(status, 201);
  await person.session.send('POST', '/api/v1/deals', { name: 'Counted' });
  const { page } = await world.visit(t, person);
  await open(page, `/dashboard?board=${board.id}`);
  await page.getByRole('rowheader').first().waitFor();
  const name = page.getByRole('rowheader', { name: 'Ruth Right' });
  assert.equal(await rightEdge(name), await rightEdge(page.getByRole('columnheader', { name: 'Owner' })));

  const filter = { field: 'name', op: 'not_empty' };
  await person.session.send('POST', '/api/v1/scoring-rules', { name: 'Less', resource: 'deal', filter, points: -20 });
  await open(page, '/settings/scoring');
  const [sign = 0, digit = 0] = await signAndDigit(page.getByText(/^\W*[-−]20\W*$/).first());
  assert.ok(sign < digit, `${sign}, ${digit}`);

  // From left to right, a name written the other way stands where the others stand.
  await speak(person, 'en');
  const { body: company } = await person.session.send('POST', '/api/v1/companies', { name: 'شركة النخيل' });
  await person.session.send('POST', '/api/v1/deals', { name: 'Palms', company_id: company.id });
  await open(page, '/deals?layout=board&view=all');
  await page.locator('html[dir="ltr"]').waitFor();
  const left = async (text: string) => await leftEdge(page.getByRole('main').getByText(text, { exact: true }));
  assert.equal(await left('شركة النخيل'), await left('Palms'));
});

/** Placeholders, and values that one picked, of which a part does not fit where it stands. */
const cut_words = `[...document.querySelectorAll('input[placeholder], [role="combobox"] *')].flatMap((shown) => {
  const { placeholder, value } = shown;
  if (placeholder && !value) shown.value = placeholder;
  const isCut = shown.scrollWidth > shown.clientWidth && getComputedStyle(shown).overflowX !== 'visible';
  if (placeholder && !value) shown.value = '';
  return isCut ? [placeholder || shown.textContent] : [];
})`;

test('why a rule for duplicates cannot be as it is, is said in German, and no word of forms is cut on the narrowest phone', async (t) => {
  const person = await world.person('Doris Doppelt', 'admin');
  await speak(person, 'de');
  const { page, expectRefusal } = await world.visit(t, person, { ...phone, viewport: { width: 360, height: 740 } });
  expectRefusal(422);
  await open(page, '/settings/duplicates');
  const cut = [await page.evaluate(cut_words)];
  const rules = page.getByRole('list').filter({ hasText: 'Warnen' }).first();
  await rules.getByRole('listitem', { name: 'Regel 1' }).getByRole('combobox').first().click();
  await page.getByRole('option', { name: 'Ort', exact: true }).click();
  const said = page.getByRole('alert').first();
  await said.waitFor();
  assert.doesNotMatch((await said.textContent()) ?? '', english);

  const { id } = await world.create('contacts', { given_name: 'Eva', email: 'eva@example.com' });
  await open(page, `/contacts/${id}`);
  await page.getByRole('button', { name: 'E-Mails bearbeiten' }).click();
  await page.getByPlaceholder('Beschriftung').waitFor();
  cut.push(await page.evaluate(cut_words));
  assert.deepEqual(cut, [[], []]);
});
