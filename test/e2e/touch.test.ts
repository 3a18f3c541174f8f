import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { eventually } from '../harness/app.ts';
import { barriers, desktop, open, phone, setUp } from './browser.ts';

const world = setUp(undefined, { kind: 'whole' });

async function send(method: string, path: string, body?: object) {
  const answer = await world.administrator.session.send(method, `/api/v1/${path}`, body);
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
  return answer.body;
}

async function centreOf(element: Locator): Promise<{ x: number; y: number }> {
  const box = await element.boundingBox();
  assert.ok(box);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** A finger that rests on something until it comes along, goes to another place, and is lifted there. */
async function dragByTouch(page: Page, what: Locator, to: Locator): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  // Without a desktop around it nobody carries what is dragged; the test does.
  await cdp.send('Input.setInterceptDrags', { enabled: true });
  await cdp.send('Emulation.setEmitTouchEventsForMouse', { enabled: true, configuration: 'mobile' });
  const taken: object[] = [];
  cdp.once('Input.dragIntercepted', (dragged) => void taken.push(dragged));
  const from = await centreOf(what);
  // The browser answers neither of the two.
  const finger = (type: 'mousePressed' | 'mouseReleased', place: { x: number; y: number }) =>
    void cdp.send('Input.dispatchMouseEvent', { type, button: 'left', clickCount: 1, ...place }).catch(() => undefined);
  finger('mousePressed', from);
  await eventually(async () => taken.length > 0);
  const at = await centreOf(to);
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await cdp.send('Input.dispatchDragEvent', { type, ...at, ...(taken[0] as { data: never }) });
  finger('mouseReleased', at);
}

test('a card of the board is moved by touch', async (t) => {
  const { id } = await send('POST', 'deals', { name: 'Touched' });
  const [pipeline] = (await send('GET', 'pipelines')).data;
  const [, second] = pipeline.stages;
  const { page } = await world.visit(t, world.administrator, {
    viewport: { width: 1024, height: 768 },
    hasTouch: true,
  });
  await open(page, '/deals?layout=board');
  const lane = page.getByRole('region', { name: second.name, exact: true });
  await dragByTouch(page, page.getByRole('button', { name: /^Touched/ }), lane);
  await lane.getByRole('button', { name: /^Touched/ }).waitFor();
  await eventually(async () => (await send('GET', `deals/${id}`)).stage_id === second.id);
});

test('a column of the board takes a card on its whole height, far below its last card too', async (t) => {
  const { id } = await send('POST', 'deals', { name: 'Dropped low' });
  const [pipeline] = (await send('GET', 'pipelines')).data;
  const [, , third] = pipeline.stages;
  const { page } = await world.visit(t);
  await open(page, '/deals?layout=board');
  const from = await centreOf(page.getByRole('button', { name: /^Dropped low/ }));
  const lane = page.getByRole('region', { name: third.name, exact: true });
  const { x } = await centreOf(lane);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + 20, from.y + 20);
  for (const y of [500, desktop.viewport.height - 40]) await page.mouse.move(x, y, { steps: 4 });
  await page.mouse.up();
  await lane.getByRole('button', { name: /^Dropped low/ }).waitFor();
  await eventually(async () => (await send('GET', `deals/${id}`)).stage_id === third.id);
});

test('an entry of the calendar is moved by touch, on a phone too', async (t) => {
  const { id } = await send('POST', 'tasks', { title: 'Sign it', due_at: '2027-04-14T08:15:00Z' });
  const { page } = await world.visit(t, world.administrator, phone);
  await open(page, '/tasks?view=calendar&on=2027-04-14');
  await page.getByRole('button', { name: /^Wednesday, April 14/ }).tap();
  const day = page.getByRole('button', { name: /^Thursday, April 22/ });
  await dragByTouch(page, page.getByRole('button', { name: /^Sign it/ }), day);
  await eventually(async () => (await send('GET', `tasks/${id}`)).due_at.startsWith('2027-04-22'));
});

test('a list without heads is put in another order: on a phone, in groups, and as a board', async (t) => {
  for (const [name, city] of [
    ['Anvil', 'Zug'],
    ['Bellows', 'Aarau'],
  ] as const)
    await world.create('companies', { name, city, industry: 'Order' });
  const filter = encodeURIComponent(JSON.stringify({ field: 'industry', op: 'eq', value: 'Order' }));
  for (const [layout, device] of [
    ['', phone],
    ['&group=owner_id', desktop],
    ['&layout=board&by=owner_id', desktop],
  ] as const) {
    const { page } = await world.visit(t, world.administrator, device);
    await open(page, `/companies?filter=${filter}${layout}`);
    const names = async () =>
      (
        await page
          .locator('main')
          .getByText(/^(Anvil|Bellows)$/)
          .allTextContents()
      ).join();
    await eventually(async () => (await names()) === 'Anvil,Bellows');
    await page.getByRole('button', { name: 'Sort', exact: true }).click({ timeout: 5_000 });
    await page.getByRole('menuitemcheckbox', { name: 'Sort descending' }).click();
    await eventually(async () => (await names()) === 'Bellows,Anvil');
    await page.getByRole('menuitemcheckbox', { name: 'Name' }).click();
    await eventually(async () => (await names()) === 'Anvil,Bellows');
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    assert.deepEqual(await barriers(page, 'structure'), []);
  }
  const { page } = await world.visit(t);
  await open(page, '/companies');
  assert.equal(
    await page.getByRole('button', { name: 'Sort', exact: true }).count(),
    0,
    'the heads of a table sort it',
  );
});
