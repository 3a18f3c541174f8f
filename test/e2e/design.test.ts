import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { barriers, desktop, open, phone, setUp } from './browser.ts';

const world = setUp();
const ui = resolve(import.meta.dirname, '../../web/ui');

/** Every component that a file of the design system gives to others. */
const parts = globSync('**/*.tsx', { cwd: ui }).flatMap((file) =>
  [...readFileSync(join(ui, file), 'utf8').matchAll(/^export (?:function|const) ([A-Z]\w+)/gm)].map(
    ([, name]) => name!,
  ),
);

test('the design page shows every part of the design system, and each is free of barriers', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/design');
  await page.getByRole('heading', { name: 'Design', level: 1 }).waitFor();
  const shown: string[] = await page.evaluate(
    `[...document.querySelectorAll('[data-shows]')].flatMap(({ dataset }) => dataset.shows.split(' '))`,
  );
  assert.ok(parts.length > 30, 'the parts were not found');
  assert.deepEqual(parts.filter((part) => !shown.includes(part)).sort(), []);
  assert.deepEqual(shown.filter((part) => !parts.includes(part)).sort(), []);
  assert.deepEqual(await barriers(page), []);
  await page.getByRole('tab', { selected: true }).first().press('Tab');
  assert.deepEqual(
    await page.evaluate('[document.activeElement.role, getComputedStyle(document.activeElement).outlineStyle]'),
    ['tabpanel', 'solid'],
  );
  for (const [button, role] of [
    ['Open the menu', 'menu'],
    ['Open the dialog', 'dialog'],
    ['Open the question', 'alertdialog'],
    ['Open the popover', 'dialog'],
  ] as const) {
    await page.getByRole('button', { name: button }).click();
    await page.getByRole(role).waitFor();
    assert.deepEqual(await barriers(page), [], button);
    await page.keyboard.press('Escape');
    await page.getByRole(role).waitFor({ state: 'detached' });
  }
});

const looks = {
  dark: { ...desktop, colorScheme: 'dark' },
  'high contrast': { ...desktop, contrast: 'more' },
  'high contrast in the dark': { ...desktop, colorScheme: 'dark', contrast: 'more' },
  'forced colours': { ...desktop, forcedColors: 'active' },
} as const;

for (const [look, device] of Object.entries(looks))
  test(`every part can be read in ${look}`, async (t) => {
    const { page } = await world.visit(t, world.administrator, device);
    await open(page, '/design');
    await page.getByRole('heading', { name: 'Design', level: 1 }).waitFor();
    assert.deepEqual(await barriers(page, 'colours'), []);
  });

test('from right to left and on a phone nothing sticks out', async (t) => {
  for (const device of [desktop, phone]) {
    const { page } = await world.visit(t, world.administrator, device);
    await open(page, '/design?dir=rtl');
    await page.locator('[dir=rtl]').getByRole('heading', { name: 'Board' }).waitFor();
    assert.deepEqual(await barriers(page, 'structure'), []);
    assert.equal(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), 0);
  }
});
