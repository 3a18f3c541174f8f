import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { barriers, darken, open, setUp } from './browser.ts';
import { fillWorkspace } from './sample.ts';

let pages: string[];
const world = setUp(async ({ administrator }) => {
  pages = await fillWorkspace(administrator);
});

test('every page is free of barriers, light and dark', async (t) => {
  const { page } = await world.visit(t);
  for (const path of pages) await t.test(path, () => lookAt(page, path));
});

const public_pages = [
  '/sign-in',
  '/password-reset#token',
  '/sign-in/link#token',
  '/invitation#token',
  '/password-reset',
];

test('so are the pages for those who are not signed in', async (t) => {
  const { page, expectRefusal } = await world.visit(t, null);
  expectRefusal(410);
  for (const path of public_pages) await t.test(path, () => lookAt(page, path));
});

async function lookAt(page: Page, path: string) {
  await page.emulateMedia({ colorScheme: 'light' });
  await open(page, path);
  assert.deepEqual(await barriers(page), []);
  await darken(page);
  assert.deepEqual(await barriers(page, 'colours'), []);
}
