import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { eventually } from '../harness/eventually.ts';
import { barriers, open, phone, picture, session_cookie, setUp } from './browser.ts';

const world = setUp();

async function contactOf(given_name: string): Promise<string> {
  const made = await world.administrator.session.send('POST', '/api/v1/contacts', { given_name });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body.id;
}

test('a comment that mentions somebody reaches their inbox live, and all of it goes by keyboard', async (t) => {
  const ben = await world.person('Ben Berg', 'member');
  const id = await contactOf('Grace');
  const [{ page: theirs }, { page: mine }] = [await world.visit(t, ben), await world.visit(t)];
  await open(theirs, '/');
  await open(mine, `/contacts/${id}`);
  await mine.getByRole('button', { name: 'Comment', exact: true }).first().click();
  const editor = mine.getByRole('textbox', { name: 'Comment' });
  await editor.focus();
  await mine.keyboard.type('Please call her, @be');
  await mine.getByRole('option', { name: 'Ben Berg' }).waitFor();
  assert.deepEqual(await barriers(mine), []);
  await mine.keyboard.press('Enter');
  await mine.keyboard.type('today');
  await mine.keyboard.press('ControlOrMeta+Enter');
  await mine.getByText('commented', { exact: false }).first().waitFor();

  await theirs.getByRole('link', { name: /Inbox/ }).getByText('1 unread').waitFor();
  await theirs.keyboard.press('g');
  await theirs.keyboard.press('i');
  await theirs.getByRole('link', { name: /Ada Admin mentioned you on Grace/ }).waitFor();
  assert.deepEqual(await barriers(theirs), []);
  await theirs.keyboard.press('j');
  await theirs.keyboard.press('Enter');
  await theirs.getByRole('heading', { name: 'Grace' }).waitFor();
  await theirs.locator('[data-pointed]').getByText('@Ben Berg').waitFor();
  await theirs.getByRole('link', { name: 'Inbox', exact: true }).waitFor();
  await theirs.getByRole('button', { name: 'Reply…' }).click();
  await theirs.getByRole('textbox', { name: 'Reply' }).waitFor();
  await theirs.keyboard.type('Done');
  await theirs.keyboard.press('ControlOrMeta+Enter');
  await mine.getByText('replied', { exact: false }).waitFor();
  await mine.getByRole('link', { name: /Inbox/ }).getByText('1 unread').waitFor();
});

test('what is read and put off leaves the list, by keyboard and on a phone', async (t) => {
  const cy = await world.person('Cy Low', 'member');
  for (const name of ['One', 'Two', 'Three']) {
    const id = await contactOf(name);
    await world.administrator.session.send('PATCH', `/api/v1/contacts/${id}`, { owner_id: cy.user_id });
  }
  const { page } = await world.visit(t, cy);
  await open(page, '/inbox');
  const rows = page.locator('[data-inbox-row]');
  await page.getByText('3 unread').first().waitFor();
  // They are counted and listed by two requests.
  await rows.nth(2).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('e');
  await page.getByText('2 unread').first().waitFor();
  await page.keyboard.press('h');
  await page.getByRole('menuitem', { name: 'Tomorrow' }).click();
  await page.getByText('1 unread').first().waitFor();
  await page.getByRole('link', { name: 'Snoozed' }).click();
  await rows.first().waitFor();
  assert.equal(await rows.count(), 1);
  const { page: small } = await world.visit(t, cy, phone);
  await open(small, '/inbox');
  await small.locator('[data-inbox-row]').waitFor();
  await small.getByRole('button', { name: 'Mark all as read' }).click();
  await small.getByText('All read').waitFor();
});

