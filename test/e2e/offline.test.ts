import assert from 'node:assert/strict';
import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { BrowserContext, Page } from 'playwright-core';
import { eventually } from '../harness/app.ts';
import { barriers, cookieOf, open, setUp } from './browser.ts';
import { changesSent, installed, isWrittenDown, keysIn, notice, seenIn, waitingIn, workerIsReady } from './offline.ts';

const world = setUp();

async function send(method: string, path: string, body?: object, session = world.administrator.session) {
  const answer = await session.send(method, `/api/v1/${path}`, body);
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
  return answer.body;
}

const goOffline = async (context: BrowserContext) => context.setOffline(true);

interface Way {
  /** Begins the name under which the browser must have kept what was read. */
  kept?: string;
  /** Of the server, once the network is back. */
  refusals?: number[];
}

/** A page of the administrator that has opened this address and lost its network since. */
async function offlineAt(t: TestContext, path: string, { kept, refusals = [] }: Way = {}): Promise<Page> {
  const { page, expectOffline, expectRefusal } = await world.visit(t, world.administrator, installed);
  await open(page, path);
  await workerIsReady(page);
  if (kept) await isWrittenDown(page, kept);
  expectOffline();
  for (const status of refusals) expectRefusal(status);
  await goOffline(page.context());
  return page;
}

async function setField(page: Page, label: string, value: string): Promise<void> {
  await page.getByRole('button', { name: `Edit ${label.toLowerCase()}` }).click();
  await page.getByRole('textbox', { name: label }).fill(value);
  await page.keyboard.press('Enter');
}

