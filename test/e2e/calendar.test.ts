import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { eventually } from '../harness/app.ts';
import { open, phone, setUp } from './browser.ts';

const world = setUp(async ({ administrator }) => {
  const { status } = await administrator.session.send('PATCH', '/api/v1/profile', { time_zone: 'Africa/Cairo' });
  assert.equal(status, 200);
});

async function makeTask(title: string, due_at: string): Promise<string> {
  const { status, body } = await world.administrator.session.send('POST', '/api/v1/tasks', { title, due_at });
  assert.equal(status, 201, JSON.stringify(body));
  return body.id;
}

/** Waits until the task is due then. */
async function isDue(id: string, due_at: string): Promise<void> {
  await eventually(async () => {
    const { body } = await world.administrator.session.send('GET', `/api/v1/tasks/${id}`);
    return body.due_at === due_at;
  });
}

const formatted = new Intl.DateTimeFormat('en-US', { weekday: 'long', month: 'long', day: 'numeric', timeZone: 'UTC' });

const dayCell = (page: Page, day: string) =>
  page.getByRole('listitem').filter({ has: page.getByRole('button', { name: `Add on ${day}` }) });

test('a task is dragged to another day, and back from its toast', async (t) => {
  const { page } = await world.visit(t);
  const id = await makeTask('Sign the lease', '2027-04-14T08:15:00Z');
  await open(page, '/tasks?view=calendar&on=2027-04-20');
  await dayCell(page, 'Wednesday, April 14').getByText('Sign the lease').dragTo(dayCell(page, 'Friday, April 30'));
  await dayCell(page, 'Friday, April 30').getByText('Sign the lease').waitFor();
  // Cairo has summer time from that day on: a quarter past ten is another moment of the day.
  await isDue(id, '2027-04-30T07:15:00.000Z');
  await page.getByText('Due on Friday, April 30').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await dayCell(page, 'Wednesday, April 14').getByText('Sign the lease').waitFor();
  await isDue(id, '2027-04-14T08:15:00.000Z');
});

test('in a week it is put at a time', async (t) => {
  const { page } = await world.visit(t);
  const id = await makeTask('Plan the fair', '2027-05-12T07:00:00Z');
  await open(page, '/tasks?view=calendar&span=week&on=2027-05-12');
  const entry = page.getByRole('button', { name: /^Plan the fair/ });
  const box = (await entry.boundingBox())!;
  // An hour is 48 pixels high: two hours down.
  await page.mouse.move(box.x + 20, box.y + 5);
  await page.mouse.down();
  await page.mouse.move(box.x + 20, box.y + 40, { steps: 3 });
  await page.mouse.move(box.x + 20, box.y + 101, { steps: 3 });
  await page.mouse.up();
  await isDue(id, '2027-05-12T09:00:00.000Z');
});

