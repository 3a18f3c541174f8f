import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { eventually } from '../harness/eventually.ts';
import { open, setUp } from './browser.ts';

/**
 * What somebody else saves while a form is open, or while it was closed with its draft, is said once; saving again
 * replaces it.
 */

const world = setUp();
const { create, read } = world;
const conflict = /^Somebody changed this in the meantime/;

async function change(path: string, body: object): Promise<void> {
  const other = await world.administrator.session.send('PATCH', `/api/v1/${path}`, body);
  assert.equal(other.status, 200, JSON.stringify(other.body));
}

async function savesAtSecondTry(form: Locator, button: string): Promise<void> {
  await form.getByRole('button', { name: button }).click();
  await form.getByText(conflict).waitFor();
  await form.getByRole('button', { name: button }).click();
  await form.waitFor({ state: 'detached' });
}

test('the products of a deal', async (t) => {
  const product = await create('products', { name: 'Oil press', unit_price: '100.00', currency: 'EUR' });
  const pump = await create('products', { name: 'Pump', unit_price: '80.00', currency: 'EUR' });
  await create('products', { name: 'Turbine', unit_price: '950.00', currency: 'EUR' });
  const lines = [
    { product_id: product.id, quantity: '1', unit_price: '100.00' },
    { product_id: pump.id, unit_price: '75.00' },
    { product_id: pump.id, unit_price: '70.00' },
  ];
  const { id } = await create('deals', { name: 'Presses', currency: 'EUR', lines });
  const { page, expectRefusal } = await world.visit(t);
  expectRefusal(412);
  await open(page, `/deals/${id}`);
  await page.getByRole('button', { name: 'Edit products' }).click();
  const dialog = page.getByRole('dialog', { name: 'Products' });
  // Esc leaves, rather than to empty the field it is pressed in.
  await dialog.getByRole('combobox').first().press('Escape');
  await dialog.waitFor({ state: 'detached', timeout: 5_000 });
  await page.getByRole('button', { name: 'Edit products' }).click();
  await dialog.getByLabel('Quantity').first().fill('3');
  const choose = async (line: number, name: string) => {
    await dialog.getByRole('combobox').nth(line).fill(name);
    await page.getByRole('option', { name }).click();
  };
  await choose(1, 'Turbine');
  await choose(2, 'Turbine');
  await choose(2, 'Pump');
  await change(`deals/${id}`, { name: 'Three presses' });
  await savesAtSecondTry(dialog, 'Save products');
  const { name, lines: saved } = await read(`deals/${id}`);
  assert.deepEqual([name, Number(saved[0].quantity)], ['Three presses', 3]);
  assert.deepEqual(
    saved.map((line: { product: { name: string }; unit_price: string }) => [line.product.name, line.unit_price]),
    [['Oil press', '100.00'], ['Turbine', '950.00'], ['Pump', '70.00']],
    'another product has its own price',
  ); // biome-ignore format: a list
});

test('the closing of a deal on the board, which says of a card that it moved once it has', async (t) => {
  const [{ stages }] = (await read('pipelines')).data;
  const last = stages.findLast(({ kind }: { kind: string }) => kind === 'open');
  const { id } = await create('deals', { name: 'Harbour crane', stage_id: last.id });
  const { page, expectRefusal } = await world.visit(t);
  expectRefusal(412);
  await open(page, '/deals?layout=board');
  const card = page
    .getByRole('region', { name: last.name, exact: true })
    .getByRole('button', { name: /Harbour crane/ });
  await card.press('Shift+ArrowRight');
  const dialog = page.getByRole('dialog', { name: 'Mark the deal as won' });
  await dialog.waitFor();
  const board = page.getByRole('region', { name: 'Deals by stage', includeHidden: true });
  const said = board.locator('> [role=status]');
  assert.deepEqual(await said.allTextContents(), ['']);
  await change(`deals/${id}`, { name: 'Harbour cranes' });
  await savesAtSecondTry(dialog, 'Mark as won');
  const { name, status } = await read(`deals/${id}`);
  assert.deepEqual([name, status], ['Harbour cranes', 'won']);
  assert.deepEqual(await said.allTextContents(), ['']);

  const before = stages[stages.indexOf(last) - 1];
  await create('deals', { name: 'Ferry', stage_id: last.id });
  await page.getByRole('button', { name: /Ferry/ }).press('Shift+ArrowLeft');
  await said.getByText(`Ferry, no amount moved to ${before.name}`, { exact: true }).waitFor();
});

