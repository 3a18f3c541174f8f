import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../harness/app.ts';
import { barriers, open, setUp } from './browser.ts';

const world = setUp();

async function make(path: string, body: object): Promise<string> {
  const { status, body: made } = await world.administrator.session.send('POST', `/api/v1/${path}`, body);
  assert.equal(status, 201, JSON.stringify(made));
  return made.id;
}

const hours = (count: number) => new Date(Date.now() + count * 3_600_000).toISOString();

test('a day is added to, put in order, put off and ticked off, all by keyboard', async (t) => {
  const { page } = await world.visit(t);
  await make('tasks', { title: 'Late', due_at: hours(-49) });
  const company = await make('companies', { name: 'Paper Mill' });
  await make('activities', {
    kind: 'meeting',
    subject: 'Tour of the mill',
    records: [{ type: 'company', id: company }],
    occurred_at: hours(50),
  });
  await make('activities', {
    kind: 'call',
    subject: 'Logged just now',
    records: [{ type: 'company', id: company }],
    occurred_at: hours(0),
  });
  await open(page, '/tasks');
  const today = page.getByRole('region', { name: 'Today' });
  const next = page.getByRole('region', { name: 'Next seven days' });
  await next.getByText('Tour of the mill').waitFor();

  const line = page.getByRole('textbox', { name: 'New task for your day' });
  for (const title of ['First', 'Second', 'Third']) {
    await line.fill(title);
    await line.press('Enter');
    await today.getByRole('button', { name: title, exact: true }).waitFor();
  }
  assert.equal(await today.getByText('Logged just now').count(), 0, 'it is not to come');
  await line.fill('Call the printer tomorrow');
  await page.getByRole('button', { name: 'Keep “tomorrow” in the title' }).waitFor();
  await line.press('Enter');
  await next.getByRole('button', { name: 'Call the printer', exact: true }).waitFor();

  const titles = () => today.locator('[data-task-title]').allTextContents();
  const before = await titles();
  await today.getByRole('button', { name: before[0], exact: true }).focus();
  // Held up, the first new order does not come after the second.
  await page.route('**/task-order', (route) => setTimeout(() => void route.continue(), 500), { times: 1 });
  for (const order of [[1, 0, 2], [1, 2, 0]]) {
    await page.keyboard.press('Shift+ArrowDown');
    await eventually(async () => String(await titles()) === String(order.map((place) => before[place])));
  } // biome-ignore format: orders
  const swapped = [before[1], before[2], before[0]];
  for (const said of ['is number 2 today', 'is number 3 today']) await page.getByText(said).waitFor();
  await page.reload();
  await today.getByText('First').waitFor();
  assert.deepEqual(await titles(), swapped, 'the order stays');
  await page.keyboard.press('c');
  await page.getByRole('dialog', { name: 'New task' }).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('main :focus').waitFor();

  await today.getByRole('button', { name: swapped[0], exact: true }).focus();
  await page.keyboard.press('ArrowDown');
  await page.locator(`[data-task-title]:focus`).getByText(swapped[1]!).waitFor();
  await page.keyboard.press('t');
  await next.getByRole('button', { name: swapped[1], exact: true }).waitFor();
  // The next one is at hand.
  await today.locator('[data-task-title]:focus').getByText(swapped[2]!).waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await today.getByRole('button', { name: swapped[1], exact: true }).waitFor();

  await page.getByRole('region', { name: 'Overdue' }).getByRole('button', { name: 'Late', exact: true }).focus();
  await page.keyboard.press('x');
  await page.getByRole('checkbox', { name: 'Open “Late” again' }).waitFor();
  assert.deepEqual(await barriers(page), []);
});

test('what is typed while a task is being made is the next one; one that is refused comes back into an empty line, and is offered beside another', async (t) => {
  const { page, expectRefusal } = await world.visit(t);
  let answered = Promise.withResolvers<void>();
  let refused = false;
  await page.route('**/api/v1/tasks', async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    await answered.promise;
    if (!refused) return route.continue();
    const problem = { title: 'Not now', status: 422, code: 'invalid', detail: 'Not now.', errors: [] };
    await route.fulfill({ status: 422, contentType: 'application/problem+json', body: JSON.stringify(problem) });
  });
  await open(page, '/tasks');
  const line = page.getByRole('textbox', { name: 'New task for your day' });
  await line.fill('Quick one');
  await line.press('Enter');
  await page.keyboard.type('Quick two');
  answered.resolve();
  await page.getByRole('button', { name: 'Quick one', exact: true }).waitFor();
  assert.equal(await line.inputValue(), 'Quick two');
  refused = true;
  expectRefusal(422);
  await line.press('Enter');
  await page.getByText('Not now.').waitFor();
  assert.equal(await line.inputValue(), 'Quick two');

  const held = Promise.withResolvers<void>();
  answered = held;
  await line.press('Enter');
  await page.keyboard.type('Quick three');
  held.resolve();
  const lost = page.getByRole('dialog').filter({ hasText: 'Quick two' });
  await lost.getByText('Not now.').waitFor();
  assert.equal(await line.inputValue(), 'Quick three');
  refused = false;
  await lost.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('button', { name: 'Quick two', exact: true }).waitFor();
  assert.equal(await line.inputValue(), 'Quick three');
});

