import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barriers, open, phone, setUp } from './browser.ts';
import { fillWorkspace } from './sample.ts';

let pages: string[];
const world = setUp(async ({ administrator }) => {
  pages = await fillWorkspace(administrator);
});

/** What sticks out of the document counts. */
const document_size =
  '({ width: document.documentElement.scrollWidth, height: document.documentElement.scrollHeight })';

test('on a phone every page is free of barriers, and the document itself never scrolls', async (t) => {
  const { page } = await world.visit(t, world.administrator, phone);
  for (const path of pages)
    await t.test(path, async () => {
      await open(page, path);
      assert.deepEqual(await barriers(page, 'structure'), []);
      assert.deepEqual(await page.evaluate(document_size), phone.viewport);
    });
});

test('on a phone one gets about by the bar at the bottom', async (t) => {
  const { page } = await world.visit(t, world.administrator, phone);
  await open(page, '/');
  await page.getByRole('link', { name: 'Deals' }).click();
  await page.getByRole('heading', { name: 'Deals', level: 1 }).waitFor();
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('dialog').getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('link', { name: 'Members' }).click();
  await page.getByRole('heading', { name: 'Members' }).first().waitFor();
  await page.goBack();
  await page.getByRole('link', { name: 'Members' }).waitFor();
});
