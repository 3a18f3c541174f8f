import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator } from 'playwright-core';
import { eventually } from '../harness/app.ts';
import { barriers, open, setUp, textOf, walkTo } from './browser.ts';

const world = setUp();

async function send(method: string, path: string, body?: object) {
  const answer = await world.administrator.session.send(method, `/api/v1/${path}`, body);
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
  return answer.body;
}

test('of a long column the cards in sight are drawn; far down a card is moved, and the column keeps its place', async (t) => {
  const deals = 260;
  const all = Array.from({ length: deals }, (_, n) => ({ name: `Deal ${String(n).padStart(3, '0')}` }));
  for (let from = 0; from < deals; from += 130) await send('POST', 'deals/bulk', { data: all.slice(from, from + 130) });
  const [pipeline] = (await send('GET', 'pipelines')).data;
  const [first, second] = pipeline.stages;
  const { page } = await world.visit(t);
  await open(page, '/deals?layout=board&by=owner_id');
  const mine = page.getByRole('region', { name: 'Ada Admin', exact: true });
  await eventually(async () => {
    const box = mine.locator('ul').locator('..');
    // Away from the end and back: where the column is being read, it does not listen.
    await box.evaluate((element) => element.scrollTo(0, element.scrollTop > 0 ? 0 : element.scrollHeight));
    return (await mine.getByText('The first 200 are shown.').count()) === 1;
  });
  await walkTo(page, '/deals?layout=board');
  const lane = page.getByRole('region', { name: first.name, exact: true });
  const cards = lane.getByRole('button', { name: /^Deal/ });
  await cards.first().waitFor();
  const scrolled = lane.locator('ul').locator('..');
  await eventually(async () => {
    await scrolled.evaluate((box) => box.scrollTo(0, box.scrollHeight));
    return (await lane.locator(`[aria-posinset="${deals}"]`).count()) === 1;
  });
  assert.ok((await cards.count()) < 40);
  assert.deepEqual(await barriers(page), []);

  // One that is opened from elsewhere comes into sight, and is marked.
  const below = (await send('GET', 'deals?sort=-name&limit=25')).data[24].id;
  const { page: another } = await world.visit(t);
  await open(another, `/deals?layout=board&by=owner_id&sort=-name&open=${below}`);
  await another.locator(`[data-board-card="${below}"][aria-current="true"]`).waitFor();

  const far = lane.locator(`[aria-posinset="${deals - 8}"]`).getByRole('button');
  await far.scrollIntoViewIfNeeded();
  const name = (await textOf(far.locator('bdi').first())).trim();
  await far.focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowDown');
  const place = await scrolled.evaluate((box) => box.scrollTop);
  const moved = page.waitForResponse((answer) => /\/deals\/[^/]+\/moves$/.test(answer.url()));
  await page.keyboard.press('Shift+ArrowRight');
  assert.equal((await moved).status(), 200);
  await page
    .getByRole('region', { name: second.name, exact: true })
    .getByRole('button', { name })
    .and(page.locator(':focus'))
    .waitFor();
  await page.waitForLoadState('networkidle');
  await eventually(async () => Math.abs((await scrolled.evaluate((box) => box.scrollTop)) - place) < 150);
  assert.equal(await lane.getByRole('button', { name }).count(), 0);
  await eventually(async () => {
    await scrolled.evaluate((box) => box.scrollTo(0, box.scrollHeight));
    return (await lane.locator(`[aria-posinset="${deals - 1}"]`).count()) === 1;
  });

  const last = (await textOf(lane.locator(`[aria-posinset="${deals - 1}"] bdi`).first())).trim();
  const filter = encodeURIComponent(JSON.stringify({ field: 'name', op: 'eq', value: last }));
  const [{ id }] = (await send('GET', `deals?filter=${filter}`)).data;
  await send('PATCH', `deals/${id}`, { name: 'Renamed far down' });
  await lane.getByRole('button', { name: /Renamed far down/ }).waitFor();
});

