import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barriers, open, setUp } from './browser.ts';
import { fillWorkspace, public_pages } from './sample.ts';

let pages: string[];
const world = setUp(async ({ administrator }) => {
  pages = await fillWorkspace(administrator);
});

test('every page is free of barriers', async (t) => {
  const { page } = await world.visit(t);
  for (const path of pages)
    await t.test(path, async () => {
      await open(page, path);
      assert.deepEqual(await barriers(page), []);
    });
});

test('so are the pages for those who are not signed in', async (t) => {
  const { page, expectRefusal } = await world.visit(t, null);
  expectRefusal(410);
  for (const path of public_pages)
    await t.test(path, async () => {
      await open(page, path);
      assert.deepEqual(await barriers(page), []);
    });
});
