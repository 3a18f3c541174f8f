import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barriers, open, phone, picture, settled, setUp, textOf } from './browser.ts';

const world = setUp(async ({ tenant }) => {
  const { api } = await tenant.as('admin', 'filler');
  for (const [name, amount] of [['One', '100.00'], ['Two', '250.00']] as const) {
    const { body } = await api('POST', '/api/v1/deals', { name, amount });
    await api('POST', `/api/v1/deals/${body.id}/closure`, { outcome: 'won' });
  }
}); // biome-ignore format: pairs

test('a dashboard is put together, arranged by keyboard, taken back, and leads to the rows behind its numbers', async (t) => {
  const { page } = await world.visit(t);
  const titles = () => page.getByRole('main').getByRole('region').getByRole('heading', { level: 2 }).allTextContents();
  await open(page, '/dashboard');
  await page.getByRole('button', { name: 'Dashboards' }).click();
  await page.getByRole('menuitem', { name: 'New dashboard…' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Mine');
  await page.getByRole('button', { name: 'Create dashboard' }).click();
  await page.getByRole('link', { name: 'Mine' }).waitFor();

  for (const figure of ['Won value', 'Won deals']) {
    await page.getByRole('button', { name: 'Add tile' }).first().click();
    const panel = page.getByRole('complementary', { name: 'New tile' });
    const first = panel.getByRole('combobox', { name: 'Figure' });
    await first.and(page.locator(':focus')).waitFor();
    await first.click();
    await page.getByRole('option', { name: figure, exact: true }).click();
    await panel.getByRole('combobox', { name: 'By' }).click();
    await page.getByRole('option', { name: 'All together' }).click();
    await panel.getByRole('button', { name: 'Add tile' }).click();
    await panel.waitFor({ state: 'detached' });
  }
  assert.deepEqual(await titles(), ['Won value', 'Won deals']);
  await page.getByRole('button', { name: /^Move Won deals/ }).press('ArrowLeft');
  await page.getByText('Tile moved').waitFor();
  await settled(page);
  assert.deepEqual(await titles(), ['Won deals', 'Won value']);
  await page.getByRole('button', { name: 'Undo' }).first().click();
  await page.getByText('Undone').waitFor();
  await settled(page);
  assert.deepEqual(await titles(), ['Won value', 'Won deals']);
  assert.deepEqual(await barriers(page), []);

  await page.getByRole('region', { name: 'Won value', exact: true }).getByRole('link').click();
  await page.getByText('2 deals · $350').waitFor();
  assert.deepEqual(await barriers(page), []);
});

test('a tile is edited and saved on its own dashboard, whichever one looks at meanwhile', async (t) => {
  const { page } = await world.visit(t);
  const { api } = await world.tenant.as('admin', 'filler');
  const boards: string[] = [];
  for (const name of ['First board', 'Second board'])
    boards.push((await api('POST', '/api/v1/dashboards', { name, shared: true })).body.id);
  const tile = {
    dashboard_id: boards[0],
    figure: 'won_value',
    grouping: 'period',
    chart: 'bar',
    range: 'all',
    period: 'month',
  };
  assert.equal((await api('POST', '/api/v1/dashboard-tiles', tile)).status, 201);
  const tilesOf = async (board: string | undefined) => {
    const filter = encodeURIComponent(JSON.stringify({ field: 'dashboard_id', op: 'eq', value: board }));
    return (await api('GET', `/api/v1/dashboard-tiles?filter=${filter}`)).body.data.map(
      ({ title }: { title: string }) => title,
    );
  };
  const panel = page.getByRole('complementary', { name: 'Edit tile' });
  const edit = async (title: string, into: string) => {
    await page.getByRole('button', { name: `More about ${title}` }).click();
    await page.getByRole('menuitem', { name: 'Edit tile…' }).click();
    await panel.getByRole('combobox', { name: 'Figure' }).and(page.locator(':focus')).waitFor();
    await panel.getByLabel('Title').fill(into);
  };
  const save = async () => {
    await panel.getByRole('button', { name: 'Save' }).click();
    await panel.waitFor({ state: 'detached' });
  };
  await open(page, `/dashboard?board=${boards[0]}`);
  await edit('Won value by month', 'Sold');
  await save();
  await page.getByRole('region', { name: 'Sold' }).waitFor();
  assert.deepEqual(await tilesOf(boards[0]), ['Sold']);

  await edit('Sold', 'Sold again');
  await page.getByRole('link', { name: 'Second board' }).click();
  await page.getByText('Nothing on this dashboard yet').waitFor();
  assert.equal(await panel.count(), 0);
  await page.getByRole('link', { name: 'First board' }).click();
  await save();
  assert.deepEqual([await tilesOf(boards[0]), await tilesOf(boards[1])], [['Sold again'], []]);

  // What is typed while it is sent is not lost, and makes no second tile.
  const held = Promise.withResolvers<void>();
  await page.route('**/api/v1/dashboard-tiles', async (route) => {
    if (route.request().method() === 'POST') await held.promise;
    await route.continue();
  });
  await page.getByRole('button', { name: 'Add tile' }).click();
  const fresh = page.getByRole('complementary', { name: 'New tile' });
  await fresh.getByLabel('Title').fill('Half');
  await fresh.getByRole('button', { name: 'Add tile' }).click();
  await fresh.getByLabel('Title').fill('Half a title');
  held.resolve();
  await panel.waitFor();
  assert.deepEqual(await tilesOf(boards[0]), ['Sold again', 'Half']);
  await save();
  assert.deepEqual(await tilesOf(boards[0]), ['Sold again', 'Half a title']);
});

test('with its panel open a tile is resized and removed, and what somebody else changed meanwhile is not overwritten', async (t) => {
  const { page, expectRefusal } = await world.visit(t);
  const { api } = await world.tenant.as('admin', 'filler');
  const board = (await api('POST', '/api/v1/dashboards', { name: 'At work', shared: true })).body.id;
  const form = {
    dashboard_id: board,
    title: 'Sold',
    figure: 'won_value',
    grouping: 'period',
    chart: 'bar',
    range: 'all',
    period: 'month',
    width: 1,
  };
  const { id } = (await api('POST', '/api/v1/dashboard-tiles', form)).body;
  const tile = `/api/v1/dashboard-tiles/${id}`;
  const panel = page.getByRole('complementary', { name: 'Edit tile' });
  const choose = async (action: string) => {
    await page.getByRole('button', { name: /^More about/ }).click();
    await page.getByRole('menuitem', { name: action }).click();
  };
  await open(page, `/dashboard?board=${board}`);
  await choose('Edit tile…');
  await choose('Wider');
  assert.match(await textOf(panel.getByRole('combobox', { name: 'Width' })), /2/);
  await panel.getByRole('button', { name: 'Save' }).click();
  await panel.waitFor({ state: 'detached' });
  assert.equal((await api('GET', tile)).body.width, 2);

  await choose('Edit tile…');
  await panel.getByLabel('Title').fill('Mine');
  const readAgain = page.waitForResponse((answer) => answer.url().includes('/dashboard-tiles?'));
  assert.equal((await api('PATCH', tile, { title: 'Theirs' })).status, 200);
  await readAgain;
  expectRefusal(412);
  await panel.getByRole('button', { name: 'Save' }).click();
  await panel.getByText('Somebody changed this in the meantime.').waitFor();
  assert.equal((await api('GET', tile)).body.title, 'Theirs');
  await panel.getByRole('button', { name: 'Save' }).click();
  await panel.waitFor({ state: 'detached' });
  assert.equal((await api('GET', tile)).body.title, 'Mine');

  assert.equal((await api('POST', '/api/v1/dashboard-tiles', { ...form, title: 'Left' })).status, 201);
  const more = (title: string) => page.getByRole('button', { name: `More about ${title}` });
  await more('Left').waitFor();
  await more('Mine').click();
  await page.getByRole('menuitem', { name: 'Edit tile…' }).click();
  await more('Mine').click();
  await page.getByRole('menuitem', { name: 'Remove tile' }).click();
  await panel.waitFor({ state: 'detached' });
  await more('Mine').waitFor({ state: 'detached' });
  await more('Left').and(page.locator(':focus')).waitFor({ timeout: 5_000 });
  await choose('Remove tile');
  await page.getByText('Nothing on this dashboard yet').waitFor();
  await page.locator('main:focus').waitFor({ timeout: 5_000 });
});

test('open deals in several currencies are one number, and what has no rate is told beside it until somebody sets one', async (t) => {
  const { page } = await world.visit(t);
  const { api } = await world.tenant.as('admin', 'filler');
  const rate = (currency: string, rate: string) =>
    api('POST', '/api/v1/currency-rates', { currency, valid_on: '2020-01-01', rate });
  await rate('EUR', '1.105');
  for (const [amount, currency] of [
    ['20.00', 'USD'],
    ['100.00', 'EUR'],
    ['7.00', 'CHF'],
  ] as const)
    assert.equal(
      (
        await api('POST', '/api/v1/deals', {
          name: `In ${currency}`,
          amount,
          currency,
          owner_id: world.administrator.user_id,
        })
      ).status,
      201,
    );
  await open(page, '/');
  await page.getByText('≈ $131').waitFor();
  await page
    .getByText(/^Not included, because a rate is missing: CHF.7/)
    .first()
    .waitFor();
  await open(page, '/dashboard');
  const tile = page.getByRole('region', { name: 'Weighted forecast', exact: true });
  const left = tile.getByRole('note');
  assert.match(await textOf(left), /Not included, because a rate is missing: CHF.1\.40\. Set rates/);
  assert.deepEqual(await barriers(page), []);
  const weighted = await textOf(tile.getByRole('link').first());
  await tile.getByRole('link').first().click();
  await page.getByText('3 deals · ').waitFor();
  await page.getByText('weighted by the probability of their stages').waitFor();
  assert.match(await textOf(page.getByRole('status')), /\$26\.10/);
  assert.match(weighted, /^≈ \$26/);
  assert.match(await textOf(page.getByRole('row', { name: /In EUR/ })), /€100.*× 20%/);
  assert.deepEqual(await barriers(page), []);

  await open(page, '/dashboard');
  await left.getByRole('link', { name: 'Set rates' }).click();
  await page.getByRole('heading', { name: 'Currency rates' }).first().waitFor();
  await open(page, '/dashboard');
  await left.waitFor();
  await rate('CHF', '2');
  await left.waitFor({ state: 'detached' });
});

test('a target that is set shows how far one is, and is taken back', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/dashboard?range=this_month');
  await page.getByRole('button', { name: 'Dashboards' }).click();
  await page.getByRole('menuitem', { name: 'Targets…' }).click();
  await page.getByRole('dialog', { name: 'Targets' }).getByRole('button', { name: 'New target' }).click();
  const form = page.getByRole('dialog', { name: 'New target' });
  await form.getByLabel('Amount').first().fill('1000');
  await form.getByRole('button', { name: 'Add target' }).click();
  await page.getByRole('list', { name: 'Targets' }).getByText('$1,000').waitFor();
  await page.keyboard.press('Escape');
  const towards = page.getByText(/^\d+% of \$1/);
  await towards.first().waitFor();
  await page.getByRole('button', { name: 'Undo' }).first().click();
  await towards.first().waitFor({ state: 'detached' });
});

test('the forecast says what is expected in each month, and what has no day to close on, with its rows', async (t) => {
  const { page } = await world.visit(t);
  const { api } = await world.tenant.as('admin', 'filler');
  for (const [name, expected_close_on] of [
    ['Soon', '2031-03-09'],
    ['Later', '2031-05-20'],
    ['Far away', '2099-12-31'],
    ['Some day', null],
  ] as const)
    assert.equal(
      (
        await api('POST', '/api/v1/deals', {
          name,
          amount: '1000.00',
          expected_close_on,
          owner_id: null,
          source: 'forecast',
        })
      ).status,
      201,
    );
  await open(page, '/dashboard');
  const tile = page.getByRole('region', { name: 'Weighted forecast by month', exact: true });
  await tile.getByRole('button', { name: 'Show as a table' }).click();
  for (const month of ['Mar 2031', 'Apr 2031', 'May 2031'])
    assert.match(
      await textOf(tile.getByRole('row', { name: new RegExp(month) })),
      month.startsWith('Apr') ? /\$0/ : /\$200.*1 deal/,
    );
  assert.match(await textOf(tile.getByRole('row', { name: /2099/ })), /– Dec 31, 2099.*\$200.*1 deal/);
  const undated = tile.getByRole('row', { name: /No date/ });
  assert.match(await textOf(undated), /\$2\d\d/);
  await undated.getByRole('link').click();
  await page.getByRole('row', { name: /Some day/ }).waitFor();
  assert.equal(await page.getByRole('row', { name: /Soon|Later|Far away/ }).count(), 0);
  assert.deepEqual(await barriers(page), []);
});

test('a tile by region shows the regions of companies, or of teams where the reader chooses these', async (t) => {
  const { page } = await world.visit(t);
  const { api } = await world.tenant.as('admin', 'filler');
  const { user_id: owner_id } = world.administrator;
  const team = (await api('POST', '/api/v1/teams', { name: 'Coast', region: 'Seaside' })).body;
  assert.equal((await api('PUT', `/api/v1/teams/${team.id}/members/${owner_id}`)).status, 200);
  const company = (await api('POST', '/api/v1/companies', { name: 'Alm AG', region: 'Highlands' })).body;
  const deal = (
    await api('POST', '/api/v1/deals', { name: 'Of both', amount: '40.00', company_id: company.id, owner_id })
  ).body;
  await api('POST', `/api/v1/deals/${deal.id}/closure`, { outcome: 'won' });
  const board = (await api('POST', '/api/v1/dashboards', { name: 'Regions', shared: true })).body;
  const tile = {
    dashboard_id: board.id,
    figure: 'won_value',
    grouping: 'region',
    chart: 'bar',
    range: 'all',
    period: 'month',
  };
  assert.equal((await api('POST', '/api/v1/dashboard-tiles', tile)).status, 201);
  await open(page, `/dashboard?board=${board.id}`);
  const shown = page.getByRole('region', { name: 'Won value by region', exact: true });
  await shown.getByRole('button', { name: 'Show as a table' }).click();
  await shown.getByRole('row', { name: /Highlands.*\$40/ }).waitFor();
  assert.equal(await shown.getByText('Seaside').count(), 0);
  await page.getByRole('combobox', { name: 'Regions' }).click();
  await page.getByRole('option', { name: 'Region of the team' }).click();
  await shown.getByRole('row', { name: /Seaside.*\$40/ }).waitFor();
  assert.equal(await shown.getByText('Highlands').count(), 0);
  assert.match(page.url(), /region_of=team/);
  assert.deepEqual(await barriers(page), []);
});

test('the overview is sent by e-mail on a schedule, like a dashboard of one’s own', async (t) => {
  const { page } = await world.visit(t);
  await open(page, '/dashboard');
  await page.getByRole('button', { name: 'Dashboards' }).click();
  await page.getByRole('menuitem', { name: 'Send by e-mail…' }).click();
  await page.getByRole('dialog', { name: '“Overview” by e-mail' }).getByText('No recipients yet.').waitFor();
  await page.getByRole('button', { name: 'Add a person' }).click();
  await page
    .getByRole('dialog', { name: 'Send “Overview” by e-mail' })
    .getByRole('button', { name: 'Send by e-mail' })
    .click();
  await page.getByText('On Mondays at 8').waitFor();
  assert.deepEqual(await barriers(page), []);
  const { body } = await world.administrator.session.send('GET', '/api/v1/dashboard-mailings');
  assert.deepEqual([body.data.length, body.data[0].dashboard_id, body.data[0].recipient.name], [1, null, 'Ada Admin']);
});

test('the overview fits a phone, and each chart has its table and its files', async (t) => {
  const { page, expectOffline } = await world.visit(t, world.administrator, phone);
  await open(page, '/dashboard');
  const tile = page.getByRole('region', { name: 'Won value by owner', exact: true });
  await tile.getByRole('button', { name: 'Show as a table' }).click();
  assert.match(await textOf(tile.getByRole('table')), /\$350/);
  for (const [name, start] of [
    ['CSV', '\ufeffOwner,Won value (USD),Records'],
    ['SVG', '<svg'],
    ['PNG', '\ufffdPNG'],
  ] as const) {
    await tile.getByRole('button', { name: /^More about/ }).click();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: `Download as ${name}` }).click(),
    ]);
    assert.equal(file.suggestedFilename(), `won-value-by-owner.${name.toLowerCase()}`);
    const chunks: Buffer[] = [];
    for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer);
    assert.ok(new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.concat(chunks)).startsWith(start), name);
  }
  const figures = ['Open value', 'Weighted forecast'].map((name) =>
    page.getByRole('region', { name, exact: true }).boundingBox(),
  );
  const [first, second] = await Promise.all(figures);
  assert.equal(first!.y, second!.y, 'two figures stand beside each other');
  const cut = `[...document.querySelectorAll('section header p')].filter((note) => note.scrollWidth > note.clientWidth).map((note) => note.textContent)`;
  assert.deepEqual(await page.evaluate(cut), []);
  assert.deepEqual(await barriers(page), []);

  expectOffline();
  await page.route('**/analytics/dashboard?*', (route) => route.abort('internetdisconnected'));
  await page.getByRole('combobox', { name: 'Period' }).click();
  await page.getByRole('option', { name: 'Last 90 days' }).click();
  await tile.getByText('Could not be read').waitFor();
  await settled(page);
  assert.equal(await page.getByText(/Check your connection/).count(), 1, 'the reason once');
  assert.deepEqual(await barriers(page), []);
  await page.unroute('**/analytics/dashboard?*');
  assert.equal(await page.getByRole('button', { name: 'Try again' }).count(), 1);
  await page.getByRole('button', { name: 'Try again' }).click();
  await tile.getByRole('button', { name: 'Show as a chart' }).waitFor();
  assert.equal(await page.getByText('Could not be read').count(), 0);
});

