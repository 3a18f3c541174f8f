import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../harness/eventually.ts';
import { barriers, open, picture, setUp } from './browser.ts';

const world = setUp();

test('what is set of many records, or of a tile, is not lost without being asked', async (t) => {
  await world.create('companies', { name: 'Half done' });
  const { page } = await world.visit(t);
  const asked = page.getByRole('alertdialog', { name: 'Discard what you typed?' });
  await open(page, '/contacts');
  await page.getByRole('link', { name: 'Companies' }).click();
  await page
    .getByRole('row', { name: /Half done/ })
    .getByRole('checkbox')
    .click();
  const selection = page.getByRole('region', { name: 'Selection' });
  for (const { button, name, field } of [
    { button: 'Add to pipeline', name: 'Start a deal for 1 company', field: 'Subject' },
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
    await page.goBack();
    await asked.getByRole('button', { name: 'Cancel' }).click({ timeout: 5_000 });
    await asked.waitFor({ state: 'detached' });
    const unloading = page.waitForEvent('dialog', { timeout: 5_000 });
    void page.reload().catch(() => {});
    const byBrowser = await unloading;
    assert.equal(byBrowser.type(), 'beforeunload');
    await byBrowser.dismiss();
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

test('a tile that was typed on makes way for another, and for another page, only once that has been asked', async (t) => {
  const { id: dashboard_id } = await world.create('dashboards', { name: 'Two tiles' });
  const form = { dashboard_id, figure: 'won_value', grouping: 'none', chart: 'number', range: 'all', period: 'month' };
  for (const title of ['First', 'Second']) await world.create('dashboard-tiles', { ...form, title });
  const { page } = await world.visit(t);
  const asked = page.getByRole('alertdialog', { name: 'Discard what you typed?' });
  const title = page.getByRole('complementary', { name: 'Edit tile' }).getByRole('textbox', { name: 'Title' });
  const edit = async (tile: string) => {
    await page.getByRole('button', { name: `More about ${tile}` }).click();
    await page.getByRole('menuitem', { name: 'Edit tile…' }).click();
  };
  const stays = async () => {
    await asked.getByRole('button', { name: 'Cancel' }).click({ timeout: 5_000 });
    await asked.waitFor({ state: 'detached' });
    assert.equal(await title.inputValue(), 'Half');
  };
  await open(page, `/dashboard?board=${dashboard_id}`);
  await edit('First');
  await title.fill('Half');
  await edit('Half');
  assert.equal(await title.inputValue(), 'Half');
  await edit('Second');
  await stays();
  await page.getByRole('link', { name: 'Companies' }).click();
  await stays();
  await edit('Second');
  await asked.getByRole('button', { name: 'Discard' }).click();
  await eventually(async () => (await title.inputValue()) === 'Second');
});

test('rules for duplicates that are not saved yet are not lost without being asked', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/settings/duplicates');
  await page.getByRole('button', { name: 'Remove the rule' }).first().click();
  const save = page.getByRole('button', { name: 'Save', exact: true }).first();
  await save.press('Enter');
  await page.getByText('The rules are saved').waitFor();
  const [focused, rest] = await Promise.all([page.locator(':focus').textContent(), save.getAttribute('aria-disabled')]);
  assert.deepEqual([focused, rest], ['Save', 'true'], 'with nothing more to save it keeps the focus');
  await page.keyboard.press('Tab');
  assert.ok(await save.isDisabled());
  assert.equal(await save.getAttribute('aria-disabled'), null, 'and is disabled once that has gone on');
  await page.getByRole('button', { name: 'Remove the rule' }).first().click();
  await page.getByRole('link', { name: 'Companies' }).click();
  const asked = page.getByRole('alertdialog', { name: 'Discard what you typed?' });
  await asked.getByRole('button', { name: 'Cancel' }).click({ timeout: 5_000 });
  await asked.waitFor({ state: 'detached' });
  assert.match(page.url(), /settings/);
  await page.getByRole('link', { name: 'Companies' }).click();
  await asked.getByRole('button', { name: 'Discard' }).click();
  await page.waitForURL(/companies/);
});

test('what was typed long ago makes room in the browser', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/companies');
  const keep = (days: number) =>
    page.evaluate(
      `localStorage.setItem('holdfast.draft.somebody.${days}', JSON.stringify({ at: Date.now() - ${days} * 86_400_000, values: {} }))`,
    );
  for (const days of [29, 31]) await keep(days);
  await open(page, '/companies');
  const left = await page.evaluate(
    `Object.keys(localStorage).filter((name) => name.startsWith('holdfast.draft.somebody'))`,
  );
  assert.deepEqual(left, ['holdfast.draft.somebody.29']);
});

test('a name typed for another record is taken on the way to the next field, made, or not sent without a word', async (t) => {
  const known = await world.create('companies', { name: 'Known Mills' });
  const { page } = await world.visit(t);
  await open(page, '/contacts?create=true');
  const form = page.getByRole('dialog', { name: 'New contact' });
  const company = form.getByRole('combobox', { name: 'Company' });
  const send = () => form.getByRole('button', { name: 'Create contact' }).click();
  const companyOf = async (name: string) => {
    await form.waitFor({ state: 'detached' });
    const { data } = await world.read(
      `contacts?filter=${JSON.stringify({ field: 'given_name', op: 'eq', value: name })}`,
    );
    return data[0].company;
  };

  await form.getByLabel('First name').fill('Tabbed');
  await company.pressSequentially('known m');
  await page.getByRole('option', { name: 'Known Mills' }).waitFor();
  await page.keyboard.press('Tab');
  await form.getByLabel('Job title').and(page.locator(':focus')).waitFor();
  assert.equal(await company.inputValue(), 'Known Mills');
  await send();
  assert.equal((await companyOf('Tabbed')).id, known.id);

  await open(page, '/contacts?create=true');
  await form.getByLabel('First name').fill('Made');
  await company.pressSequentially('Brand New Ltd');
  await page.getByRole('option', { name: 'Create “Brand New Ltd”' }).waitFor();
  // What is not there yet is not made by the way, nor forgotten.
  await page.keyboard.press('Tab');
  await send();
  await form.getByText('Choose one from the list, or clear the field.').waitFor();
  assert.equal(await company.inputValue(), 'Brand New Ltd');
  assert.deepEqual(await barriers(page), []);
  await picture(page, 'company-not-chosen');
  await company.fill('');
  await company.pressSequentially('Brand New Works');
  await page.getByRole('option', { name: 'Create “Brand New Works”' }).waitFor();
  await picture(page, 'company-made');
  await page.keyboard.press('Enter');
  await page.getByText('Company created').waitFor();
  await eventually(async () => (await company.inputValue()) === 'Brand New Works');
  await form.getByText('Choose one from the list, or clear the field.').waitFor({ state: 'detached' });
  await send();
  const made = await companyOf('Made');
  assert.equal(made.name, 'Brand New Works');
  const { owner } = await world.read(`companies/${made.id}`);
  assert.equal(owner.id, world.administrator.user_id);

  await open(page, '/deals?create=true');
  const deal = page.getByRole('dialog', { name: 'New deal' });
  const contact = deal.getByRole('combobox', { name: 'Contact' });
  await contact.pressSequentially('Marta van Hagen');
  await page.getByRole('option', { name: 'Create “Marta van Hagen”' }).click();
  await page.getByText('Contact created').waitFor();
  await eventually(async () => (await contact.inputValue()) === 'Marta van Hagen');
  // Esc takes back what one was typing.
  await contact.selectText();
  await contact.pressSequentially('Somebody else');
  await page.getByText('Create “Somebody else”').waitFor();
  await page.keyboard.press('Escape');
  await eventually(async () => (await contact.inputValue()) === 'Marta van Hagen');
});