test('by keyboard the focus goes with a card that is moved, and back with it when that is undone', async (t) => {
  const [pipeline] = (await send('GET', 'pipelines')).data;
  const [first, second] = pipeline.stages;
  const deals = [];
  for (const name of ['Wanderer', 'Neighbour'])
    deals.push(await send('POST', 'deals', { name, stage_id: first.id, source: 'focus' }));
  const { page } = await world.visit(t);
  const filter = encodeURIComponent(JSON.stringify({ field: 'source', op: 'eq', value: 'focus' }));
  await open(page, `/deals?layout=board&filter=${filter}`);
  const lane = (name: string) => page.getByRole('region', { name, exact: true });
  const focused = (stage: { name: string }, name: RegExp) =>
    lane(stage.name).getByRole('button', { name }).and(page.locator(':focus')).waitFor();
  await lane(first.name)
    .getByRole('button', { name: /Wanderer/ })
    .click();
  const panel = page.getByRole('complementary');
  const [previous, next] = ['Previous', 'Next'].map((way) => panel.getByRole('button', { name: `${way} deal` }));
  await next!.click({ timeout: 5_000 });
  await panel.getByRole('heading', { name: 'Neighbour' }).waitFor();
  await previous!.click();
  await panel.getByRole('heading', { name: 'Wanderer' }).waitFor();
  await panel.getByRole('button', { name: 'Close', exact: true }).click();
  await lane(first.name)
    .getByRole('button', { name: /Wanderer/ })
    .focus();
  for (const press of [(undo: Locator) => undo.press('Enter'), (undo: Locator) => undo.click()]) {
    await page.keyboard.press('Shift+ArrowRight');
    await focused(second, /Wanderer/);
    await press(
      page
        .getByRole('dialog')
        .filter({ hasText: `Moved to ${second.name}` })
        .getByRole('button', { name: 'Undo' }),
    );
    await focused(first, /Wanderer/);
  }

  // A first card goes no further up: what others do with it later is not said as if it had been moved here.
  const said = page.getByRole('region', { name: 'Deals by stage' }).locator('> [role=status]');
  const before = await said.allTextContents();
  await page.keyboard.press('Shift+ArrowUp');
  await page.keyboard.press('Shift+ArrowUp');
  const [, neighbour] = deals;
  const atTop = async () => {
    const cards = await lane(first.name)
      .getByRole('button', { name: /Wanderer|Neighbour/ })
      .allTextContents();
    return cards[0];
  };
  const wasFirst = await atTop();
  const [upper, lower] = wasFirst?.includes('Wanderer') ? [deals[0], neighbour] : [neighbour, deals[0]];
  await send('POST', `deals/${upper.id}/moves`, { stage_id: first.id, after_id: lower.id });
  await eventually(async () => (await atTop()) !== wasFirst);
  assert.deepEqual(await said.allTextContents(), before);

  // What has gone leaves the focus to the one beside it.
  await send('DELETE', `deals/${deals[0].id}`);
  await focused(first, /Neighbour/);
});

test('keys with Alt are the browser’s, on a board and in a calendar', async (t) => {
  const [pipeline] = (await send('GET', 'pipelines')).data;
  await send('POST', 'deals', { name: 'Alternate', stage_id: pipeline.stages[1].id, source: 'alt' });
  await send('POST', 'tasks', {
    title: 'Alternative',
    due_at: new Date().toISOString(),
    assignee_id: world.administrator.user_id,
  });
  const { page } = await world.visit(t);
  const pressed = async () => {
    const before = await page.evaluate(`new Promise((done) => {
      addEventListener('keydown', (event) => event.key === 'ArrowLeft' && done(event.defaultPrevented));
      document.activeElement.dispatchEvent(
        new KeyboardEvent('keydown', { key: 'ArrowLeft', altKey: true, bubbles: true, cancelable: true }));
    })`);
    assert.equal(before, false);
  };
  const filter = encodeURIComponent(JSON.stringify({ field: 'source', op: 'eq', value: 'alt' }));
  await open(page, `/deals?layout=board&filter=${filter}`);
  await page.getByRole('button', { name: /^Alternate/ }).focus();
  await pressed();
  await open(page, '/tasks?view=calendar');
  await page.getByRole('button', { name: /^Alternative/ }).focus();
  await pressed();
});

