import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator } from 'playwright-core';
import { eventually } from '../harness/app.ts';
import { barriers, open, phone, picture, setUp } from './browser.ts';
import { fillWorkspace } from './sample.ts';

let pages: string[];
const world = setUp(async ({ administrator }) => {
  pages = await fillWorkspace(administrator);
});

/** What sticks out of the document counts. */
const document_size =
  '({ width: document.documentElement.scrollWidth, height: document.documentElement.scrollHeight })';

/** What scrolls up and down alone shows its whole width: nothing in it sticks out. */
const too_wide = `[...document.querySelectorAll('.overflow-y-auto')]
  .filter((box) => box.scrollWidth > box.clientWidth)
  .map((box) => box.className)`;

/** Boxes to tick of less than 24 px: axe forgives them where nothing else is near. */
const small_boxes = `[...document.querySelectorAll('input[type="checkbox"].checkbox')]
  .filter((box) => Math.min(box.getBoundingClientRect().width, box.getBoundingClientRect().height) < 24)
  .map((box) => box.ariaLabel ?? box.name)`;

test('on a phone every page is free of barriers and its targets are large enough, and the document itself never scrolls', async (t) => {
  const { page } = await world.visit(t, world.administrator, phone);
  for (const path of pages)
    await t.test(path, async () => {
      await open(page, path);
      assert.deepEqual(await barriers(page, 'structure'), []);
      assert.deepEqual(await page.evaluate(small_boxes), []);
      assert.deepEqual(await page.evaluate(document_size), phone.viewport);
      assert.deepEqual(await page.evaluate(too_wide), []);
    });
});

test('on a phone one gets about by the bar at the bottom, and by one’s favourites', async (t) => {
  const { id } = await world.create('products', { name: 'Kept at hand' });
  await world.administrator.session.send('PUT', `/api/v1/products/${id}/favourite`);
  const { page } = await world.visit(t, world.administrator, phone);
  await open(page, '/');
  await page.getByRole('link', { name: 'Deals' }).click();
  await page.getByRole('heading', { name: 'Deals', level: 1 }).waitFor();
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('dialog').getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('link', { name: 'Members' }).click();
  await page.getByRole('heading', { name: 'Members' }).first().waitFor();
  const bar = page.getByRole('navigation', { name: 'Main' });
  assert.deepEqual(await bar.locator('[aria-current]').allTextContents(), ['More']);
  await page.goBack();
  await page.getByRole('link', { name: 'Members' }).waitFor();
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('dialog').getByRole('link', { name: 'Kept at hand' }).scrollIntoViewIfNeeded();
  await picture(page, 'phone-favourites');
  await page.getByRole('dialog').getByRole('link', { name: 'Kept at hand' }).click();
  await page.getByRole('main').getByRole('button', { name: 'Remove from favourites', pressed: true }).click();
  await page.getByRole('button', { name: 'Add to favourites' }).waitFor();
});

test('on a phone the places of the account menu are in sight once one is there', async (t) => {
  const { page } = await world.visit(t, world.administrator, phone);
  await open(page, '/');
  for (const [place, heading] of [
    ['Your profile', 'Profile'],
    ['Security', 'Security'],
  ] as const) {
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('button', { name: /Account of/ }).click();
    await page.getByRole('menuitem', { name: place }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: heading }).first().waitFor();
  }
});

