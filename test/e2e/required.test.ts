import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { eventually } from '../harness/app.ts';
import { barriers, open, picture, setUp } from './browser.ts';

interface Stage {
  id: string;
  name: string;
}
let stages: [Stage, Stage, Stage, Stage];

const world = setUp(async ({ administrator }) => {
  const { body } = await administrator.session.send('POST', '/api/v1/pipelines', { name: 'Sales' });
  stages = body.stages;
  await create('products', { name: 'Pump', unit_price: '199.90' });
  await create('products', { name: 'Pulley', unit_price: '9.90', active: false });
});

const { create } = world;

async function demand({ id }: Stage, required_fields: string[]): Promise<void> {
  const { status } = await world.administrator.session.send('PATCH', `/api/v1/stages/${id}`, { required_fields });
  assert.equal(status, 200);
}

const read = async (id: string) => (await world.administrator.session.send('GET', `/api/v1/deals/${id}`)).body;

const card = (page: Page, stage: Stage, name: string) =>
  page.getByRole('region', { name: stage.name, exact: true }).getByRole('button', { name: new RegExp(name) });

const hasFocus = (shown: Locator) => shown.and(shown.page().locator(':focus')).waitFor();

test('a card that comes to a stage without what it asks for waits for it in a dialog, and goes back when that is left', async (t) => {
  const [from, to] = stages;
  await create('custom-fields', { resource: 'deal', key: 'tier', label: 'Tier', type: 'select', options: ['Gold'] });
  await demand(to, ['expected_close_on', 'custom.tier']);
  const { id } = await create('deals', { name: 'Dam', stage_id: from.id });
  const { page, expectRefusal } = await world.visit(t);
  expectRefusal(422);
  await open(page, '/deals?layout=board');
  const dialog = page.getByRole('dialog', { name: 'The new stage requires more' });
  const drag = () => card(page, from, 'Dam').dragTo(page.getByRole('region', { name: to.name, exact: true }));

  await drag();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.waitFor({ state: 'detached' });
  await hasFocus(card(page, from, 'Dam'));
  assert.equal((await read(id)).stage_id, from.id);

  await page.keyboard.press('Shift+ArrowRight');
  await dialog.getByLabel('Expected close').fill('2027-01-31');
  await dialog.getByRole('combobox', { name: 'Tier' }).click();
  await page.getByRole('option', { name: 'Gold' }).click();
  assert.deepEqual(await barriers(page), []);
  await dialog.getByRole('button', { name: 'Save and move' }).click();
  await dialog.waitFor({ state: 'detached' });
  await hasFocus(card(page, to, 'Dam'));
  const { stage_id, expected_close_on, custom } = await read(id);
  assert.deepEqual([stage_id, expected_close_on, custom], [to.id, '2027-01-31', { tier: 'Gold' }]);
});

test('a stage asks for products, which make the amount it asks for too, and then for the rest', async (t) => {
  const [from, , to] = stages;
  await demand(to, ['amount', 'source', 'lines']);
  const { id } = await create('deals', { name: 'Weir', stage_id: from.id });
  const { page, expectRefusal } = await world.visit(t);
  expectRefusal(422);
  await open(page, '/deals?layout=board');
  await card(page, from, 'Weir').dragTo(page.getByRole('region', { name: to.name, exact: true }));
  const products = page.getByRole('dialog', { name: 'The new stage requires products' });
  const go = products.getByRole('button', { name: 'Save and move' });
  assert.ok(await go.isDisabled(), 'without a product it does not go on');
  await products.getByRole('combobox', { name: 'Product' }).fill('Pu');
  await page.getByRole('option', { name: 'Pump' }).waitFor();
  assert.equal(await page.getByRole('option', { name: 'Pulley' }).count(), 0, 'is not offered');
  await page.getByRole('option', { name: 'Pump' }).click();
  await products.getByLabel('Quantity').fill('2');
  assert.deepEqual(await barriers(page), []);
  await picture(page, 'required-products');
  await go.click();

  const rest = page.getByRole('dialog', { name: 'The new stage requires more' });
  await rest.getByLabel('Source').fill('Fair');
  assert.equal(await rest.getByLabel('Amount').count(), 0);
  await rest.getByRole('button', { name: 'Save and move' }).click();
  await rest.waitFor({ state: 'detached' });
  await hasFocus(card(page, to, 'Weir'));
  const { stage_id, amount, source, lines } = await read(id);
  assert.deepEqual([stage_id, amount, source, lines.length], [to.id, '399.80', 'Fair', 1]);
});

test('an administrator has a stage ask for products, and closing asks for them too', async (t) => {
  const [from, , , won] = stages;
  const { id } = await create('deals', { name: 'Lock', stage_id: from.id });
  const { page, expectRefusal } = await world.visit(t);
  expectRefusal(422);
  await open(page, '/settings/pipelines');
  await page.getByRole('button', { name: `Edit ${won.name}`, exact: true }).click();
  const form = page.getByRole('dialog', { name: 'Edit stage' });
  await form.getByRole('checkbox', { name: 'Products' }).click();
  await form.getByRole('button', { name: 'Save' }).click();
  await form.waitFor({ state: 'detached' });

  await open(page, `/deals/${id}`);
  await page.getByRole('button', { name: 'Won' }).click();
  await page.getByRole('dialog', { name: 'Mark the deal as won' }).getByRole('button', { name: 'Mark as won' }).click();
  const products = page.getByRole('dialog', { name: 'The new stage requires products' });
  await products.getByRole('combobox', { name: 'Product' }).fill('Pu');
  await page.getByRole('option', { name: 'Pump' }).click();
  await products.getByRole('button', { name: 'Save and move' }).click();
  await eventually(async () => (await read(id)).status === 'won');
  await page.getByRole('dialog').first().waitFor({ state: 'detached' });
});

