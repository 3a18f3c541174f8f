import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { barriers, desktop, open, setUp, textOf, walkTo } from './browser.ts';
import { fillWorkspace, public_pages } from './sample.ts';

let pages: string[];
const world = setUp(async ({ administrator }) => {
  pages = await fillWorkspace(administrator);
});

/**
 * In the light of all standards; then in the dark and with more contrast in both schemes, without opening the page
 * anew.
 */
async function noBarriers(t: TestContext, page: Page, paths: string[], goTo: typeof open): Promise<void> {
  for (const path of paths)
    await t.test(path, async () => {
      await page.emulateMedia({ colorScheme: 'light', contrast: 'no-preference' });
      await goTo(page, path);
      assert.deepEqual(await barriers(page), []);
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.locator('html[data-theme="dark"][data-contrast="normal"]').waitFor();
      assert.deepEqual(await barriers(page, 'colours'), [], 'in the dark');
      for (const colorScheme of ['dark', 'light'] as const) {
        await page.emulateMedia({ colorScheme, contrast: 'more' });
        await page.locator(`html[data-theme="${colorScheme}"][data-contrast="more"]`).waitFor();
        assert.deepEqual(await barriers(page, 'contrast'), [], `at high contrast, ${colorScheme}`);
      }
    });
}

test('every page is free of barriers, in the dark and at seven to one too', async (t) => {
  const { page } = await world.visit(t);
  await noBarriers(t, page, pages, walkTo);
});

test('so are the pages for those who are not signed in', async (t) => {
  const { page, expectRefusal } = await world.visit(t, null);
  expectRefusal(410);
  await noBarriers(t, page, public_pages, open);
});

test('a page that does not start says why', async (t) => {
  const { page } = await world.visit(t, null, { ...desktop, javaScriptEnabled: false });
  await page.goto('/sign-in');
  const box = await page.locator('noscript').boundingBox();
  assert.ok(box && box.y < desktop.viewport.height, 'it stands below the window');
  const { page: old } = await world.visit(t, null);
  await old.route('**/*.js', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }));
  await old.goto('/sign-in');
  const why = old.getByText('Holdfast has not started yet');
  assert.equal(await why.isVisible(), false, 'not while it starts');
  await old.evaluate('document.getAnimations().forEach((each) => each.finish())');
  await why.waitFor();
});

test('high contrast is chosen in the profile', async (t) => {
  const { page } = await world.visit(t, world.administrator, { ...desktop, colorScheme: 'dark' });
  await open(page, '/settings/profile');
  await page.getByRole('combobox', { name: 'Theme' }).click();
  await page.getByRole('option', { name: 'High contrast' }).click();
  await open(page, '/contacts');
  await page.locator('html[data-theme="dark"][data-contrast="more"]').waitFor();
  assert.match(await textOf(page.locator('h1')), /Contacts/);
});
