import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator, Page, Request } from 'playwright-core';

import { sql } from '../../src/kernel/database/database.ts';
import { createSignInLink } from '../../src/kernel/identity/index.ts';
import { systemActor, withContext } from '../../src/kernel/tenancy/context.ts';
import { eventually } from '../harness/eventually.ts';
import { open, setUp, walkTo } from './browser.ts';

const world = setUp();
const { create, read } = world;

async function send(method: string, path: string, body?: object) {
  const answer = await world.administrator.session.send(method, `/api/v1/${path}`, body);
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
  return answer.body;
}

test('a new name of a company or a tag is read with the records that show it when one comes to them again', async (t) => {
  const tag = await create('tags', { name: 'Key account', color: 'violet' });
  const company = await create('companies', { name: 'Oil Mill' });
  const deal = await create('deals', { name: 'Three presses', company_id: company.id, tags: [tag.id] });
  const subsidiary = await create('companies', { name: 'Paper Mill', parent_id: company.id });
  const { page } = await world.visit(t);
  const main = page.locator('main');
  const look = async (company_name: string, tag_name: string) => {
    await walkTo(page, '/deals?layout=table&view=all');
    await main
      .getByRole('row', { name: /Three presses/ })
      .getByText(company_name)
      .waitFor();
    await walkTo(page, '/deals?layout=board');
    await main
      .getByRole('button', { name: /Three presses/ })
      .getByText(company_name)
      .waitFor();
    await walkTo(page, `/companies/${subsidiary.id}`);
    await main.getByText(company_name).first().waitFor();
    await walkTo(page, `/deals/${deal.id}`);
    await main.getByText(company_name).first().waitFor();
    await main.getByText(tag_name).first().waitFor();
    await walkTo(page, '/products');
  };
  await look('Oil Mill', 'Key account');
  await send('PATCH', `companies/${company.id}`, { name: 'Oil Works' });
  await send('PATCH', `tags/${tag.id}`, { name: 'Best account' });
  await create('products', { name: 'Told after all else' });
  await main.getByText('Told after all else').waitFor();
  await look('Oil Works', 'Best account');
});

test('stages that an administrator changes and adds are columns of a board that is open', async (t) => {
  const [pipeline] = (await read('pipelines')).data;
  const [first] = pipeline.stages;
  await create('deals', { name: 'In the first stage', stage_id: first.id });
  const { page } = await world.visit(t);
  await open(page, '/deals?layout=board');
  const column = (name: string) => page.getByRole('region', { name, exact: true });
  await column(first.name).waitFor();
  await send('PATCH', `stages/${first.id}`, { name: 'Just begun' });
  await column('Just begun')
    .getByRole('button', { name: /In the first stage/ })
    .waitFor();
  await create('stages', { pipeline_id: pipeline.id, name: 'One more', kind: 'open', probability_percent: 60 });
  await column('One more').waitFor();
});