test('a task of a day is dragged to another day, into an hour and back, and a busy day shows a few of its own', async (t) => {
  const { page } = await world.visit(t);
  const { id } = await world.create('tasks', { title: 'Count the stock', due_on: '2027-08-11' });
  const isDueOn = (day: string | null, at: string) =>
    eventually(async () => {
      const { due_on, due_at } = await world.read(`tasks/${id}`);
      return due_on === day && due_at === at;
    });
  await open(page, '/tasks?view=calendar&on=2027-08-11');
  await dayCell(page, 'Wednesday, August 11').getByText('Count the stock').dragTo(dayCell(page, 'Thursday, August 12'));
  await page.getByRole('button', { name: 'Count the stock, Thursday, August 12', exact: true }).waitFor();
  await isDueOn('2027-08-12', '2027-08-12T20:59:59.000Z');

  const titles = ['one', 'two', 'three', 'four', 'five'];
  for (const title of titles) await world.create('tasks', { title: `Open day ${title}`, due_on: '2027-08-10' });
  await open(page, '/tasks?view=calendar&span=week&on=2027-08-12');
  const more = page.getByRole('button', { name: '2 more on Tuesday, August 10' });
  await more.waitFor();
  const grid = page.getByRole('region', { name: 'Calendar of tasks' }).locator('> div > div').last();
  const hourAtTop = () =>
    grid.evaluate(
      (hours) =>
        (hours.previousElementSibling!.getBoundingClientRect().bottom - hours.getBoundingClientRect().top) / 48,
    );
  assert.equal(await hourAtTop(), 6.75, 'with the name of the hour');
  await more.press('Enter');
  assert.equal(await page.getByText(/^Open day/).count(), titles.length);
  assert.equal(await hourAtTop(), 6.75, 'also below a taller head');
  await page.getByRole('button', { name: 'Show fewer on Tuesday, August 10' }).press('Enter');
  await more.waitFor();

  const dragTo = async (hour: number | null) => {
    const from = (await page.getByRole('button', { name: /^Count the stock/ }).boundingBox())!;
    const top = (await grid.boundingBox())!.y;
    const head = (await page.getByText('Open day one').boundingBox())!.y;
    const x = from.x + 20;
    const y = hour === null ? head : top + 48 * hour;
    await page.mouse.move(x, from.y + 5);
    await page.mouse.down();
    await page.mouse.move(x, from.y + 15, { steps: 3 });
    await page.mouse.move(x, y + 5, { steps: 5 });
    await page.mouse.up();
  };
  await dragTo(10);
  await page.getByRole('button', { name: 'Count the stock, Thursday, August 12, 10:00 AM' }).waitFor();
  await isDueOn(null, '2027-08-12T07:00:00.000Z');
  await dragTo(null);
  await page.getByRole('button', { name: 'Count the stock, Thursday, August 12', exact: true }).waitFor();
  await isDueOn('2027-08-12', '2027-08-12T20:59:59.000Z');
});

test('by keyboard it moves by days and quarters of an hour, over a midnight that the clocks skip', async (t) => {
  const { page } = await world.visit(t);
  const id = await makeTask('Night shift', '2027-04-28T22:30:00Z');
  await open(page, '/tasks?view=calendar&span=week&on=2027-04-29');
  await page.getByRole('button', { name: 'Night shift, Thursday, April 29, 12:30 AM' }).focus();
  await page.keyboard.press('Shift+ArrowRight');
  // There is no half past midnight on that Friday.
  const moved = page.getByRole('button', { name: 'Night shift, Friday, April 30, 1:30 AM' });
  await moved.waitFor();
  await isDue(id, '2027-04-29T22:30:00.000Z');
  await page.locator('[data-calendar-item]:focus').getByText('Night shift').waitFor();
  await page.keyboard.press('Shift+ArrowDown');
  await page.getByRole('button', { name: 'Night shift, Friday, April 30, 1:45 AM' }).waitFor();
  await isDue(id, '2027-04-29T22:45:00.000Z');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Task' }).waitFor();
});

test('moved again before the first answer came, it goes on from there', async (t) => {
  const { page } = await world.visit(t);
  const id = await makeTask('Restless', '2027-07-07T09:00:00Z');
  const answered = Promise.withResolvers<void>();
  await page.route(`**/api/v1/tasks/${id}`, async (route) => {
    if (route.request().method() === 'PATCH') await answered.promise;
    await route.continue();
  });
  await open(page, '/tasks?view=calendar&on=2027-07-07');
  await page.getByRole('button', { name: /^Restless, Wednesday, July 7/ }).focus();
  for (const day of ['Thursday, July 8', 'Friday, July 9', 'Saturday, July 10']) {
    await page.keyboard.press('Shift+ArrowRight');
    await page
      .locator('[data-calendar-item]:focus')
      .and(page.getByRole('button', { name: `Restless, ${day}` }))
      .waitFor();
  }
  const seen = await page.evaluateHandle(`(() => {
    const days = new Set();
    new MutationObserver(() => days.add(document.querySelector('[data-calendar-item="${id}"]')?.ariaLabel ?? ''))
      .observe(document.body, { subtree: true, childList: true, attributes: true });
    return days;
  })()`);
  answered.resolve();
  await isDue(id, '2027-07-10T09:00:00.000Z');
  await page.getByText('Due on Saturday, July 10').waitFor();
  const days = await seen.evaluate((days) => [...(days as Set<string>)]);
  assert.deepEqual(
    days.filter((day) => !/July 10/.test(day)),
    [],
    'it does not jump back meanwhile',
  );
});