test('what comes meanwhile leaves the keys with the notification that has the focus', async (t) => {
  const eve = await world.person('Eve Early', 'member');
  const give = async (name: string) => {
    const id = await contactOf(name);
    await world.administrator.session.send('PATCH', `/api/v1/contacts/${id}`, { owner_id: eve.user_id });
  };
  await give('First');
  await give('Second');
  const { page } = await world.visit(t, eve);
  await open(page, '/inbox');
  const row = (name: string) => page.getByRole('listitem').filter({ hasText: name });
  for (const name of ['First', 'Second']) await row(name).waitFor();
  await page.keyboard.press('j');
  await row('Second').getByRole('link').and(page.locator(':focus')).waitFor();
  await give('Third');
  await row('Third').waitFor();
  await page.keyboard.press('h');
  await page.getByRole('menuitem', { name: 'Tomorrow' }).click();
  await row('Second').waitFor({ state: 'detached' });
  await row('First').getByRole('link').and(page.locator(':focus')).waitFor();
  await give('Fourth');
  await row('Fourth').waitFor();
  await page.keyboard.press('e');
  await row('First').waitFor({ state: 'detached' });
  assert.deepEqual([await row('Third').count(), await row('Fourth').count()], [1, 1]);
});

test('what is put off for a month has nobody ask all the time', async (t) => {
  const mo = await world.person('Mo Month', 'member');
  const id = await contactOf('Later');
  await world.administrator.session.send('PATCH', `/api/v1/contacts/${id}`, { owner_id: mo.user_id });
  const told = async () => (await mo.session.send('GET', '/api/v1/notifications')).body.data[0];
  await eventually(async () => (await told()) !== undefined);
  const snoozed_until = new Date(Date.now() + 30 * 86_400_000).toISOString();
  const path = `/api/v1/notifications/${(await told()).id}`;
  assert.equal((await mo.session.send('PATCH', path, { snoozed_until })).status, 200);
  const { page } = await world.visit(t, mo);
  let asked = 0;
  page.on('request', (request) => request.url().endsWith('/notifications/summary') && asked++);
  await open(page, '/');
  await page.waitForTimeout(3_000);
  assert.ok(asked <= 3, `${asked} times`);
});

test('what was being written is there again after the tab was closed, until its writer signs out', async (t) => {
  const dee = await world.person('Dee Day', 'member');
  const id = await contactOf('Draft');
  const { page } = await world.visit(t, dee);
  await open(page, `/contacts/${id}`);
  await page.getByRole('textbox', { name: 'Note' }).focus();
  await page.keyboard.type('Half a thought');
  const again = await page.context().newPage();
  await page.close();
  await open(again, `/contacts/${id}`);
  await again.getByText('This is what you typed before.').waitFor();
  await again.getByRole('textbox', { name: 'Note' }).getByText('Half a thought').waitFor();
  await again.getByRole('button', { name: 'Discard' }).click();
  await again.getByRole('textbox', { name: 'Note' }).focus();
  await again.keyboard.type('Another');
  await again.getByRole('button', { name: /Account of/ }).click();
  await again.getByRole('menuitem', { name: 'Sign out' }).click();
  await again.waitForURL('**/sign-in');
  assert.doesNotMatch((await again.evaluate('JSON.stringify({ ...localStorage })')) as string, /draft|Another/);
});

test('a comment that is being edited stands as it was once what was typed before is discarded', async (t) => {
  const id = await contactOf('Discard');
  const { session } = world.administrator;
  const made = await session.send('POST', '/api/v1/comments', { body: '<p>As it was</p>', record_id: id });
  assert.equal(made.status, 201);
  const { page } = await world.visit(t);
  await open(page, `/contacts/${id}`);
  const thread = page.getByRole('listitem').filter({ hasText: 'As it was' });
  const edit = async () => {
    await page.getByRole('button', { name: 'More about this comment' }).click();
    await page.getByRole('menuitem', { name: 'Edit comment' }).click();
  };
  await edit();
  const editor = thread.getByRole('textbox', { name: 'Comment' });
  await editor.press('End');
  await page.keyboard.type(', but not quite');
  await page.reload();
  await edit();
  await editor.getByText('As it was, but not quite').waitFor();
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.getByText('This is what you typed before.').waitFor({ state: 'detached' });
  assert.equal(await editor.textContent(), 'As it was');
});

