import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { Webhook } from 'standardwebhooks';
import { eventually, startTestApp } from '../harness/app.ts';
import { asOwner } from '../harness/identity.ts';
import { type Receiver, startReceiver } from '../harness/receiver.ts';
import { barriers, desktop, open, phone, picture, setUp } from './browser.ts';

const world = setUp(undefined, { start: () => startTestApp({ ALLOW_PRIVATE_NETWORKS: 'true' }) });
let receiver: Receiver;
before(async () => {
  receiver = await startReceiver();
});
after(() => receiver.stop());

const fill = async (page: Page, label: string, value: string) =>
  page.getByRole('dialog').getByRole('textbox', { name: label }).fill(value);
const row = (page: Page, name: string | RegExp) => page.getByRole('listitem').filter({ hasText: name });

test('a webhook is made, tested, filled with a change, replayed, given a new secret, disabled and deleted', async (t) => {
  const { page, expectRefusal } = await world.visit(t);
  await open(page, '/settings/webhooks');
  await page.getByText('No webhooks yet').waitFor();
  await picture(page, 'webhooks-empty');
  await page.getByRole('button', { name: 'New webhook' }).click();
  const dialog = page.getByRole('dialog', { name: 'New webhook' });
  await fill(page, 'Name', 'Accounting');
  await fill(page, 'Address', 'http://accounting.example/hook');
  await dialog.getByRole('checkbox', { name: 'Contacts: Created' }).check();
  await dialog.getByRole('checkbox', { name: 'Contacts: Updated' }).check();
  expectRefusal(422);
  await dialog.getByRole('button', { name: 'Create webhook' }).click();
  await dialog.getByText('The address must begin with https://').waitFor();
  await picture(page, 'webhook-form-refused');
  assert.deepEqual(await barriers(page), []);
  await fill(page, 'Address', `${receiver.url}/hook`);
  await dialog.getByRole('button', { name: 'Create webhook' }).click();
  const secretDialog = page.getByRole('dialog', { name: 'Save this secret' });
  const secret = (await secretDialog.locator('code').textContent())!;
  await picture(page, 'webhook-secret');
  // A click beside it loses nothing that is shown only once.
  await page.mouse.click(5, 5);
  await secretDialog.getByRole('button', { name: 'I have saved it' }).click();

  await page.getByRole('heading', { name: 'Accounting' }).waitFor();
  await page.getByRole('button', { name: 'Send test event' }).click();
  await row(page, 'webhook.test').getByText('Delivered').waitFor();
  await world.administrator.session.send('POST', '/api/v1/contacts', { given_name: 'Grace', family_name: 'Hopper' });
  await row(page, 'contact.created').getByText('Delivered').waitFor();
  const { headers, text } = receiver.received.at(-1)!;
  assert.ok(new Webhook(secret).verify(text, headers as Record<string, string>));
  await picture(page, 'webhook-log');
  assert.deepEqual(await barriers(page), []);
  await page.getByRole('button', { name: 'contact.created' }).click();
  const delivery = page.getByRole('dialog', { name: 'contact.created' });
  await delivery.getByText('"given_name": "Grace"').waitFor();
  await picture(page, 'webhook-delivery');
  assert.deepEqual(await barriers(page), []);
  const before = receiver.received.length;
  await delivery.getByRole('button', { name: 'Send again' }).click();
  await eventually(async () => receiver.received.length > before);
  await delivery.getByRole('button', { name: 'Close' }).last().click();

  await page.getByRole('button', { name: 'New secret' }).click();
  await page.getByRole('button', { name: 'Create new secret' }).click();
  assert.notEqual(await secretDialog.locator('code').textContent(), secret);
  await secretDialog.getByRole('button', { name: 'I have saved it' }).click();
  await page.getByText('signs too until').waitFor();

  await page.getByRole('button', { name: 'Disable' }).click();
  await page.getByText('Disabled: nothing is sent.').waitFor();
  await page.getByRole('button', { name: 'Enable' }).click();
  await page.getByRole('button', { name: 'Send test event' }).waitFor();
  await page.getByRole('button', { name: 'All webhooks' }).click();
  await row(page, 'Accounting').waitFor();
  await picture(page, 'webhooks');
  await page.getByRole('button', { name: 'Details of Accounting' }).click();
  await page.getByRole('button', { name: 'Delete Accounting' }).click();
  await page.getByRole('button', { name: 'Delete webhook' }).click();
  await page.getByText('No webhooks yet').waitFor();
});

test('a receiver that takes nothing and a webhook that was disabled say so, on a phone, in the dark and in German', async (t) => {
  receiver.answer((_, response) => response.writeHead(500).end('<h1>Internal error</h1>'));
  const { session } = world.administrator;
  const filter = { field: 'city', op: 'eq', value: 'Rome' };
  const made = await session.send('POST', '/api/v1/webhooks', {
    name: 'Synchronisation mit der Buchhaltung der Niederlassung in Ludwigshafen',
    url: `${receiver.url}/a/very/long/address/of/a/receiver/with-a-token/8f14e45fceea167a5a36dedd4bea2543`,
    events: { contact: { verbs: ['created', 'updated'], filter }, deal: { verbs: ['created', 'deleted'] } },
  });
  const { id, name } = made.body;
  await session.send('POST', '/api/v1/deals', { name: 'Dam' });
  await session.send('POST', '/api/v1/contacts', { given_name: 'Grace', city: 'Lund' });
  await eventually(async () => receiver.received.some(({ path }) => path.includes('very')));
  const { page } = await world.visit(t, world.administrator, phone);
  await open(page, `/settings/webhooks?webhook=${id}`);
  await page.getByText('The receiver has not accepted anything since').waitFor();
  await picture(page, 'webhook-failing-phone');
  const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  assert.equal(overflow, 0);
  await page.getByRole('button', { name: 'Edit' }).click();
  await page.getByRole('dialog', { name: 'Edit webhook' }).waitFor();
  await picture(page, 'webhook-form-phone');
  await asOwner(world.app, `update webhook set enabled = false, disabled_reason = 'failing' where id = $1`, [id]);

  await session.send('PATCH', '/api/v1/profile', { locale: 'de' });
  t.after(() => session.send('PATCH', '/api/v1/profile', { locale: 'en' }));
  const dark = await world.visit(t, world.administrator, { ...desktop, colorScheme: 'dark' });
  await open(dark.page, `/settings/webhooks?webhook=${id}`);
  await dark.page.getByText('Der Empfänger hat 24 Stunden lang nichts angenommen.').waitFor();
  await picture(dark.page, 'webhook-disabled-dark');
  await dark.page.getByRole('button', { name: 'Bearbeiten' }).click();
  await dark.page.getByRole('dialog', { name: 'Webhook bearbeiten' }).waitFor();
  await picture(dark.page, 'webhook-form-dark');
  await dark.page.keyboard.press('Escape');
  assert.deepEqual(await barriers(dark.page), []);
  await dark.page.getByRole('button', { name: 'Alle Webhooks' }).click();
  await dark.page.getByText(name).waitFor();
  await picture(dark.page, 'webhooks-dark');
});
