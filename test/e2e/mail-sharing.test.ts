import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadDemo } from '../../src/demo/index.ts';
import { salesDemo } from '../../src/demo/sales/index.ts';
import { eventually } from '../harness/app.ts';
import { asOwner } from '../harness/identity.ts';
import { looksRight, open, phone, setUp } from './browser.ts';

/** Somebody with a mailbox of the demo, whose mail nobody else sees. */
const world = setUp(async ({ app, tenant, administrator }) => {
  await loadDemo(app.app.services.db, tenant.tenant_id, salesDemo);
  await asOwner(
    app,
    `update mailbox set owner_id = $2, sharing = 'private', name = 'Ada' where tenant_id = $1 and id = (select mailbox_id from mail_thread
      where tenant_id = $1 group by 1 order by count(*) desc, 1 limit 1)`,
    [tenant.tenant_id, administrator.user_id],
  );
});

const ownMailbox = async () =>
  (await world.read('mailboxes')).data.find(
    ({ owner_id }: { owner_id: string }) => owner_id === world.administrator.user_id,
  ).id as string;

test('the owner of a mailbox adds an exception, changes it and removes it', async (t) => {
  const { page } = await world.visit(t);
  const mailbox = await ownMailbox();
  const exceptions = async () =>
    (await world.read(`mailboxes/${mailbox}/sharing-exceptions`)).data.map(
      ({ kind, level }: Record<string, string>) => `${kind} ${level}`,
    );
  await open(page, `/mail?mailbox=${mailbox}`);
  await page.getByRole('button', { name: 'Settings of Ada' }).first().click();
  await page.getByRole('menuitem', { name: 'Sharing…' }).click();
  const dialog = page.getByRole('dialog', { name: 'What others see' });
  await dialog.getByText('Share more or less of a conversation').waitFor();
  await dialog.getByRole('button', { name: 'Add an exception' }).click();
  const form = page.getByRole('dialog', { name: 'Add an exception' });
  await form.getByRole('combobox', { name: 'Of what' }).click();
  await page.getByRole('option', { name: 'Folder' }).click();
  await form.getByRole('combobox', { name: 'Folder' }).click();
  await page.getByRole('option', { name: 'Archive' }).click();
  await form.getByRole('combobox', { name: 'What others see' }).click();
  await page.getByRole('option', { name: 'Also the subjects' }).click();
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  await dialog.getByRole('list', { name: 'Exceptions' }).getByText('Archive').waitFor();
  assert.deepEqual(await exceptions(), ['folder subjects']);
  await looksRight(page, 'mail-sharing');
  await dialog.getByRole('combobox', { name: 'What others see' }).click();
  await page.getByRole('option', { name: 'Everything' }).click();
  await eventually(async () => String(await exceptions()) === 'folder all');
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await dialog.getByText('Share more or less of a conversation').waitFor();
  assert.deepEqual(await exceptions(), []);
});

test('a conversation says what others see of it, and its owner changes that there', async (t) => {
  const { page } = await world.visit(t, undefined, phone);
  const mailbox = await ownMailbox();
  const [thread] = (await world.read(`threads?mailbox_id=${mailbox}`)).data;
  await open(page, `/mail?mailbox=${mailbox}&thread=${thread.id}`);
  const said = page.getByText('Only you can see this conversation in your mailbox');
  await said.waitFor();
  await said.locator('xpath=..').getByRole('button', { name: 'Change' }).click();
  const form = page.getByRole('dialog', { name: 'What others see' });
  await form.getByRole('combobox', { name: 'What others see' }).click();
  await page.getByRole('option', { name: 'Everything' }).click();
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Others see all of this conversation').waitFor();
  await looksRight(page, 'mail-thread-sharing');
  const { level, exception } = await world.read(`threads/${thread.id}/sharing`);
  assert.deepEqual([level, exception.kind], ['all', 'thread']);
});

for (const [device, size] of Object.entries({ desk: undefined, phone }))
  test(`a snoozed conversation that its address leads to is brought back at once: ${device}`, async (t) => {
    const { page } = await world.visit(t, undefined, size);
    const mailbox = await ownMailbox();
    const [thread] = (await world.read(`threads?mailbox_id=${mailbox}`)).data;
    const snoozed_until = '2199-01-01T08:00:00Z';
    const { session } = world.administrator;
    assert.equal((await session.send('PATCH', `/api/v1/threads/${thread.id}`, { snoozed_until })).status, 200);
    await open(page, `/mail?mailbox=${mailbox}&thread=${thread.id}`);
    const toolbar = page.getByRole('toolbar', { name: 'Conversation' });
    await toolbar.getByRole('button', { name: 'Delete' }).waitFor();
    await looksRight(page, `mail-snoozed-${device}`);
    await toolbar.getByRole('button', { name: 'Snooze' }).click();
    await page.getByRole('menuitem', { name: 'Now', exact: true }).click();
    await eventually(async () => (await world.read(`threads/${thread.id}`)).snoozed_until === null);
    await toolbar.waitFor({ state: 'detached' });
  });