test('offline the page opens with what was seen last; changes wait and are sent once, in order', async (t) => {
  const { id } = await send('POST', 'contacts', { given_name: 'Grace', family_name: 'Hopper', job_title: 'Admiral' });
  const { page, expectOffline } = await world.visit(t, world.administrator, installed);
  await open(page, '/contacts');
  await page.getByRole('gridcell', { name: 'Grace Hopper' }).waitFor();
  await isWrittenDown(page, '["contact","list"');
  await open(page, `/contacts/${id}`);
  await workerIsReady(page);
  await isWrittenDown(page, `["contact","one","${id}"`);

  expectOffline();
  await goOffline(page.context());
  await page.reload();
  await page.getByRole('heading', { name: 'Grace Hopper' }).waitFor();
  await notice(page).filter({ hasText: 'You are offline and see what was here' }).waitFor();
  assert.deepEqual(await barriers(page), []);

  await setField(page, 'Job title', 'Rear admiral');
  const title = page.getByRole('button', { name: 'Edit job title' });
  await title.getByText('Rear admiral').waitFor();
  await page.locator('dd').filter({ has: title }).getByText('Waiting to be sent').waitFor();
  await page.getByRole('textbox', { name: 'Note' }).fill('Found a moth');
  await page.getByRole('button', { name: 'Save note' }).click();
  const written = page.getByRole('listitem').filter({ hasText: 'Found a moth' });
  await written.getByText('Waiting to be sent').waitFor();
  await notice(page).filter({ hasText: '2 changes are waiting to be sent' }).waitFor();
  assert.deepEqual(await barriers(page), []);
  assert.equal((await send('GET', `contacts/${id}`)).job_title, 'Admiral');

  // It waits even when the page is closed meanwhile, and shows in the list.
  await page.goto('/contacts');
  const row = page.getByRole('row', { name: /Grace Hopper/ });
  await row.getByText('Waiting to be sent').waitFor();
  await row.getByText('Rear admiral').waitFor();

  // What cannot wait says so before anybody begins it.
  await notice(page).filter({ hasText: 'Everything else needs a connection' }).waitFor();
  await row.getByRole('checkbox').click();
  const bar = page.getByRole('region', { name: 'Selection' });
  await bar.getByText('Go online to change them together').waitFor();
  assert.equal(await bar.getByRole('button', { name: 'Delete' }).count(), 0);
  await bar.getByRole('button', { name: 'Clear selection' }).click();
  await page.getByRole('button', { name: 'View', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Save as a new view…' }).click();
  const form = page.getByRole('dialog', { name: 'Save this list of contacts' });
  await form.getByText('this cannot be sent later').waitFor();
  await page.keyboard.press('Escape');

  const sent = changesSent(page);
  await page.context().setOffline(false);
  await eventually(async () => (await send('GET', `contacts/${id}`)).job_title === 'Rear admiral');
  await row.getByText('Waiting to be sent').waitFor({ state: 'detached' });
  await notice(page).filter({ hasText: 'offline' }).waitFor({ state: 'detached' });
  // The list knows nothing of the note, which is sent after the contact.
  await eventually(async () => sent.length >= 2);
  assert.deepEqual(
    sent.map((request) => [request.method(), new URL(request.url()).pathname]),
    [
      ['PATCH', `/api/v1/contacts/${id}`],
      ['POST', '/api/v1/notes'],
    ],
  );
  await open(page, `/contacts/${id}`);
  // Of a note whose answer came when the page was gone, this one does not know at once that it has arrived.
  await eventually(async () => (await page.getByText('Found a moth').count()) === 1);
  await page.getByText('Waiting to be sent').waitFor({ state: 'detached' });
  assert.equal(await page.getByText('Found a moth').count(), 1);
  const notes = await send(
    'GET',
    `notes?filter=${encodeURIComponent(JSON.stringify({ field: 'records', op: 'has', value: id }))}`,
  );
  assert.equal(notes.data.length, 1);
});

test('a record made offline can be worked on at once, and all of it arrives', async (t) => {
  const page = await offlineAt(t, '/contacts', { kept: '["contact","list"' });
  await page.getByRole('button', { name: 'New contact' }).first().click();
  const form = page.getByRole('dialog', { name: 'New contact' });
  await form.getByLabel('First name').fill('Offline');
  assert.equal(await form.getByRole('status').count(), 0, 'it is sent later');
  await form.getByLabel('Last name').fill('Born');
  await form.getByRole('button', { name: 'Create contact' }).click();
  const panel = page.getByRole('complementary').filter({ has: page.getByRole('heading', { name: 'Offline Born' }) });
  await panel.waitFor();
  await setField(page, 'Job title', 'Sailor');
  await page.getByRole('button', { name: 'Edit job title' }).getByText('Sailor').waitFor();
  await page.context().setOffline(false);
  const filter = encodeURIComponent(JSON.stringify({ field: 'family_name', op: 'eq', value: 'Born' }));
  await eventually(async () => (await send('GET', `contacts?filter=${filter}`)).data[0]?.job_title === 'Sailor');
  assert.equal((await send('GET', `contacts?filter=${filter}`)).data.length, 1);
  await eventually(async () => !page.url().includes('new-'));
  await panel.waitFor();
});

test('what is being written about a record made offline goes on when the record gets its name', async (t) => {
  const page = await offlineAt(t, '/contacts', { kept: '["contact","list"' });
  await page.getByRole('button', { name: 'New contact' }).first().click();
  const form = page.getByRole('dialog', { name: 'New contact' });
  await form.getByLabel('First name').fill('Written');
  await form.getByLabel('Last name').fill('About');
  await form.getByRole('button', { name: 'Create contact' }).click();
  await page.getByRole('tab', { name: 'Timeline' }).click();
  const comment = page.getByRole('textbox', { name: 'Comment' });
  await page.getByRole('button', { name: 'Comment', exact: true }).click();
  await comment.fill('Kept for later');
  await page.getByRole('button', { name: 'Note', exact: true }).click();
  const note = page.getByRole('textbox', { name: 'Note' });
  await note.focus();
  await page.keyboard.type('Half a');
  await page.context().setOffline(false);
  await eventually(async () => !page.url().includes('new-'));
  await page.getByText('Waiting to be sent').first().waitFor({ state: 'detached' });
  await page.keyboard.type(' thought');
  assert.equal(await note.textContent(), 'Half a thought');
  await page.getByRole('button', { name: 'Save note' }).click();
  await page.getByRole('listitem').filter({ hasText: 'Half a thought' }).waitFor();
  await page.getByRole('button', { name: 'Comment', exact: true }).first().click();
  await comment.getByText('Kept for later').waitFor();
  const id = new URL(page.url()).searchParams.get('open');
  const filter = encodeURIComponent(JSON.stringify({ field: 'records', op: 'has', value: id }));
  await eventually(async () => (await send('GET', `notes?filter=${filter}`)).data.length === 1);
});

test('a field that is being edited is saved also when its record gets its name meanwhile', async (t) => {
  const page = await offlineAt(t, '/contacts', { kept: '["contact","list"' });
  await page.getByRole('button', { name: 'New contact' }).first().click();
  const form = page.getByRole('dialog', { name: 'New contact' });
  await form.getByLabel('First name').fill('Edited');
  await form.getByLabel('Last name').fill('Meanwhile');
  await form.getByRole('button', { name: 'Create contact' }).click();
  await page.getByRole('button', { name: 'Edit job title' }).click();
  await page.getByRole('textbox', { name: 'Job title' }).focus();
  await page.keyboard.type('Sai');
  await page.context().setOffline(false);
  await eventually(async () => !page.url().includes('new-'));
  await page.keyboard.type('lor');
  await page.keyboard.press('Enter');
  const id = new URL(page.url()).searchParams.get('open');
  await eventually(async () => (await send('GET', `contacts/${id}`)).job_title === 'Sailor');
});

test('a form that is open when its record arrives is saved, with what waited too', async (t) => {
  const page = await offlineAt(t, '/contacts', { kept: '["contact","list"' });
  await page.getByRole('button', { name: 'New contact' }).first().click();
  const form = page.getByRole('dialog', { name: 'New contact' });
  await form.getByLabel('First name').fill('Formed');
  await form.getByLabel('Last name').fill('Before');
  await form.getByRole('button', { name: 'Create contact' }).click();
  await setField(page, 'Job title', 'Sailor');
  await page.getByRole('button', { name: 'Edit job title' }).getByText('Sailor').waitFor();
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Edit all fields' }).click();
  const edit = page.getByRole('dialog', { name: 'Edit contact' });
  await edit.getByLabel('Last name').fill('After');
  await page.context().setOffline(false);
  await eventually(async () => !page.url().includes('new-'));
  const id = new URL(page.url()).searchParams.get('open');
  await eventually(async () => (await send('GET', `contacts/${id}`)).job_title === 'Sailor');
  await page.getByText('Waiting to be sent').first().waitFor({ state: 'detached' });
  await edit.getByRole('button', { name: 'Save' }).click();
  await edit.waitFor({ state: 'detached' });
  const { job_title, family_name } = await send('GET', `contacts/${id}`);
  assert.deepEqual([job_title, family_name], ['Sailor', 'After']);
});

test('a task added to one’s day offline is there at once', async (t) => {
  const page = await offlineAt(t, '/tasks', { kept: '["task","list"' });
  const line = page.getByRole('textbox', { name: 'New task for your day' });
  await line.fill('Feed the cat');
  await line.press('Enter');
  await page
    .getByRole('region', { name: 'Today' })
    .getByRole('button', { name: 'Feed the cat', exact: true })
    .waitFor();
});

test('what others changed meanwhile is put side by side, field by field', async (t) => {
  const { id } = await send('POST', 'contacts', { given_name: 'Two', family_name: 'Minds', job_title: 'Clerk' });
  const page = await offlineAt(t, `/contacts/${id}`, { refusals: [412] });
  await setField(page, 'Job title', 'Captain');
  await page.getByRole('button', { name: 'Edit job title' }).getByText('Captain').waitFor();
  await setField(page, 'Source', 'Port');
  await page.getByRole('button', { name: 'Edit source' }).getByText('Port').waitFor();
  await send('PATCH', `contacts/${id}`, { job_title: 'Pilot' });

  await page.context().setOffline(false);
  await notice(page).filter({ hasText: 'your decision' }).getByRole('button', { name: 'Show them' }).click();
  const dialog = page.getByRole('dialog', { name: 'Pending changes' });
  const choice = dialog.getByRole('group', { name: 'Job title' });
  await choice.getByText('Captain').waitFor();
  assert.deepEqual(await barriers(page), []);
  await choice.getByRole('radio', { name: 'Job title, Theirs: Pilot' }).check();
  await dialog.getByRole('button', { name: 'Decide' }).click();
  await dialog.getByText('Everything has been sent').waitFor();
  const now = await send('GET', `contacts/${id}`);
  assert.deepEqual([now.job_title, now.source], ['Pilot', 'Port']);
});

test('a draft about an older state waits for a person to decide, also when it is saved offline', async (t) => {
  const { id } = await send('POST', 'contacts', { given_name: 'Old', family_name: 'Draft', job_title: 'Clerk' });
  const { page, expectOffline, expectRefusal } = await world.visit(t, world.administrator, installed);
  const edit = async () => {
    await open(page, `/contacts/${id}`);
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: 'Edit all fields' }).click();
  };
  const form = page.getByRole('dialog', { name: 'Edit contact' });
  await edit();
  await form.getByLabel('Job title').fill('Captain');
  await page.goto('about:blank');
  await send('PATCH', `contacts/${id}`, { job_title: 'Pilot' });
  await edit();
  await form.getByText('This is what you typed before.').waitFor();
  expectOffline();
  expectRefusal(412);
  await goOffline(page.context());
  await form.getByRole('button', { name: 'Save' }).click();
  await form.waitFor({ state: 'detached' });
  await page.context().setOffline(false);
  await notice(page).filter({ hasText: 'your decision' }).waitFor();
  assert.equal((await send('GET', `contacts/${id}`)).job_title, 'Pilot');
});