test('a deal begins in the column at which it is made, or in the first stage of another pipeline chosen in its form', async (t) => {
  const here = await world.create('pipelines', { name: 'Here' });
  const there = await world.create('pipelines', { name: 'There' });
  await send('PATCH', `stages/${there.stages[0].id}`, { name: 'Hearing' });
  const { page } = await world.visit(t);
  await open(page, `/deals?layout=board&board=${here.id}`);
  const [, second] = here.stages;
  const lane = page.getByRole('region', { name: second.name, exact: true });
  const form = page.getByRole('dialog', { name: 'New deal' });
  const stage = form.getByRole('combobox', { name: 'Stage' });
  const make = async (name: string) => {
    await form.getByLabel('Name').fill(name);
    await form.getByRole('button', { name: 'Create deal' }).click();
    await form.waitFor({ state: 'detached' });
    const filter = encodeURIComponent(JSON.stringify({ field: 'name', op: 'eq', value: name }));
    return (await send('GET', `deals?filter=${filter}`)).data[0].stage_id;
  };
  const add = lane.getByRole('button', { name: `Add ${second.name}` });
  await add.click();
  assert.equal(await stage.textContent(), second.name);
  assert.equal(await make('Put in its column'), second.id);
  await lane.getByRole('button', { name: /^Put in its column/ }).waitFor();

  await open(page, `/deals?layout=board&board=${here.id}`);
  await add.click();
  await form.getByLabel('Pipeline').fill('There');
  await page.getByRole('option', { name: 'There' }).click();
  await eventually(async () => (await stage.textContent()) === 'Hearing');
  assert.equal(await make('Put elsewhere'), there.stages[0].id);

  // Of what was begun there before, the column counts more than the stage.
  await open(page, `/deals?layout=board&board=${here.id}`);
  await add.click();
  await form.getByLabel('Name').fill('Begun before');
  await stage.click();
  await page.getByRole('option', { name: here.stages[0].name }).click();
  await open(page, `/deals?layout=board&board=${here.id}`);
  await add.click();
  await form.getByText('This is what you typed before.').waitFor();
  assert.equal(await form.getByLabel('Name').inputValue(), 'Begun before');
  assert.equal(await stage.textContent(), second.name);
  // Begun in a column, it stays there when the page is loaded again.
  await page.reload();
  await form.getByText('This is what you typed before.').waitFor();
  assert.equal(await stage.textContent(), second.name);
});

test('on a board by a field a record begins with the value of the column at which it is made', async (t) => {
  const { user_id, name } = await world.person('Bea Beside', 'member');
  await send('POST', 'companies', { name: 'Hers', owner_id: user_id });
  const { page } = await world.visit(t);
  await open(page, '/companies?layout=board&by=owner_id');
  await page.getByRole('button', { name: `Add ${name}` }).click();
  const form = page.getByRole('dialog', { name: 'New company' });
  await form.getByLabel('Name').fill('Hers too');
  await form.getByRole('button', { name: 'Create company' }).click();
  await form.waitFor({ state: 'detached' });
  assert.equal((await send('GET', 'companies?sort=-created_at')).data[0].owner_id, user_id);
});

test('the card of a deal shows its amount on a board by a field too', async (t) => {
  const company = await send('POST', 'companies', { name: 'Full' });
  const contact = await send('POST', 'contacts', { given_name: 'Full' });
  const people = { company_id: company.id, contact_id: contact.id };
  await send('POST', 'deals', { name: 'Worth it', amount: '1234.00', currency: 'USD', source: 'worth', ...people });
  const { page } = await world.visit(t);
  const filter = encodeURIComponent(JSON.stringify({ field: 'source', op: 'eq', value: 'worth' }));
  await open(page, `/deals?layout=board&by=owner_id&filter=${filter}`);
  const card = page.getByRole('button', { name: 'Worth it' });
  await card.getByText('$1,234.00', { exact: true }).waitFor({ timeout: 5_000 });
});

test('a board of which no record makes a column says so', async (t) => {
  const { page } = await world.visit(t);
  const filter = encodeURIComponent(JSON.stringify({ field: 'name', op: 'eq', value: 'nothing' }));
  await open(page, `/companies?layout=board&by=owner_id&filter=${filter}`);
  await page.getByRole('heading', { name: 'No companies match' }).waitFor({ timeout: 5_000 });
});
