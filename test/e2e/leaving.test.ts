import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open, setUp } from './browser.ts';

const world = setUp();

test('what is set of many records, or of a tile, is not lost without being asked', async (t) => {
  await world.create('companies', { name: 'Half done' });
  const { page } = await world.visit(t);
  const asked = page.getByRole('alertdialog', { name: 'Discard what you typed?' });
  await open(page, '/companies');
  await page
    .getByRole('row', { name: /Half done/ })
    .getByRole('checkbox')
    .click();
  const selection = page.getByRole('region', { name: 'Selection' });
  for (const { button, name, field } of [
    { button: 'Add to pipeline', name: 'Start a deal for 1 company', field: 'What about' },
    { button: 'Edit', name: 'Edit 1 company', field: 'New value' },
  ]) {
    await selection.getByRole('button', { name: button, exact: true }).click();
    const dialog = page.getByRole('dialog', { name });
    if (button === 'Edit') {
      await dialog.getByRole('combobox', { name: 'Field' }).click();
      await page.getByRole('option', { name: 'City', exact: true }).click();
    }
    const input = dialog.getByLabel(field).and(page.locator('input, textarea'));
    await input.fill('Half');
    await page.keyboard.press('Escape');
    await asked.getByRole('button', { name: 'Cancel' }).click({ timeout: 5_000 });
    await asked.waitFor({ state: 'detached' });
    assert.equal(await input.inputValue(), 'Half');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await asked.getByRole('button', { name: 'Discard' }).click();
    await dialog.waitFor({ state: 'detached' });
  }

  await world.create('dashboards', { name: 'Mine' });
  await open(page, '/dashboard');
  await page.getByRole('link', { name: 'Mine' }).click();
  const add = page.getByRole('button', { name: 'Add tile' }).first();
  const panel = page.getByRole('complementary', { name: 'New tile' });
  await add.click();
  await panel.getByRole('button', { name: 'Cancel' }).click();
  await panel.waitFor({ state: 'detached' });
  await add.click();
  await panel.getByRole('textbox', { name: 'Title' }).fill('Half');
  await panel.getByRole('button', { name: 'Cancel' }).click();
  await asked.getByRole('button', { name: 'Cancel' }).click({ timeout: 5_000 });
  await asked.waitFor({ state: 'detached' });
  assert.equal(await panel.getByRole('textbox', { name: 'Title' }).inputValue(), 'Half');
  await panel.getByRole('button', { name: 'Close' }).click();
  await asked.getByRole('button', { name: 'Discard' }).click();
  await panel.waitFor({ state: 'detached' });
});