test('by keyboard the arrows pass a busy day, and the focus stays by what is moved onto one', async (t) => {
  const { page } = await world.visit(t);
  await makeTask('Before', '2027-09-07T09:00:00Z');
  for (const hour of [5, 6, 7, 8, 9]) await makeTask(`Busy ${hour}`, `2027-09-08T0${hour}:00:00Z`);
  const id = await makeTask('After', '2027-09-09T15:00:00Z');
  await open(page, '/tasks?view=calendar&on=2027-09-08');
  const focused = (name: RegExp) => page.getByRole('button', { name }).and(page.locator(':focus')).waitFor();
  await page.getByRole('button', { name: /^Before/ }).focus();
  for (const name of [/^Busy 5/, /^Busy 6/, /^Busy 7/, /^After/]) {
    await page.keyboard.press('ArrowRight');
    await focused(name);
  }
  await page.keyboard.press('Shift+ArrowLeft');
  await focused(/^3 more on Wednesday, September 8/);
  await isDue(id, '2027-09-08T15:00:00.000Z');
});

test('on a phone a day that was picked gives way to today, and to the day of another month', async (t) => {
  const { page } = await world.visit(t, world.administrator, phone);
  await open(page, '/tasks?view=calendar');
  const today = new Intl.DateTimeFormat('sv', { timeZone: 'Africa/Cairo' }).format();
  const another = today.endsWith('-15') ? today.replace(/15$/, '16') : today.replace(/..$/, '15');
  const button = (day: string, pressed: boolean) => {
    const name = formatted.format(new Date(day));
    return page.getByRole('button', { name: new RegExp(`^${name}, (nothing|[0-9])`), pressed });
  };
  await button(another, false).click();
  await button(another, true).waitFor();
  await page.getByRole('button', { name: 'Today', exact: true }).click();
  await button(today, true).waitFor();
  await open(page, '/tasks?view=calendar&on=2027-06-01');
  await button('2027-06-30', false).click();
  await page.getByRole('button', { name: 'Next month' }).click();
  await button('2027-06-30', false).waitFor();
  await button('2027-07-30', true).waitFor();
});

test('on a phone one looks at a day and adds to it', async (t) => {
  const { page } = await world.visit(t, world.administrator, phone);
  await makeTask('Water the ferns', '2027-06-09T09:00:00Z');
  await open(page, '/tasks?view=calendar&on=2027-06-01');
  await page.getByRole('button', { name: 'Wednesday, June 9, 1 entry' }).click();
  await page.getByRole('button', { name: /^Water the ferns/ }).waitFor();
  await page.getByRole('button', { name: 'Add on Wednesday, June 9' }).click();
  await page.getByRole('dialog', { name: 'New task' }).getByLabel('Title').fill('Repot the ferns');
  await page.getByRole('button', { name: 'Create task' }).click();
  await page.getByRole('button', { name: 'Wednesday, June 9, 2 entries' }).waitFor();
});

test('a deal that is begun on a day leaves that day to itself', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/deals?layout=calendar&by=expected_close_on&day=2027-06-16');
  const form = page.getByRole('dialog', { name: 'New deal' });
  const days = async () => {
    const dates = await form.locator('input[type="date"]').all();
    return (await Promise.all(dates.map((date) => date.inputValue()))).join('');
  };
  await page.getByRole('button', { name: 'Add on Wednesday, June 16' }).click();
  await form.waitFor();
  assert.equal(await days(), '2027-06-16');
  await page.keyboard.press('Escape');
  await form.waitFor({ state: 'detached' });
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: /Search/ }).fill('New deal');
  await page.getByRole('option', { name: 'New deal' }).click();
  await form.waitFor();
  assert.equal(await days(), '');
});