test('what is pasted loses its scripts, dangerous links and pictures; five megabytes are refused kindly', async (t) => {
  const id = await contactOf('Paste');
  const { page } = await world.visit(t);
  await open(page, `/contacts/${id}`);
  const editor = page.getByRole('textbox', { name: 'Note' });
  const paste = (html: string) =>
    page.evaluate(`{
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/html', ${JSON.stringify(html)});
      document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }`);
  await editor.focus();
  await paste(`<p>${'x'.repeat(5_000_000)}</p>`);
  await page.getByText('That is too much to paste', { exact: false }).waitFor();
  await paste(`<p>Kept <b>bold</b><script>bad()</script><img src="https://spy.example/p.gif">
    <a href="javascript:bad()">link</a></p>`);
  await editor.getByText('bold').waitFor();
  await page.keyboard.press('ControlOrMeta+Enter');
  await page.getByText('wrote a note', { exact: false }).first().waitFor();
  const { body } = await world.administrator.session.send('GET', `/api/v1/notes?limit=1`);
  assert.match(JSON.stringify(body.data), /Kept <strong>bold/);
  assert.doesNotMatch(JSON.stringify(body.data), /bad\(|img|spy|javascript/);
});

test('files are attached by choosing, pasting and dropping, and are there for colleagues with name, size and picture', async (t) => {
  const id = await contactOf('Files');
  const eve = await world.person('Eve Ek', 'member');
  const { page } = await world.visit(t);
  await open(page, `/contacts/${id}`);
  await page.getByRole('textbox', { name: 'Note' }).focus();
  await page.keyboard.type('With files');
  const text = { name: 'offer.txt', mimeType: 'text/plain', buffer: Buffer.from('An offer') };
  await page.getByLabel('Files to attach').setInputFiles([text]);
  await page.getByRole('textbox', { name: 'Note' }).focus();
  const dot = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
  await page.evaluate(`{
    const clipboardData = new DataTransfer();
    const bytes = Uint8Array.from(atob('${dot}'), (character) => character.charCodeAt(0));
    clipboardData.items.add(new File([bytes], 'dot.png', { type: 'image/png' }));
    document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }`);
  await page.getByRole('button', { name: 'Leave out dot.png' }).waitFor();
  await page.evaluate(`{
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['Dropped'], 'dropped.txt', { type: 'text/plain' }));
    const { left, top, width, height } = document.activeElement.getBoundingClientRect();
    const at = { clientX: left + width / 2, clientY: top + height / 2 };
    document.activeElement.dispatchEvent(new DragEvent('drop', { dataTransfer, ...at, bubbles: true, cancelable: true }));
  }`);
  await page.getByRole('button', { name: 'Leave out dropped.txt' }).waitFor();
  await page.keyboard.press('ControlOrMeta+Enter');
  await page.getByRole('link', { name: /offer\.txt/ }).waitFor();
  const { page: theirs } = await world.visit(t, eve);
  await open(theirs, `/contacts/${id}`);
  await theirs.getByRole('link', { name: /offer\.txt 8/ }).waitFor();
  await theirs.getByRole('link', { name: /dropped\.txt 7/ }).waitFor();
  const picture = theirs.getByRole('link', { name: /dot\.png/ }).locator('img');
  await picture.waitFor();
  assert.equal(await picture.evaluate((element) => (element as unknown as { naturalWidth: number }).naturalWidth), 1);
});

test('a note whose file could not be attached is written once, and goes on from there at the next try', (t) =>
  attachAtTheSecondTry(t, 'Once', false));

test('a note that was taken back before its files were attached is written anew with all of them', (t) =>
  attachAtTheSecondTry(t, 'Taken back', true));

async function attachAtTheSecondTry(t: TestContext, name: string, isUndone: boolean): Promise<void> {
  const id = await contactOf(name);
  const { page, expectOffline, expectRefusal } = await world.visit(t);
  await open(page, `/contacts/${id}`);
  await page.getByRole('textbox', { name: 'Note' }).focus();
  await page.keyboard.type('With plans');
  const files = ['plan.txt', 'price.txt'].map((file) => ({
    name: file,
    mimeType: 'text/plain',
    buffer: Buffer.from(file),
  }));
  await page.getByLabel('Files to attach').setInputFiles(files);
  expectOffline();
  let attached = 0;
  await page.route('**/api/v1/attachments', (route) => {
    attached++;
    // The page itself tries twice.
    return attached === 2 || attached === 3 ? route.abort('internetdisconnected') : route.continue();
  });
  await page.getByRole('textbox', { name: 'Note' }).focus();
  await page.keyboard.press('ControlOrMeta+Enter');
  await page.getByRole('alert').first().waitFor();
  if (isUndone) {
    expectRefusal(404);
    await page.getByRole('button', { name: 'Undo', exact: true }).first().click();
    await page.getByText('Undone').first().waitFor();
  }
  await page.getByRole('textbox', { name: 'Note' }).focus();
  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.type(' for all');
  await page.keyboard.press('ControlOrMeta+Enter');
  await page.getByRole('link', { name: /price\.txt/ }).waitFor();
  const { data } = await world.read(`contacts/${id}/timeline?kinds=note`);
  const names = (entry: { attachments: { name: string }[] }) => entry.attachments.map(({ name }) => name).sort();
  assert.deepEqual(data.map(names), [['plan.txt', 'price.txt']]);
  assert.match(data[0].note.body, /With plans for all/);
}

test('a file is taken off a note and a comment, comes back by undo and from the trash, by those who may', async (t) => {
  const id = await contactOf('Take off');
  const fay = await world.person('Fay Fox', 'member');
  const send = async (path: string, body: object) => {
    const made = await world.administrator.session.send('POST', `/api/v1/${path}`, body);
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return made.body.id as string;
  };
  const note_id = await send('notes', { records: [{ type: 'contact', id: id }], body: 'A note' });
  const comment_id = await send('comments', { record_id: id, body: 'A comment' });
  await send('attachments', { file_id: await uploaded('plan.txt'), note_id });
  await send('attachments', { file_id: await uploaded('price.txt'), comment_id });
  const { page } = await world.visit(t);
  await open(page, `/contacts/${id}`);
  for (const name of ['plan.txt', 'price.txt']) {
    const link = page.getByRole('link', { name: new RegExp(name) });
    const remove = async () => {
      await page.getByRole('button', { name: `More about ${name}` }).click();
      await page.getByRole('menuitem', { name: 'Delete file' }).click();
      await link.waitFor({ state: 'detached' });
    };
    await picture(page, `files-${name}`);
    await remove();
    await page.getByText('File moved to the trash').first().waitFor();
    await page.getByRole('button', { name: 'Undo', exact: true }).first().click();
    await link.waitFor();
    await remove();
  }
  assert.deepEqual(await barriers(page), []);
  await open(page, '/trash?kind=attachment');
  await page.getByRole('button', { name: 'Restore price.txt', exact: true }).click();
  await page.getByRole('button', { name: 'Restore plan.txt', exact: true }).click();
  await page.getByText('Nothing of this type in the trash').waitFor();

  const { page: theirs } = await world.visit(t, fay);
  await open(theirs, `/contacts/${id}`);
  await theirs.getByRole('link', { name: /price\.txt/ }).waitFor();
  await theirs.getByRole('button', { name: 'More about plan.txt' }).click();
  await theirs.getByRole('menuitem', { name: 'Delete file' }).waitFor();
  await theirs.keyboard.press('Escape');
  await theirs.getByRole('button', { name: 'More about price.txt' }).click();
  await theirs.getByRole('menuitem', { name: 'Versions' }).waitFor();
  assert.equal(await theirs.getByRole('menuitem', { name: 'Delete file' }).count(), 0);
});

/** A file of the administrator's, not on anything yet. */
async function uploaded(name: string): Promise<string> {
  const form = new FormData();
  form.set('file', new Blob([`bytes of ${name}`], { type: 'text/plain' }), name);
  const cookie = `${session_cookie}=${world.administrator.session.cookie()}`;
  const answer = await world.app.client()('POST', '/api/v1/files', form, { cookie, 'sec-fetch-site': 'same-origin' });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body.id;
}

test('the inbox leads to the very comment, however much came after it, and to the very task', async (t) => {
  const dee = await world.person('Dee Far', 'member');
  const { send } = world.administrator.session;
  const id = await contactOf('Busy');
  const mention = `<p><span data-type="mention" data-id="${dee.user_id}">@x</span> find me</p>`;
  const comment = await send('POST', '/api/v1/comments', { record_id: id, body: mention });
  assert.equal(comment.status, 201, JSON.stringify(comment.body));
  const data = Array.from({ length: 60 }, (_, n) => ({ title: `Later ${n}`, records: [{ type: 'contact', id }] }));
  assert.equal((await send('POST', '/api/v1/tasks/bulk', { data })).status, 201);
  const task = await send('POST', '/api/v1/tasks', { title: 'The very one', assignee_id: dee.user_id });
  assert.equal(task.status, 201, JSON.stringify(task.body));

  const { page } = await world.visit(t, dee);
  await open(page, '/inbox');
  await page.getByRole('link', { name: /mentioned you on Busy/ }).click();
  await page.locator('[data-pointed]').getByText('find me').waitFor();
  assert.deepEqual(await barriers(page), []);
  await page.getByRole('button', { name: 'Show the newest' }).click();
  await page.getByText('Later 59').waitFor();
  assert.equal(await page.getByText('find me').count(), 0);

  await open(page, '/inbox');
  await page.getByRole('link', { name: /assigned you the task The very one/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Title' }).waitFor();
  assert.equal(await dialog.getByRole('textbox', { name: 'Title' }).inputValue(), 'The very one');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  assert.equal(new URL(page.url()).search, '');
});

test('of each kind one chooses whether one is told, and how', async (t) => {
  const flo = await world.person('Flo Free', 'member');
  const { page } = await world.visit(t, flo);
  await open(page, '/settings/notifications');
  await page.getByRole('checkbox', { name: 'Assigned to you: in the inbox' }).click();
  assert.equal(await page.getByRole('checkbox', { name: 'Webhooks: in the inbox' }).count(), 0, 'members have none');
  await page.getByRole('combobox', { name: 'Changes: by e-mail' }).click();
  await page.getByRole('option', { name: 'In the digest' }).click();
  const kinds = async () => (await flo.session.send('GET', '/api/v1/notification-settings')).body.kinds;
  await eventually(async () => (await kinds()).changed.email === 'digest');
  assert.equal((await kinds()).assigned.in_app, false);
  assert.deepEqual(await barriers(page), []);
});

test('a record that is taken away leaves the page of the one who had it', async (t) => {
  const eli = await world.person('Eli Own', 'advisor');
  const id = await contactOf('Taken Tom');
  const give = (owner_id: string | null) =>
    world.administrator.session.send('PATCH', `/api/v1/contacts/${id}`, { owner_id, city: 'Rome' });
  assert.equal((await give(eli.user_id)).status, 200);
  const { page, expectRefusal } = await world.visit(t, eli);
  expectRefusal(404);
  await open(page, `/contacts/${id}`);
  await page.getByRole('heading', { name: 'Taken Tom' }).waitFor();
  assert.equal((await give(world.administrator.user_id)).status, 200);
  await page.getByRole('heading', { name: 'Not found' }).waitFor();
  assert.equal(await page.getByText('Taken Tom').count(), 0);
});

test('a comment is made public from its menu, is marked so, and stays so', async (t) => {
  const id = await contactOf('Hedy');
  const { page } = await world.visit(t);
  const said = await world.administrator.session.send('POST', '/api/v1/comments', {
    record_id: id,
    body: '<p>For her too</p>',
  });
  assert.equal(said.status, 201);
  await open(page, `/contacts/${id}`);
  const menu = page.getByRole('button', { name: 'More about this comment' });
  await menu.click();
  await page.getByRole('menuitem', { name: 'Make public' }).click();
  await page.getByText('Public', { exact: true }).last().waitFor();
  assert.deepEqual(await barriers(page), []);
  const stored = await world.administrator.session.send('GET', `/api/v1/comments/${said.body.id}`);
  assert.equal(stored.body.audience, 'public');
  await menu.click();
  await page.getByRole('menuitem', { name: 'Edit comment' }).waitFor();
  assert.equal(await page.getByRole('menuitem', { name: 'Make public' }).count(), 0);
});

test('a newer version takes the place of a file, and an earlier one can be had again', async (t) => {
  const id = await contactOf('Versions');
  const send = world.administrator.session.send;
  const note = await send('POST', '/api/v1/notes', { records: [{ type: 'contact', id: id }], body: 'A note' });
  await send('POST', '/api/v1/attachments', { file_id: await uploaded('offer.txt'), note_id: note.body.id });
  const { page } = await world.visit(t);
  await open(page, `/contacts/${id}`);
  await page.getByRole('button', { name: 'More about offer.txt' }).click();
  await page.getByRole('menuitem', { name: 'Versions' }).click();
  const dialog = page.getByRole('dialog', { name: /^Versions of/ });
  await dialog.getByText('Current').waitFor();
  const newer = { name: 'offer-final.txt', mimeType: 'text/plain', buffer: Buffer.from('newer bytes') };
  await dialog.getByLabel('New version').first().setInputFiles(newer);
  await dialog.getByRole('link', { name: 'offer-final.txt' }).waitFor();
  assert.deepEqual(await barriers(page), []);
  await picture(page, 'file-versions');
  await dialog.getByRole('button', { name: 'Restore version 1' }).click();
  await dialog.getByRole('button', { name: 'Restore version 2' }).waitFor();
  assert.equal(await dialog.getByRole('listitem').count(), 3);
});

test('what is written while a note is being saved stays, as the beginning of the next one', async (t) => {
  const id = await contactOf('Ongoing');
  const { page } = await world.visit(t);
  let saved = Promise.withResolvers<void>();
  await page.route('**/api/v1/notes', async (route) => {
    if (route.request().method() === 'POST') await saved.promise;
    await route.continue();
  });
  await open(page, `/contacts/${id}`);
  const editor = page.getByRole('textbox', { name: 'Note' });
  const entry = (text: string) => page.getByRole('listitem').filter({ hasText: text });
  await editor.focus();
  await page.keyboard.type('Found a moth');
  await page.keyboard.press('ControlOrMeta+Enter');
  await page.keyboard.press('Enter');
  await page.keyboard.type('Call her');
  saved.resolve();
  await entry('Found a moth').waitFor();
  await page.keyboard.type(' back');
  assert.equal(await editor.textContent(), 'Call her back');
  await page.keyboard.press('ControlOrMeta+Enter');
  await entry('Call her back').waitFor();

  // What was sent and is corrected meanwhile is changed by saving once more.
  saved = Promise.withResolvers();
  await editor.getByText('Call her back').waitFor({ state: 'detached' });
  await page.keyboard.type('Two moths');
  await page.keyboard.press('ControlOrMeta+Enter');
  await page.keyboard.press('Home');
  await page.keyboard.type('Not ');
  saved.resolve();
  await entry('Two moths').waitFor();
  await page.getByRole('button', { name: 'Save note', disabled: false }).waitFor();
  assert.equal(await editor.textContent(), 'Not Two moths');
  await page.keyboard.press('ControlOrMeta+Enter');
  await entry('Not Two moths').waitFor();
  const { data } = await world.read(`contacts/${id}/timeline?kinds=note`);
  assert.deepEqual(
    data.map(({ note }: { note: { body: string } }) => note.body.replace(/<[^>]*>/g, '')),
    ['Not Two moths', 'Call her back', 'Found a moth'],
  );
});

test('what is written while a changed comment is being saved stays, and is saved on top of it', async (t) => {
  const id = await contactOf('Changing');
  const comment = await world.create('comments', { record_id: id, body: '<p>One</p>' });
  const { page } = await world.visit(t);
  const saved = Promise.withResolvers<void>();
  await page.route(`**/api/v1/comments/${comment.id}`, async (route) => {
    await saved.promise;
    await route.continue();
  });
  await open(page, `/contacts/${id}`);
  await page.getByRole('button', { name: 'More about this comment' }).click();
  await page.getByRole('menuitem', { name: 'Edit comment' }).click();
  const editor = page.getByRole('listitem').getByRole('textbox', { name: 'Comment' });
  await editor.press('End');
  await page.keyboard.type(', two');
  await page.keyboard.press('ControlOrMeta+Enter');
  await page.keyboard.type(', three');
  saved.resolve();
  await page.getByText('Comment changed').waitFor();
  await page.getByRole('button', { name: 'Save changes', disabled: false }).waitFor();
  assert.equal(await editor.textContent(), 'One, two, three');
  await page.keyboard.press('ControlOrMeta+Enter');
  await page.getByRole('listitem').getByText('One, two, three').waitFor();
  await editor.waitFor({ state: 'detached' });
});

test('a note that was saved leaves no draft behind, nor does a text that was taken out again', async (t) => {
  const id = await contactOf('Draftless');
  const { page } = await world.visit(t);
  await open(page, `/contacts/${id}`);
  const editor = page.getByRole('textbox', { name: 'Note' });
  await editor.focus();
  await page.keyboard.type('Saved');
  await page.keyboard.press('ControlOrMeta+Enter');
  await page.getByRole('listitem').filter({ hasText: 'Saved' }).waitFor();
  await editor.getByText('Saved').waitFor({ state: 'detached' });
  const drafts = () => page.evaluate<string[]>("Object.keys(localStorage).filter((name) => name.includes('draft'))");
  await page.waitForTimeout(200);
  assert.deepEqual(await drafts(), []);
  await page.keyboard.type('ab');
  await eventually(async () => (await drafts()).length === 1);
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Backspace');
  await eventually(async () => (await drafts()).length === 0, 5_000);
});

test('what is corrected while a call is being saved stays, and is saved on top of it', async (t) => {
  const id = await contactOf('Called');
  const { page } = await world.visit(t);
  const saved = Promise.withResolvers<void>();
  await page.route('**/api/v1/activities', async (route) => {
    if (route.request().method() === 'POST') await saved.promise;
    await route.continue();
  });
  await open(page, `/contacts/${id}`);
  await page.getByRole('button', { name: 'Call', exact: true }).click();
  const subject = page.getByRole('textbox', { name: 'Subject' });
  const said = page.getByRole('textbox', { name: 'Summary' });
  await subject.fill('Ofer');
  await said.fill('Too dear');
  await subject.press('Enter');
  await subject.fill('Offer');
  saved.resolve();
  await page.getByRole('listitem').filter({ hasText: 'Ofer' }).waitFor();
  await page
    .getByRole('button', { name: 'Log call' })
    .or(page.getByRole('button', { name: 'Save changes' }))
    .waitFor();
  assert.deepEqual([await subject.inputValue(), await said.inputValue()], ['Offer', 'Too dear']);
  await page.getByRole('button', { name: 'Save changes' }).click();
  await page.getByRole('listitem').filter({ hasText: 'Offer' }).waitFor();
  await page.getByRole('button', { name: 'Log call' }).waitFor();
  assert.deepEqual([await subject.inputValue(), await said.inputValue()], ['', '']);
  const { data } = await world.read(`contacts/${id}/timeline?kinds=activity`);
  const texts = ({ activity }: { activity: { subject: string; body: string } }) => [activity.subject, activity.body];
  assert.deepEqual(data.map(texts), [['Offer', 'Too dear']]);
});

test('files that were chosen for a note are there again after one has looked elsewhere', async (t) => {
  const id = await contactOf('Elsewhere');
  const { page } = await world.visit(t);
  await open(page, `/contacts/${id}`);
  const file = { name: 'offer.txt', mimeType: 'text/plain', buffer: Buffer.from('An offer') };
  await page.getByLabel('Files to attach').setInputFiles([file]);
  const chosen = page.getByRole('button', { name: 'Leave out offer.txt' });
  await chosen.waitFor();
  await page.getByRole('button', { name: 'Comment', exact: true }).first().click();
  await page.getByRole('textbox', { name: 'Comment' }).waitFor();
  assert.equal(await chosen.count(), 0);
  await page.getByRole('button', { name: 'Note', exact: true }).click();
  await chosen.waitFor({ timeout: 5_000 });
  await page.getByRole('textbox', { name: 'Note' }).focus();
  await page.keyboard.type('With an offer');
  await page.keyboard.press('ControlOrMeta+Enter');
  await page.getByRole('link', { name: /offer\.txt/ }).waitFor();
  await chosen.waitFor({ state: 'detached' });
});