test('on a phone a toast lies over nothing one works with: neither the bars at the bottom, nor what is found, nor a dialog', async (t) => {
  const { send } = world.administrator.session;
  const { body: deal } = await send('POST', '/api/v1/deals', { name: 'Toasted' });
  const { page } = await world.visit(t, world.administrator, phone);
  await open(page, `/deals/${deal.id}`);
  const toast = page.getByRole('region', { name: 'Notifications' }).getByRole('dialog').first();
  const clearOf = (what: Locator) =>
    eventually(async () => {
      const [above, below] = [await toast.boundingBox(), await what.boundingBox()];
      if (!above || !below) return false;
      return above.y + above.height <= below.y || below.y + below.height <= above.y;
    });
  const stages = page.getByRole('list', { name: 'Stages' }).getByRole('button');
  const moveOn = async () => {
    await stages
      .filter({ hasNot: page.locator('[aria-current]') })
      .nth(1)
      .tap();
    await toast.filter({ hasText: 'Moved to' }).waitFor();
  };
  await moveOn();
  await clearOf(page.getByRole('navigation', { name: 'Main' }));
  await page.getByRole('button', { name: 'Search' }).tap();
  await page.getByRole('combobox', { name: 'Search and commands' }).fill('Toasted');
  const found = page.getByRole('option').filter({ hasText: 'Toasted' }).first();
  await found.waitFor();
  await clearOf(found);
  await page.keyboard.press('Escape');
  await moveOn();
  await page.getByRole('button', { name: 'More' }).last().tap();
  const sheet = page.getByRole('dialog').filter({ has: page.getByRole('link', { name: 'Companies' }) });
  await sheet.getByRole('link', { name: 'Companies' }).waitFor();
  await clearOf(sheet);
});

test('on a phone the panel of a record has the focus and hides the list under it from keys and screen readers, until it is closed', async (t) => {
  await world.create('contacts', { given_name: 'Panel', family_name: 'Person', source: 'panel' });
  const { page } = await world.visit(t, world.administrator, phone);
  const filter = encodeURIComponent(JSON.stringify({ field: 'source', op: 'eq', value: 'panel' }));
  await open(page, `/contacts?filter=${filter}`);
  const row = page.getByRole('region', { name: 'Contacts' }).getByRole('button', { name: /Panel Person/ });
  await row.focus();
  await page.keyboard.press('Enter');
  const panel = page.getByRole('complementary', { name: 'Details of the contact' });
  await panel.getByRole('heading', { name: 'Panel Person' }).waitFor();
  await panel.and(page.locator(':focus')).waitFor({ timeout: 5_000 });
  for (const covered of [row, page.getByRole('navigation', { name: 'Main' }).last()])
    assert.equal(await covered.evaluate((element) => element.matches('[inert], [inert] *')), true);
  await page.keyboard.press('Shift+Tab');
  assert.equal(await page.evaluate("document.activeElement.matches('[inert] *')"), false);
  assert.deepEqual(await barriers(page, 'structure'), []);
  await panel.getByRole('button', { name: 'Close' }).click();
  await row.and(page.locator(':focus')).waitFor();
});

test('on a phone the people to mention stand within the window, and the time of a call is not cut off', async (t) => {
  const { id } = await world.create('contacts', {
    given_name: 'Thumb',
    phone: '+1 212 555 0100',
    email: 'thumb@example.com',
  });
  const { page } = await world.visit(t, world.administrator, phone);
  await open(page, `/contacts/${id}`);
  await page.getByRole('tab', { name: 'Timeline' }).click();
  await page.getByRole('button', { name: 'Comment', exact: true }).first().click();
  await page.getByRole('textbox', { name: 'Comment' }).focus();
  await page.keyboard.type('Somebody should look, @ada');
  const people = page.getByRole('listbox', { name: 'People to mention' });
  await eventually(async () => {
    const { x = -1, width = 0 } = (await people.boundingBox()) ?? {};
    return x >= 0 && width > 0 && x + width <= phone.viewport.width;
  });
  await picture(page, 'phone-mention');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Call', exact: true }).first().click();
  const when = await page.getByLabel('When').boundingBox();
  await picture(page, 'phone-call');
  assert.ok(when && when.width > phone.viewport.width / 2, JSON.stringify(when));

  const call = page.getByRole('link', { name: 'Call', exact: true });
  assert.equal(await call.getAttribute('href'), 'tel:+12125550100');
  assert.ok((await call.boundingBox())!.height >= 44);
  const write = page.getByRole('link', { name: 'E-mail', exact: true });
  assert.equal(await write.getAttribute('href'), 'mailto:thumb@example.com');
  await page.getByRole('button', { name: 'Log call' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Log call' });
  await dialog.getByRole('combobox', { name: 'Outcome' }).click();
  await page.getByRole('option', { name: 'No answer' }).click();
  await dialog.getByRole('button', { name: 'Log call' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('called, no answer').waitFor();
});