test('a task that repeats and reminds is made in the page; ticked off, it leaves the next one behind', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/tasks?view=all');
  await page.getByRole('button', { name: 'New task' }).first().click();
  const form = page.getByRole('dialog', { name: 'New task' });
  await form.getByLabel('Title').fill('Weekly report');
  await form.getByLabel('Due on').fill('2026-11-01');
  await form.getByLabel('Or due at').fill('2026-11-02T09:00');
  assert.equal(await form.getByLabel('Due on').inputValue(), '', 'a time takes the place of a day');
  for (const [field, choice] of [
    ['Remind me', 'A day before'],
    ['Repeats', 'Every week on Monday'],
    ['Priority', 'High'],
  ] as const) {
    await form.getByRole('combobox', { name: field, exact: true }).click();
    await page.getByRole('option', { name: choice, exact: true }).click();
  }
  await form.getByRole('button', { name: 'Create task' }).click();
  await form.waitFor({ state: 'detached' });
  const filter = encodeURIComponent(JSON.stringify({ field: 'title', op: 'eq', value: 'Weekly report' }));
  const series = async () =>
    (await world.administrator.session.send('GET', `/api/v1/tasks?filter=${filter}&sort=due_at`)).body.data;
  const [first] = await series();
  assert.deepEqual([first.recurrence, first.remind_before, first.priority], ['FREQ=WEEKLY', 'P1D', 'high']);
  await page.getByRole('checkbox', { name: 'Mark “Weekly report” as done' }).click();
  await eventually(async () => (await series()).length === 2);
  const [done, next] = await series();
  assert.deepEqual([done.status, next.status, next.recurrence], ['done', 'open', 'FREQ=WEEKLY']);
  assert.equal(Date.parse(next.due_at) - Date.parse(next.remind_at), 24 * 3_600_000);
});