test('what is changed, answered and deleted offline in a timeline is there as it will be, and arrives so', async (t) => {
  const { id } = await send('POST', 'contacts', { given_name: 'Timeline', family_name: 'Offline' });
  const comment = await send('POST', 'comments', { record_id: id, body: '<p>One</p>' });
  await send('POST', 'notes', { records: [{ type: 'contact', id: id }], body: '<p>To be deleted</p>' });
  const page = await offlineAt(t, `/contacts/${id}`, { kept: `["contact","timeline","${id}"` });
  const thread = page.getByRole('listitem').filter({ hasText: 'commented' });
  const edit = async (text: string) => {
    await thread.getByRole('button', { name: 'More about this comment' }).first().click();
    await page.getByRole('menuitem', { name: 'Edit comment' }).click();
    const editor = page.getByRole('listitem').getByRole('textbox', { name: 'Comment' });
    await editor.press('End');
    await page.keyboard.type(text);
    await page.keyboard.press('ControlOrMeta+Enter');
    await editor.waitFor({ state: 'detached' });
  };
  await edit(', two');
  await thread.getByText('One, two').waitFor({ timeout: 10_000 });
  await thread.getByText('Waiting to be sent').waitFor();
  await edit(', three');
  await thread.getByText('One, two, three').waitFor();
  await thread.getByRole('button', { name: 'Reply…' }).click();
  await thread.getByRole('textbox', { name: 'Reply' }).press('A');
  await page.keyboard.type('n answer');
  await page.keyboard.press('ControlOrMeta+Enter');
  await thread.getByRole('listitem').filter({ hasText: 'An answer' }).getByText('Waiting to be sent').waitFor();
  await page.getByRole('button', { name: 'More about this note' }).click();
  await page.getByRole('menuitem', { name: 'Delete note' }).click();
  await page.getByText('To be deleted').waitFor({ state: 'detached', timeout: 10_000 });
  assert.deepEqual(await barriers(page), []);

  await page.context().setOffline(false);
  const now = async () => (await send('GET', `contacts/${id}/timeline?kinds=note,comment`)).data;
  await eventually(async () => (await now()).length === 1 && (await now())[0].replies.length === 1);
  assert.match((await send('GET', `comments/${comment.id}`)).body, /One, two, three/);
  await page.getByText('Waiting to be sent').first().waitFor({ state: 'detached' });
  await thread.getByText('An answer').waitFor();
  assert.equal(await thread.getByText('An answer').count(), 1);
});