test('a mail that a record leads to has what its conversation has', async (t) => {
  const mailbox = await ownMailbox();
  const [thread] = (await world.read(`threads?mailbox_id=${mailbox}`)).data;
  const [first] = (await world.read(`threads/${thread.id}/messages`)).data;
  const { id, mailbox_id } = (await world.read(`messages/${first.id}/conversation`)).thread;
  assert.deepEqual([id, mailbox_id], [thread.id, mailbox]);
  const other = await world.person('Otto Other', 'member');
  const answer = await other.session.send('GET', `/api/v1/messages/${first.id}/conversation`);
  assert.equal(answer.body.thread ?? null, null, 'nobody is shown the mailbox of somebody else');
  const { page } = await world.visit(t, undefined, phone);
  await open(page, `/mail?message=${first.id}`);
  const toolbar = page.getByRole('toolbar', { name: 'Conversation' });
  await looksRight(page, 'mail-from-record');
  await toolbar.getByRole('button', { name: 'Archive conversation' }).click();
  await toolbar.waitFor({ state: 'detached' });
  const stands = async () => (await world.read(`threads/${thread.id}`)).folders.join();
  await eventually(async () => (await stands()) !== thread.folders.join());
  await page.getByRole('button', { name: 'Undo' }).click();
  await eventually(async () => (await stands()) === thread.folders.join());
});

test('what is being written stays when its writer looks at the templates', async (t) => {
  const { page } = await world.visit(t);
  await open(page, `/mail?mailbox=${await ownMailbox()}`);
  await page.getByRole('button', { name: 'Write' }).click();
  const dialog = page.getByRole('dialog', { name: 'New mail' });
  await dialog.getByRole('textbox', { name: 'Text' }).fill('Half a thought');
  await dialog.getByRole('button', { name: 'Insert template' }).click();
  const opened = page.context().waitForEvent('page');
  await page.getByRole('menuitem', { name: 'Edit templates…' }).click();
  await (await opened).getByRole('heading', { name: 'Mail templates' }).first().waitFor();
  assert.equal(await dialog.getByRole('textbox', { name: 'Text' }).inputValue(), 'Half a thought');
});

test('a reply to mail that came to an alias goes out from there, and the sender can be chosen', async (t) => {
  const { page } = await world.visit(t);
  const mailbox = await ownMailbox();
  const [thread] = (await world.read(`threads?mailbox_id=${mailbox}`)).data;
  const last = (await world.read(`threads/${thread.id}/messages`)).data.at(-1);
  const tenant = world.tenant.tenant_id;
  await asOwner(
    world.app,
    `insert into mailbox_alias (tenant_id, mailbox_id, address, confirmed_at) values ($1, $2, 'sales@fernhollow.example', now()),
      ($1, $2, 'waiting@fernhollow.example', null)`,
    [tenant, mailbox],
  );
  await asOwner(
    world.app,
    `update mail_message set recipients = '[{"kind": "from", "name": "", "address": "pat@partner.example"},
      {"kind": "to", "name": "", "address": "sales@fernhollow.example"}]' where tenant_id = $1 and id = $2`,
    [tenant, last.id],
  );
  await open(page, `/mail?mailbox=${mailbox}&thread=${thread.id}`);
  await page.getByRole('button', { name: 'Reply', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Reply' });
  await dialog.getByRole('combobox', { name: 'From' }).getByText('sales@fernhollow.example').waitFor();
  await looksRight(page, 'mail-alias-reply');
  await dialog.getByRole('combobox', { name: 'From' }).click();
  await page.getByRole('option').first().waitFor();
  assert.equal(await page.getByRole('option').count(), 2, 'one that waits for its code is none');
  await page.keyboard.press('Escape');
  await dialog.getByRole('button', { name: 'Discard' }).click();
  await page.getByRole('button', { name: 'Settings of Ada' }).first().click();
  await page.getByRole('menuitem', { name: 'Addresses…' }).click();
  await page.getByRole('dialog', { name: 'Addresses' }).getByText('Waits for its code').waitFor();
  await looksRight(page, 'mail-aliases');
});

test('when a mail goes out, and why it cannot, comes into sight on a phone', async (t) => {
  const { page, expectRefusal } = await world.visit(t, world.administrator, phone);
  await open(page, `/mail?mailbox=${await ownMailbox()}`);
  await page.getByRole('button', { name: 'Write' }).click();
  const dialog = page.getByRole('dialog', { name: 'New mail' });
  await dialog.getByRole('combobox', { name: 'To' }).fill('anna@customer.example');
  await dialog.getByRole('textbox', { name: 'Text' }).fill('Hello Anna,\n\nI will call you.\n'.repeat(9));
  await dialog.getByRole('button', { name: 'Schedule send…' }).click();
  const at = dialog.getByLabel('Send at');
  await at.and(page.locator(':focus')).waitFor();
  await at.fill('2099-12-01T09:00');
  expectRefusal(422);
  await dialog.getByRole('button', { name: 'Send later' }).click();
  const why = dialog.getByText('Connect this mailbox first: its provider sends the mail');
  await why.waitFor();
  const head = (await dialog.getByRole('heading', { name: 'New mail' }).boundingBox())!;
  await eventually(async () => ((await why.boundingBox())?.y ?? 0) > head.y + head.height);
});