test('what changes that is shown by its name or not at all has nothing read again', async (t) => {
  const company = await create('companies', { name: 'Out of Sight' });
  const shown = await create('contacts', { given_name: 'Annie' });
  await send('POST', 'tasks/bulk', { data: Array.from({ length: 150 }, (_, n) => ({ title: `Task ${n}` })) });
  const { page } = await world.visit(t);
  await open(page, '/contacts');
  await hearsAll(shown.id, page.getByRole('row', { name: /Annie/ }));
  await page.waitForLoadState('networkidle');
  const lists: string[] = [];
  page.on('request', (request) => /\/api\/v1\/(contacts|tasks|deals)/.test(request.url()) && lists.push(request.url()));
  await send('PATCH', `companies/${company.id}`, { name: 'Still out of Sight' });
  const { db } = world.app.app.services;
  const system = systemActor(world.tenant.tenant_id);
  // The owner of what is shown.
  const token = await withContext(db, system, (ctx) => createSignInLink(ctx, world.administrator.user_id));
  const signIn = await fetch(`${world.app.url}/api/v1/sign-in/link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  assert.ok(signIn.ok);
  await withContext(db, system, ({ tx }) => tx.run(sql`update task set priority = 'high'`));
  await send('PATCH', `contacts/${shown.id}`, { given_name: 'Anna' });
  await page.getByRole('row', { name: /Anna/ }).waitFor();
  await page.waitForTimeout(1_500);
  assert.deepEqual(
    lists.map((url) => new URL(url).pathname),
    [`/api/v1/contacts/${shown.id}`],
  );
});

test('an answer that comes late does not bring back an older state of a record', async (t) => {
  const { id } = await create('contacts', { given_name: 'Slow' });
  const { page } = await world.visit(t);
  await open(page, `/contacts/${id}`);
  const title = page.getByRole('button', { name: 'Edit job title' });
  await hearsAll(id, title);
  const late = await holdAnswer(page, `**/api/v1/contacts/${id}`, () =>
    send('PATCH', `contacts/${id}`, { job_title: 'Pilot' }),
  );
  await send('PATCH', `contacts/${id}`, { job_title: 'Captain' });
  await title.getByText('Captain').waitFor();
  await late();
  assert.equal(await title.getByText('Captain').count(), 1);
});

test('an answer that comes late does not bring back an older state of a row', async (t) => {
  const { id } = await create('contacts', { given_name: 'Slow Row' });
  const { page } = await world.visit(t);
  await open(page, '/contacts');
  const row = page.getByRole('row', { name: /Slow Row/ });
  await hearsAll(id, row);
  const late = await holdAnswer(page, '**/api/v1/contacts?*', () => create('contacts', { given_name: 'Another Row' }));
  await send('PATCH', `contacts/${id}`, { job_title: 'Captain' });
  await row.getByText('Captain').waitFor();
  await late();
  await page.getByRole('row', { name: /Another Row/ }).waitFor();
  assert.equal(await row.getByText('Captain').count(), 1);
});

/**
 * Waits until an open page has heard of all that happened so far. Of what it still had to hear it would read again, and
 * cancel the request whose answer is held. The first change may be shown because a page whose stream was late reads
 * everything again; the second only the stream tells.
 */
async function hearsAll(id: string, shown: Locator): Promise<void> {
  for (const job_title of ['Clerk', 'Driver']) {
    await send('PATCH', `contacts/${id}`, { job_title });
    await shown.getByText(job_title).waitFor();
  }
}

/**
 * Does what has the page ask for this address once, and holds the answer back, as it was then, until the returned
 * function is called.
 */
async function holdAnswer(page: Page, address: string, change: () => Promise<unknown>): Promise<() => Promise<void>> {
  const [held, asked] = [Promise.withResolvers<void>(), Promise.withResolvers<Request>()];
  await page.route(
    address,
    async (route) => {
      const answer = await route.fetch();
      asked.resolve(route.request());
      await held.promise;
      await route.fulfill({ response: answer });
    },
    { times: 1 },
  );
  await change();
  const request = await asked.promise;
  return async () => {
    const answer = page.waitForResponse((one) => one.request() === request);
    held.resolve();
    await (await answer).finished();
    await page.evaluate('new Promise((done) => setTimeout(done, 200))');
  };
}

test('among those opened recently a record has the name of now, and is not named once it was deleted', async (t) => {
  const { id } = await create('contacts', { given_name: 'Ephemeron' });
  const { page } = await world.visit(t);
  await open(page, `/contacts/${id}`);
  await open(page, '/');
  const recents = page.getByRole('region', { name: 'Recently opened' });
  await recents.getByText('Ephemeron').waitFor();
  await send('PATCH', `contacts/${id}`, { given_name: 'Ephemeral', source: 'flood' });
  await recents.getByText('Ephemeral').waitFor();
  // Of many changes at once the page is not told one by one.
  const data = Array.from({ length: 100 }, (_, at) => ({ given_name: `Flood ${at}`, source: 'flood' }));
  await send('POST', 'contacts/bulk', { data });
  const filter = JSON.stringify({ field: 'source', op: 'eq', value: 'flood' });
  await send('POST', 'changes', {
    resource: 'contact',
    filter,
    action: { kind: 'update', fields: { given_name: 'Ephemera' } },
  });
  await recents.getByText('Ephemera', { exact: true }).waitFor();
  await send('DELETE', `contacts/${id}`);
  await recents.getByText('Ephemera').waitFor({ state: 'detached' });

  // Also when nobody could tell the page.
  const later = await create('contacts', { given_name: 'Ephemera' });
  await open(page, `/contacts/${later.id}`);
  await page.goto('about:blank');
  await send('DELETE', `contacts/${later.id}`);
  await open(page, '/');
  await recents.getByText('Ephemera').waitFor({ state: 'detached' });
  await eventually(async () => !(await page.evaluate<string>('JSON.stringify(localStorage)')).includes('Ephemera'));
});