test('what the index does not name does not stay in the browser', async (t) => {
  const { page } = await world.visit(t, world.administrator, installed);
  await open(page, '/contacts');
  await isWrittenDown(page, '["contact","list"');
  await page.evaluate(`new Promise((done) => {
    const opened = indexedDB.open('holdfast-seen');
    opened.onsuccess = () => {
      const change = opened.result.transaction('answers', 'readwrite');
      change.objectStore('answers').put({ data: 'Left over', at: Date.now() }, 'nobody knows it');
      change.oncomplete = () => { opened.result.close(); done(); };
    };
  })`);
  await open(page, '/companies');
  await eventually(async () => !(await keysIn(page, 'holdfast-seen')).includes('nobody knows it'));
  assert.ok((await keysIn(page, 'holdfast-seen')).some((key) => key.startsWith('["contact","list"')));
});

test('what one person has seen and not sent yet is gone when another one comes to this browser', async (t) => {
  const { id } = await send('POST', 'contacts', { given_name: 'Only', family_name: 'Hers' });
  const other = await world.person('Noor Next', 'member');
  const seen = `["contact","one","${id}"`;
  const page = await offlineAt(t, `/contacts/${id}`, { kept: seen });
  await setField(page, 'Job title', 'Unsent');
  await notice(page).filter({ hasText: '1 change is waiting' }).waitFor();
  assert.deepEqual(await keysIn(page, 'holdfast-waiting'), ['changes']);

  await page.goto('about:blank');
  await page.context().clearCookies();
  await page.context().addCookies([cookieOf(other)]);
  await page.context().setOffline(false);
  await open(page, '/tasks');
  await page.getByRole('button', { name: 'Account of Noor Next' }).waitFor();
  await eventually(async () => !(await waitingIn(page)).includes('Unsent'));
  await eventually(async () => !(await keysIn(page, 'holdfast-seen')).some((key) => key.startsWith(seen)));
  assert.equal((await send('GET', `contacts/${id}`)).job_title, null);
});

