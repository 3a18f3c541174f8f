import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barriers, desktop, open, setUp } from './browser.ts';
import { fillWorkspace, public_pages } from './sample.ts';

let pages: string[];
const world = setUp(async ({ administrator }) => {
  pages = await fillWorkspace(administrator);
});
const dark = { ...desktop, colorScheme: 'dark' as const };

test('in the dark every page can be read', async (t) => {
  const { page } = await world.visit(t, world.administrator, dark);
  for (const path of pages)
    await t.test(path, async () => {
      await open(page, path);
      await page.locator('html[data-theme="dark"]').waitFor();
      assert.deepEqual(await barriers(page, 'colours'), []);
    });
});

test('so can the pages for those who are not signed in', async (t) => {
  const { page, expectRefusal } = await world.visit(t, null, dark);
  expectRefusal(410);
  for (const path of public_pages)
    await t.test(path, async () => {
      await open(page, path);
      await page.locator('html[data-theme="dark"]').waitFor();
      assert.deepEqual(await barriers(page, 'colours'), []);
    });
});
