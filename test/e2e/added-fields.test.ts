import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../harness/app.ts';
import { barriers, open, picture, setUp } from './browser.ts';

const world = setUp();

async function send(method: string, path: string, body?: object) {
  const answer = await world.administrator.session.send(method, `/api/v1/${path}`, body);
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
  return answer.body;
}

test('tasks, products, notes and calls have fields of one’s own in their forms', async (t) => {
  await send('POST', 'custom-fields', {
    resource: 'task',
    key: 'ticket',
    label: 'Ticket',
    type: 'text',
    required: true,
  });
  await send('POST', 'custom-fields', {
    resource: 'product',
    key: 'weight',
    label: 'Weight',
    type: 'integer',
    required: true,
  });
  await send('POST', 'custom-fields', {
    resource: 'product',
    key: 'fragile',
    label: 'Fragile',
    type: 'boolean',
    required: true,
  });
  const { page } = await world.visit(t);
  await open(page, '/settings/custom-fields');
  await page.getByText('Weight', { exact: true }).waitFor();

  await open(page, '/tasks');
  await page.getByRole('button', { name: 'New task' }).first().click();
  const form = page.getByRole('dialog', { name: 'New task' });
  await form.getByLabel('Title').fill('Call back');
  await form.getByLabel('Ticket').fill('T-1');
  assert.deepEqual(await barriers(page), []);
  await form.getByRole('button', { name: 'Create task' }).click();
  await form.waitFor({ state: 'hidden' });
  const [task] = (await send('GET', 'tasks')).data;
  assert.deepEqual(task.custom, { ticket: 'T-1' });

  await open(page, '/products');
  await page.getByRole('button', { name: 'New product' }).first().click();
  const creating = page.getByRole('dialog', { name: 'New product' });
  await creating.getByLabel('Name').fill('Desk');
  await creating.getByLabel('Weight').fill('41');
  assert.deepEqual(await barriers(page), []);
  await creating.getByRole('button', { name: 'Create product' }).click();
  await creating.waitFor({ state: 'hidden' });
  assert.deepEqual((await send('GET', 'products')).data[0].custom, { weight: 41, fragile: false });

  await page.getByRole('row', { name: /Desk/ }).getByRole('checkbox').click();
  await page.getByRole('region', { name: 'Selection' }).getByRole('button', { name: 'Edit' }).click();
  const editing = page.getByRole('dialog', { name: 'Edit 1 product' });
  await editing.getByRole('combobox', { name: 'Field' }).click();
  await page.getByRole('option', { name: 'Offered for new deals' }).click();
  await editing.getByRole('button', { name: 'Change 1 product' }).click();
  await editing.waitFor({ state: 'hidden' });
  await eventually(async () => (await send('GET', 'products')).data[0].active === false);

  await send('POST', 'custom-fields', {
    resource: 'note',
    key: 'mood',
    label: 'Mood',
    type: 'select',
    options: ['Good', 'Bad'],
  });
  await send('POST', 'custom-fields', {
    resource: 'activity',
    key: 'room',
    label: 'Room',
    type: 'text',
    required: true,
  });
  const contact = await send('POST', 'contacts', { given_name: 'Listener' });
  await open(page, '/settings/custom-fields');
  await page.getByRole('region', { name: 'Notes', exact: true }).first().getByText('Mood', { exact: true }).waitFor();

  await open(page, `/contacts/${contact.id}`);
  const composer = page.getByRole('region', { name: 'Write something down' });
  await composer.getByRole('textbox', { name: 'Note' }).focus();
  await page.keyboard.type('Spoke at length');
  await composer.getByRole('combobox', { name: 'Mood' }).click();
  await page.getByRole('option', { name: 'Good' }).click();
  assert.deepEqual(await barriers(page), []);
  await picture(page, 'note-fields');
  await composer.getByRole('button', { name: 'Save note' }).click();
  const note = page.getByRole('listitem').filter({ hasText: 'wrote a note' });
  await note.getByText('Good').waitFor();
  assert.equal(await composer.getByRole('combobox', { name: 'Mood' }).count(), 0);
  await note.getByRole('button', { name: 'More about this note' }).click();
  await page.getByRole('menuitem', { name: 'Edit note' }).click();
  await note.getByRole('combobox', { name: 'Mood' }).click();
  await page.getByRole('option', { name: 'Bad' }).click();
  await note.getByRole('button', { name: 'Save changes' }).click();
  await note.getByRole('button', { name: 'Save changes' }).waitFor({ state: 'detached' });
  await note.getByText('Bad').waitFor();
  assert.deepEqual((await send('GET', 'notes')).data[0].custom, { mood: 'Bad' });

  await composer.getByRole('button', { name: 'Call' }).click();
  await composer.getByLabel('Subject').fill('Follow up');
  await composer.getByLabel('Room').fill('Blue');
  await composer.getByRole('button', { name: 'Log call' }).click();
  await page.getByRole('listitem').filter({ hasText: 'called' }).getByText('Blue').waitFor();
  assert.deepEqual((await send('GET', 'activities')).data[0].custom, { room: 'Blue' });
});

test('an address keeps how long it has to be when its field is saved', async (t) => {
  const rules = { min: '12', max: '300' };
  const field = await send('POST', 'custom-fields', {
    resource: 'company',
    key: 'shop',
    label: 'Shop',
    type: 'url',
    rules,
  });
  const { page } = await world.visit(t);
  await open(page, '/settings/custom-fields');
  await page.getByRole('button', { name: 'Edit Shop' }).click();
  const form = page.getByRole('dialog', { name: 'Edit field' });
  await form.getByLabel('Name').fill('Web shop');
  await form.getByRole('button', { name: 'Save' }).click();
  await form.waitFor({ state: 'hidden' });
  const saved = await send('GET', `custom-fields/${field.id}`);
  assert.deepEqual([saved.label, saved.rules], ['Web shop', rules]);
});