test('the rows behind what is open say of which company a deal is, and when it is to close', async (t) => {
  const { id: company_id } = await world.create('companies', { name: 'Open Mills' });
  const filter = { field: 'company_id', op: 'eq', value: company_id };
  const closes = { company_id, amount: '40.00', expected_close_on: '2031-05-04' };
  for (const name of ['Renewal', 'Renewal']) await world.create('deals', { ...closes, name });
  const rows = `/dashboard/rows?resource=deal&where=${encodeURIComponent(JSON.stringify(filter))}`;
  for (const kind of [undefined, phone]) {
    const { page } = await world.visit(t, world.administrator, kind);
    await open(page, rows);
    await page.getByText('2 deals').waitFor();
    if (!kind) await page.getByRole('columnheader', { name: 'Expected close' }).waitFor({ timeout: 5_000 });
    for (const text of ['Open Mills', 'May 4, 2031'])
      assert.equal(await page.getByRole('row').getByText(text).filter({ visible: true }).count(), 2, text);
    assert.deepEqual(await barriers(page), []);
    await picture(page, kind ? 'rows-open-phone' : 'rows-open');
    if (kind) continue;
    await open(page, '/');
    await page
      .getByRole('region', { name: 'Your next deals to close' })
      .getByText('Open Mills')
      .first()
      .waitFor({ timeout: 5_000 });
  }
});