test('what one person has not sent yet is not sent as somebody else who signed in meanwhile', async (t) => {
  const { id } = await send('POST', 'contacts', { given_name: 'Still', family_name: 'Hers' });
  const other = await world.person('Olga Other', 'admin');
  const page = await offlineAt(t, `/contacts/${id}`, { refusals: [401] });
  await setField(page, 'Job title', 'Unsent');
  await notice(page).filter({ hasText: '1 change is waiting' }).waitFor();

  // As a sign-in from another window leaves this one.
  await page.context().clearCookies();
  await page.context().addCookies([cookieOf(other)]);
  const refused = page.waitForResponse('**/api/v1/events?*');
  await page.context().setOffline(false);
  assert.equal((await refused).status(), 401);
  await page.getByRole('heading', { name: 'Somebody else has signed in to this browser' }).waitFor();
  await page.getByText('1 change made offline was not sent and is lost').waitFor();
  assert.equal((await send('GET', `contacts/${id}`)).job_title, null);
});

test('what is taken from somebody goes from their browser: at once, or as soon as it can be asked about again', async (t) => {
  const adviser = await world.person('Uma Adviser', 'advisor');
  const other = await world.person('Otto Other', 'advisor');
  const made = await Promise.all(
    ['Early', 'Later', 'Trashed', 'Stays'].map((given_name) =>
      send('POST', 'contacts', { given_name, owner_id: adviser.user_id }),
    ),
  );
  const [early, later, trashed] = made;
  const { page } = await world.visit(t, adviser, installed);
  for (const { id } of made) {
    await open(page, `/contacts/${id}`);
    await isWrittenDown(page, `["contact","one","${id}"`);
  }
  await open(page, '/contacts');
  await isWrittenDown(page, '["contact","list"');
  await open(page, '/tasks');
  await send('PATCH', `contacts/${early.id}`, { owner_id: other.user_id });
  await eventually(async () => !/Early/.test(await seenIn(page)));
  assert.match(await seenIn(page), /Later/);

  await page.goto('about:blank');
  await send('PATCH', `contacts/${later.id}`, { owner_id: other.user_id });
  await send('DELETE', `contacts/${trashed.id}`);
  await open(page, '/tasks');
  await eventually(async () => !/Later|Trashed/.test(await seenIn(page)));
  assert.match(await seenIn(page), /Stays/);
});