test('a comment', async (t) => {
  const contact = await create('contacts', { given_name: 'Grace' });
  const { id } = await create('comments', { body: '<p>As it was</p>', record_id: contact.id });
  const { page, expectRefusal } = await world.visit(t);
  expectRefusal(412);
  await open(page, `/contacts/${contact.id}`);
  const thread = page.getByRole('listitem').filter({ has: page.getByRole('button', { name: 'Save changes' }) });
  const editor = thread.getByRole('textbox', { name: 'Comment' });
  const edit = async () => {
    await page.getByRole('button', { name: 'More about this comment' }).click();
    await page.getByRole('menuitem', { name: 'Edit comment' }).click();
    await editor.press('End');
  };
  await edit();
  await page.keyboard.type(', mine');
  const shown = page.waitForResponse((answer) => answer.url().includes('/timeline'));
  await change(`comments/${id}`, { body: '<p>Theirs</p>' });
  await shown;
  await savesAtSecondTry(thread, 'Save changes');
  assert.match((await read(`comments/${id}`)).body, /As it was, mine/);

  // Also after the tab was closed.
  await edit();
  await page.keyboard.type(' again');
  await page.goto('about:blank');
  await change(`comments/${id}`, { body: '<p>Theirs</p>' });
  await open(page, `/contacts/${contact.id}`);
  await edit();
  await editor.getByText('As it was, mine again').waitFor();
  await savesAtSecondTry(thread, 'Save changes');
  assert.match((await read(`comments/${id}`)).body, /As it was, mine again/);
});

test('a position of a contact, of which only what was changed is sent', async (t) => {
  const company = await create('companies', { name: 'Acme Works' });
  const contact = await create('contacts', { given_name: 'Hedy' });
  const path = `contacts/${contact.id}/positions`;
  const made = await create(path, { company_id: company.id, role: 'Inventor', started_on: '1941-06-10' });
  const { page, expectRefusal } = await world.visit(t);
  expectRefusal(412);
  await open(page, `/contacts/${contact.id}`);
  await page.getByRole('button', { name: /^Edit the position/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit position' });
  await dialog.getByLabel('To').fill('1942-08-11');
  await change(`${path}/${made.positions[0].id}`, { role: 'Engineer' });
  await savesAtSecondTry(dialog, 'Save');
  const [{ role, started_on, ended_on }] = (await read(`contacts/${contact.id}`)).positions;
  assert.deepEqual([role, started_on, ended_on], ['Engineer', '1941-06-10', '1942-08-11']);
});

test('a draft that was begun before', async (t) => {
  const contact = await create('contacts', { given_name: 'Mary', job_title: 'Engineer' });
  const task = await create('tasks', { title: 'Water the plants', assignee_id: world.administrator.user_id });
  const forms = [
    {
      path: `contacts/${contact.id}`,
      edit: async (page: Page) => {
        await open(page, `/contacts/${contact.id}`);
        await page.getByRole('button', { name: 'More actions' }).click();
        await page.getByRole('menuitem', { name: 'Edit all fields' }).click();
      },
      form: 'Edit contact',
      label: 'Job title',
      field: 'job_title',
    },
    {
      path: `tasks/${task.id}`,
      edit: (page: Page) => open(page, `/tasks?task=${task.id}`),
      form: 'Task',
      label: 'Title',
      field: 'title',
    },
  ];
  for (const { path, edit, form, label, field } of forms) {
    const { page, expectRefusal } = await world.visit(t);
    const dialog = page.getByRole('dialog', { name: form, exact: true });
    const input = dialog.getByLabel(label);
    await edit(page);
    await input.fill('Mine');
    await page.goto('about:blank');
    await change(path, { [field]: 'Theirs' });
    await edit(page);
    await dialog.getByText('This is what you typed before.').waitFor();
    assert.equal(await input.inputValue(), 'Mine');
    expectRefusal(412);
    await savesAtSecondTry(dialog, 'Save');
    assert.equal((await read(path))[field], 'Mine');

    // Thrown away, it is no draft any more: what is typed then is about what is shown.
    await edit(page);
    await input.fill('Thrown away');
    await page.goto('about:blank');
    await change(path, { [field]: 'Theirs' });
    await edit(page);
    await dialog.getByRole('button', { name: 'Discard' }).click();
    await input.fill('Anew');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await eventually(async () => (await read(path))[field] === 'Anew');
  }
});