test('a rule of one’s own is put together by keyboard and said in words; one from elsewhere stays as it is', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/tasks?view=all');
  await page.getByRole('button', { name: 'New task' }).first().click();
  const form = page.getByRole('dialog', { name: 'New task' });
  await form.getByLabel('Title').fill('Board meeting');
  await form.getByLabel('Or due at').fill('2030-01-08T09:00');
  const choose = async (field: string, choice: string) => {
    await form.getByRole('combobox', { name: field, exact: true }).press('Enter');
    await page.getByRole('option', { name: choice, exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('option', { name: choice, exact: true }).waitFor({ state: 'detached' });
  };
  await choose('Repeats', 'Custom…');
  const rule = form.getByRole('group', { name: 'Custom' });
  await rule.getByRole('button', { name: 'Thursday' }).press('Space');
  await rule.getByRole('button', { name: 'Monday' }).press('Space');
  await rule.getByRole('textbox', { name: 'Repeat every' }).fill('2');
  await rule.getByText('Every 2 weeks on Monday and Thursday').waitFor();
  await choose('Days, weeks, months or years', 'months');
  await choose('When in the month', 'on a weekday');
  await choose('Which of them', 'second');
  await choose('Weekday', 'Tuesday');
  await choose('When it ends', 'After a number of times');
  await rule.getByRole('textbox', { name: 'How many times' }).fill('5');
  await rule.getByText('Every 2 months on the second Tuesday, 5 times').waitFor();
  assert.deepEqual(await barriers(page), []);
  await form.getByRole('button', { name: 'Create task' }).click();
  await form.waitFor({ state: 'detached' });
  const kept = async (title: string) => {
    const filter = encodeURIComponent(JSON.stringify({ field: 'title', op: 'eq', value: title }));
    return (await world.administrator.session.send('GET', `/api/v1/tasks?filter=${filter}`)).body.data[0];
  };
  assert.equal((await kept('Board meeting')).recurrence, 'FREQ=MONTHLY;INTERVAL=2;BYDAY=2TU;COUNT=5');

  const recurrence = 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1';
  await make('tasks', { title: 'Pay wages', due_at: '2030-01-31T09:00:00Z', recurrence });
  for (const [title, words] of [
    ['Pay wages', `Custom: ${recurrence}`],
    ['Board meeting', 'Every 2 months on the second Tuesday, 5 times'],
  ] as const) {
    const { recurrence: before } = await kept(title);
    await page.getByRole('button', { name: title, exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Task', exact: true });
    await dialog.getByRole('combobox', { name: 'Repeats', exact: true }).getByText(words).waitFor();
    await dialog.getByLabel('Details').fill('As ever');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    const after = await kept(title);
    assert.deepEqual([after.body, after.recurrence], ['As ever', before]);
  }
  await page.getByRole('button', { name: 'Pay wages', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Task', exact: true });
  await dialog.getByRole('combobox', { name: 'Repeats', exact: true }).click();
  await page.getByRole('option', { name: 'Every month', exact: true }).click();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  const each = 'FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1';
  assert.equal((await kept('Pay wages')).recurrence, each, 'due on a 31st, it does not leave shorter months out');
});

test('opened from the timeline of its company, a task names it; the audit log says in words how it repeats now', async (t) => {
  const company_id = await make('companies', { name: 'Timeline Mills' });
  const due_at = '2030-02-05T09:00:00Z';
  await make('tasks', {
    title: 'Ring the mill',
    due_at,
    records: [{ type: 'company', id: company_id }],
    recurrence: 'FREQ=WEEKLY',
  });
  const { page } = await world.visit(t);
  await open(page, `/companies/${company_id}`);
  await page
    .getByRole('listitem')
    .filter({ hasText: 'has a task' })
    .getByRole('button', { name: 'Ring the mill' })
    .click();
  const dialog = page.getByRole('dialog', { name: 'Task', exact: true });
  await dialog.getByRole('button', { name: 'Remove Timeline Mills' }).waitFor();
  await dialog.getByRole('combobox', { name: 'Repeats', exact: true }).click();
  await page.getByRole('option', { name: 'Every 2 weeks on Tuesday' }).click();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  await open(page, '/settings/audit');
  await page
    .getByRole('button', { name: /changed a task/ })
    .first()
    .click();
  await page.getByText('Every week → Every two weeks').waitFor();
});

test('home shows the same day', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/tasks');
  const order = page.getByRole('region', { name: 'Today' }).locator('[data-task-title]');
  await order.first().waitFor();
  const expected = await order.allTextContents();
  await open(page, '/');
  const home = page.getByRole('region', { name: 'Tasks' });
  await home.getByText('Tour of the mill').waitFor();
  const shown = await home.locator('[data-task-title]').allTextContents();
  assert.deepEqual(
    shown.filter((title) => expected.includes(title)),
    expected,
  );
});

test('a calendar address is made, shown once and closed', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/settings/calendar');
  await page.getByRole('button', { name: 'Create an address' }).click();
  const address = (await page.locator('code').textContent())!;
  assert.match(address, /\/api\/v1\/calendars\/[\w-]{43}\.ics$/);
  const feed = new URL(address).pathname;
  assert.match(await (await fetch(world.app.url + feed)).text(), /BEGIN:VCALENDAR/);
  assert.deepEqual(await barriers(page), []);
  await page.reload();
  await page.getByRole('button', { name: 'Create a new address' }).waitFor();
  assert.equal(await page.locator('code').count(), 0);
  await page.getByRole('button', { name: 'Turn off the address' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Turn off the address' }).click();
  await page.getByRole('button', { name: 'Create an address' }).waitFor();
  assert.equal((await fetch(world.app.url + feed)).status, 404);
});

test('a page that is left open over night begins the next day by itself', async (t) => {
  const { page } = await world.visit(t);
  await make('tasks', { title: 'Of this day', due_at: hours(0) });
  await page.clock.install();
  await open(page, '/tasks?view=all');
  await page.getByRole('region', { name: 'Today' }).getByText('Of this day').waitFor();
  await page.clock.setSystemTime(Date.now() + 24 * 3_600_000);
  await page.clock.fastForward(15_000);
  const late = page.getByRole('region', { name: 'Overdue' }).getByRole('listitem').filter({ hasText: 'Of this day' });
  await late.filter({ hasText: 'yesterday' }).waitFor({ timeout: 5_000 });
});