test('what one window has read is kept beside what another has, and goes too when it is taken away', async (t) => {
  const adviser = await world.person('Ulla Adviser', 'advisor');
  const other = await world.person('Odo Other', 'advisor');
  const [first, second, third] = await Promise.all(
    ['Firstly', 'Secondly', 'Thirdly'].map((given_name) =>
      send('POST', 'contacts', { given_name, owner_id: adviser.user_id }),
    ),
  );
  const { page, expectOffline } = await world.visit(t, adviser, installed);
  const reads = async (window: Page, { id }: { id: string }) => {
    await open(window, `/contacts/${id}`);
    await isWrittenDown(window, `["contact","one","${id}"`);
  };
  await reads(page, first);
  await workerIsReady(page);
  const window = await page.context().newPage();
  await reads(window, second);
  await window.close();
  await page.evaluate(`__TSR_ROUTER__.navigate({ href: '/contacts/${third.id}' })`);
  await isWrittenDown(page, `["contact","one","${third.id}"`);

  await send('PATCH', `contacts/${second.id}`, { owner_id: other.user_id });
  await eventually(async () => !/Secondly/.test(await seenIn(page)));
  for (const name of [/Firstly/, /Thirdly/]) assert.match(await seenIn(page), name);
  expectOffline();
  await goOffline(page.context());
  await open(page, `/contacts/${first.id}`);
  await page.getByRole('heading', { name: 'Firstly' }).waitFor();
});

test('a new version waits until somebody takes it', async (t) => {
  const { page } = await world.visit(t, world.administrator, installed);
  const { url, renew } = await startFrontOf(t, world.app.url);
  await open(page, `${url}/tasks`);
  await workerIsReady(page);
  // The first worker takes care of the page from its next visit on.
  await open(page, `${url}/tasks`);
  const offer = notice(page).filter({ hasText: 'A new version of Holdfast is ready' });
  const look = () =>
    page.evaluate('navigator.serviceWorker.getRegistration().then((known) => known.update()).then(() => true)');
  await look();
  assert.equal(await offer.count(), 0);
  renew();
  await look();
  await offer.waitFor();
  assert.deepEqual(await barriers(page), []);
  const loaded = page.waitForEvent('load');
  await offer.getByRole('button', { name: 'Reload' }).click();
  await loaded;
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  assert.equal(await offer.count(), 0);
});

test('what the server refuses stays until somebody decides, and who signs out leaves nothing behind', async (t) => {
  const { id } = await send('POST', 'contacts', { given_name: 'Gone', family_name: 'Soon' });
  const page = await offlineAt(t, `/contacts/${id}`, {
    kept: `["contact","one","${id}"`,
    refusals: [404, 401],
  });
  await setField(page, 'Job title', 'Ghost');
  await page.getByRole('button', { name: 'Edit job title' }).getByText('Ghost').waitFor();
  await send('DELETE', `contacts/${id}`);
  await page.context().setOffline(false);
  await notice(page).filter({ hasText: 'your decision' }).waitFor();

  // Signing out asks first.
  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  const warning = page.locator('[role=dialog], [role=alertdialog]').filter({ hasText: '1 change has not been sent' });
  await warning.getByRole('button', { name: 'Sign out without them' }).click();
  await page
    .getByRole('heading', { name: /Sign in/ })
    .first()
    .waitFor();
  for (const database of ['holdfast-seen', 'holdfast-waiting']) assert.deepEqual(await keysIn(page, database), []);
});

/** Stands in front of the program, so that its worker can become another one. */
async function startFrontOf(t: TestContext, program: string): Promise<{ url: string; renew: () => void }> {
  let version = '';
  const server = createServer((request, response) => {
    const isWorker = request.url === '/sw.js';
    const { 'if-none-match': _, 'if-modified-since': __, ...headers } = request.headers;
    if (isWorker) headers['accept-encoding'] = 'identity';
    const asked = forward(`${program}${request.url}`, { method: request.method, headers }, (answer) => {
      const { 'content-length': _, etag: __, 'last-modified': ___, ...rest } = answer.headers;
      response.writeHead(answer.statusCode ?? 502, isWorker ? rest : answer.headers);
      answer.on('end', () => response.end(isWorker ? version : ''));
      answer.pipe(response, { end: false });
    });
    response.on('close', () => asked.destroy());
    asked.on('error', () => response.destroy());
    request.pipe(asked);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const renew = () => {
    version = '\n// newer';
  };
  return { url: `http://localhost:${(server.address() as AddressInfo).port}`, renew };
}
