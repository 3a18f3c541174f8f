import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually } from '../harness/app.ts';
import { barriers, open, picture, setUp } from './browser.ts';
import { changesSent, installed, isWrittenDown, notice, workerIsReady } from './offline.ts';

interface Stage {
  id: string;
  name: string;
}
let stages: [Stage, Stage, Stage, Stage];
let trial: Stage;

const world = setUp(async () => {
  const pipeline = await send('POST', 'pipelines', { name: 'Sales' });
  stages = pipeline.stages;
  trial = await send('POST', 'stages', { pipeline_id: pipeline.id, name: 'Trial', kind: 'open' });
});

async function send(method: string, path: string, body?: object) {
  const answer = await world.administrator.session.send(method, `/api/v1/${path}`, body);
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
  return answer.body;
}

const read = (id: string) => send('GET', `deals/${id}`);
const card = (page: Page, stage: Stage, name: string) =>
  page.getByRole('region', { name: stage.name, exact: true }).getByRole('button', { name: new RegExp(name) });
const line = (page: Page, label: string) => page.locator('dl > div').filter({ hasText: new RegExp(`^${label}`) });

/** By keyboard, to the next column. */
async function moveOn(page: Page, from: Stage, to: Stage, name: string): Promise<void> {
  await card(page, from, name).focus();
  await page.keyboard.press('Shift+ArrowRight');
  await card(page, to, name).getByText('Waiting to be sent').waitFor();
}

test('a column counts and adds up a card that waits, and one that was sent stays there until the board is read again', async (t) => {
  const [first, second] = stages;
  const data = [{ name: 'Sluice', stage_id: first.id, amount: '120.50' }];
  const [sluice] = (await send('POST', 'deals/bulk', { data })).data;
  const { page, expectOffline } = await world.visit(t, undefined, installed);
  await open(page, '/deals?layout=board');
  await workerIsReady(page);
  await card(page, first, 'Sluice').waitFor();
  await isWrittenDown(page, '["deal","other","board"');
  expectOffline();
  await page.context().setOffline(true);
  await moveOn(page, first, second, 'Sluice');
  const column = page.getByRole('region', { name: second.name, exact: true });
  await column.getByText('1 deal', { exact: true }).waitFor();
  await column
    .getByText(/120\.50?/)
    .first()
    .waitFor();

  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  await page.route('**/board?*', async (route) => {
    await held;
    await route.continue();
  });
  await page.context().setOffline(false);
  await eventually(async () => (await read(sluice.id)).stage_id === second.id);
  await card(page, second, 'Sluice').getByText('Waiting to be sent').waitFor({ state: 'detached' });
  assert.equal(await card(page, second, 'Sluice').count(), 1, 'it has not gone back');
  assert.equal(await card(page, first, 'Sluice').count(), 0);
  release();
  await send('DELETE', `deals/${sluice.id}`);
});