test('a stage that asks for the reason of a closing is told it in the dialog of the closing, on the board too', async (t) => {
  const pipeline = await create('pipelines', { name: 'Reasoned' });
  const [first, , , won, lost] = pipeline.stages as [Stage, Stage, Stage, Stage, Stage];
  await demand(lost, ['close_reason_id', 'source']);
  const reason = await create('close-reasons', { name: 'Too dear', outcome: 'lost' });
  const open_deal = await create('deals', { name: 'Bridge', stage_id: first.id });
  const won_deal = await create('deals', { name: 'Ferry', stage_id: won.id, source: 'Fair' });
  const { page, expectRefusal } = await world.visit(t);
  expectRefusal(422);
  const dialog = page.getByRole('dialog', { name: 'Mark the deal as lost' });
  const giveReason = async () => {
    await dialog.getByRole('combobox', { name: 'Reason' }).click();
    await page.getByRole('option', { name: 'Too dear' }).click();
    await dialog.getByRole('button', { name: 'Mark as lost' }).click();
  };
  const isLost = (id: string) =>
    eventually(async () => {
      const { status, close_reason_id } = await read(id);
      return status === 'lost' && close_reason_id === reason.id;
    });

  await open(page, `/deals/${open_deal.id}`);
  await page.getByRole('button', { name: 'Lost' }).click();
  await dialog.getByRole('button', { name: 'Mark as lost' }).click();
  await dialog.getByText('A deal needs this before it moves to').waitFor();
  assert.deepEqual(await barriers(page), []);
  await giveReason();
  const rest = page.getByRole('dialog', { name: 'The new stage requires more' });
  await rest.getByLabel('Source').fill('Fair');
  await rest.getByRole('button', { name: 'Save and move' }).click();
  await isLost(open_deal.id);

  await open(page, `/deals?layout=board&board=${pipeline.id}`);
  await card(page, won, 'Ferry').focus();
  await page.keyboard.press('Shift+ArrowRight');
  await giveReason();
  await dialog.waitFor({ state: 'detached' });
  await isLost(won_deal.id);
});

test('a deal that goes from one lost stage to another keeps the day and the note of its closing', async (t) => {
  const pipeline = await create('pipelines', { name: 'Filed' });
  const lost: Stage = pipeline.stages[4];
  const filed = await create('stages', { pipeline_id: pipeline.id, name: 'Lost, filed', kind: 'lost' });
  await demand(filed, ['close_reason_id']);
  const reason = await create('close-reasons', { name: 'Too late', outcome: 'lost' });
  const closing = { closed_on: '2026-01-15', close_note: 'They waited' };
  const { id } = await create('deals', { name: 'Harbour', stage_id: lost.id, ...closing });
  const { page, expectRefusal } = await world.visit(t);
  expectRefusal(422);
  await open(page, `/deals?layout=board&board=${pipeline.id}`);
  await card(page, lost, 'Harbour').focus();
  await page.keyboard.press('Shift+ArrowRight');
  const dialog = page.getByRole('dialog', { name: 'Mark the deal as lost' });
  await dialog.getByRole('combobox', { name: 'Reason' }).click();
  await page.getByRole('option', { name: 'Too late' }).click();
  assert.equal(await dialog.getByLabel('Closed on').count(), 0);
  assert.deepEqual(await barriers(page), []);
  await dialog.getByRole('button', { name: 'Mark as lost' }).click();
  await dialog.waitFor({ state: 'detached' });
  const { stage_id, close_reason_id, closed_on, close_note } = await read(id);
  assert.deepEqual([stage_id, close_reason_id, { closed_on, close_note }], [filed.id, reason.id, closing]);
});

test('a new deal is asked for what its first stage wants, products among it', async (t) => {
  const pipeline = await create('pipelines', { name: 'Strict' });
  await demand(pipeline.stages[0], ['source', 'amount', 'lines']);
  const { page, expectRefusal } = await world.visit(t);
  expectRefusal(422);
  await open(page, `/deals?layout=board&board=${pipeline.id}`);
  await page.getByRole('button', { name: 'New deal' }).first().click();
  const form = page.getByRole('dialog', { name: 'New deal' });
  const make = form.getByRole('button', { name: 'Create deal' });
  await form.getByRole('textbox', { name: 'Name' }).fill('Sluice');
  await make.click();
  await form.getByText('A deal needs this to begin in').first().waitFor();
  assert.equal(await form.getByText('A deal needs this to begin in').count(), 2);
  await form.getByLabel('Source').fill('Fair');
  await form.getByRole('combobox', { name: 'Product' }).fill('Pu');
  await page.getByRole('option', { name: 'Pump' }).click();
  await form.getByLabel('Quantity').fill('2');
  assert.deepEqual(await barriers(page), []);
  await picture(page, 'required-new');
  await make.click();
  await form.waitFor({ state: 'detached' });
  await card(page, pipeline.stages[0], 'Sluice').getByText('399.80').waitFor();
});