test('deals are moved, closed and opened again offline; what others did meanwhile, and what a stage asks for now, is decided later', async (t) => {
  const [first, second, third, won] = stages;
  const names = ['Dam', 'Weir', 'Lock', 'Mill'];
  const [dam, weir, lock, mill] = (
    await send('POST', 'deals/bulk', { data: names.map((name) => ({ name, stage_id: first.id })) })
  ).data;
  const { page, expectOffline, expectRefusal } = await world.visit(t, undefined, installed);
  for (const { id } of [lock, mill]) {
    await open(page, `/deals/${id}`);
    await isWrittenDown(page, `["deal","one","${id}"`);
  }
  await workerIsReady(page);
  await open(page, '/deals?layout=board');
  await card(page, first, 'Dam').waitFor();
  await isWrittenDown(page, '["deal","other","board"');

  expectOffline();
  for (const status of [412, 422]) expectRefusal(status);
  await page.context().setOffline(true);
  await moveOn(page, first, second, 'Dam');
  await moveOn(page, first, second, 'Weir');
  assert.deepEqual(await barriers(page), []);
  await picture(page, 'offline-board');
  // It is still so when the page is opened again.
  await page.reload();
  await card(page, second, 'Dam').getByText('Waiting to be sent').waitFor();
  for (const [{ id }, stage] of [
    [mill, trial],
    [lock, third],
  ]) {
    await page.goto(`/deals/${id}`);
    await page.getByRole('list', { name: 'Stages' }).getByRole('button', { name: stage.name }).click();
    await line(page, 'Stage').getByText(stage.name).waitFor();
  }
  await page.getByRole('button', { name: 'Won' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Mark as won' }).click();
  await line(page, 'Stage').getByText('Won').waitFor();
  await line(page, 'Stage').getByText('Waiting to be sent').waitFor();
  assert.equal((await read(lock.id)).status, 'open');

  await send('PATCH', `stages/${second.id}`, { required_fields: ['expected_close_on'] });
  await send('DELETE', `stages/${trial.id}`);
  await send('PATCH', `deals/${weir.id}`, { stage_id: third.id });
  await send('PATCH', `deals/${lock.id}`, { source: 'Fair' });
  const sent = changesSent(page);
  await page.context().setOffline(false);
  await eventually(async () => (await read(lock.id)).status === 'won');
  const stagesSent = sent.flatMap((request) => [request.postDataJSON()?.stage_id ?? []].flat());
  // What somebody changed beside it is in nobody's way: it is sent again as it was.
  assert.deepEqual(stagesSent, [second.id, second.id, trial.id, third.id, third.id, won.id, won.id]);
  assert.equal((await read(lock.id)).source, 'Fair');

  await notice(page).filter({ hasText: 'your decision' }).getByRole('button', { name: 'Show them' }).click();
  const dialog = page.getByRole('dialog', { name: 'Pending changes' });
  await dialog.getByRole('radio', { name: `Stage, Theirs: ${third.name}` }).check();
  assert.deepEqual(await barriers(page), []);
  await picture(page, 'offline-decide');
  await dialog.getByRole('button', { name: 'Decide' }).click();
  await dialog.getByRole('button', { name: 'Fill in what is missing' }).click();
  const form = page.getByRole('dialog', { name: 'The new stage requires more' });
  await form.getByLabel('Expected close').fill('2027-01-31');
  await form.getByRole('button', { name: 'Save and move' }).click();
  const lost = dialog.getByRole('listitem').filter({ hasText: 'There is no such stage' });
  await lost.filter({ hasText: 'Mill' }).getByRole('button', { name: 'Discard it' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Discard it' }).click();
  await dialog.getByText('Everything has been sent').waitFor();
  assert.equal((await read(mill.id)).stage_id, first.id);
  const [moved, left] = [await read(dam.id), await read(weir.id)];
  assert.deepEqual([moved.stage_id, moved.expected_close_on, left.stage_id], [second.id, '2027-01-31', third.id]);

  await page.keyboard.press('Escape');
  await page.context().setOffline(true);
  await page.getByRole('button', { name: 'Reopen' }).click();
  await line(page, 'Status').getByText('Waiting to be sent').waitFor();
  await page.goto('/deals?layout=board');
  await page.getByRole('button', { name: 'New deal' }).first().click();
  const made = page.getByRole('dialog', { name: 'New deal' });
  await made.getByRole('textbox', { name: 'Name' }).fill('Canal');
  await made.getByRole('button', { name: 'Create deal' }).click();
  await page.getByRole('heading', { name: 'Canal' }).waitFor();
  await page.goto(`/deals/${new URL(page.url()).searchParams.get('open')}`);
  await page.getByText('No products yet').waitFor();
  await page.context().setOffline(false);
  await eventually(async () => (await read(lock.id)).stage_id === third.id);
  await eventually(async () => !page.url().includes('new-'));
});
