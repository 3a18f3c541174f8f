import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../harness/app.ts';
import { barriers, open, setUp } from './browser.ts';

const world = setUp();

async function send(method: string, path: string, body?: object) {
  const answer = await world.administrator.session.send(method, `/api/v1/${path}`, body);
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
  return answer.body;
}

test('selected companies are put into a pipeline, each with a deal of its own, and taken back as a whole', async (t) => {
  for (const name of ['Blue Ltd', 'Green Ltd', 'Red Ltd']) await send('POST', 'companies', { name });
  await send('POST', 'deals', { name: 'What makes the first pipeline' });
  const [pipeline] = (await send('GET', 'pipelines')).data;
  const stage = pipeline.stages[1];
  const deals = async () =>
    (await send('GET', 'deals?sort=name')).data.filter(({ name }: { name: string }) => /Ltd/.test(name));

  const { page } = await world.visit(t);
  await open(page, '/companies?sort=name');
  for (const name of ['Blue Ltd', 'Red Ltd']) await page.getByRole('checkbox', { name: `Select ${name}` }).click();
  await page.getByRole('region', { name: 'Selection' }).getByRole('button', { name: 'Add to pipeline' }).click();
  const dialog = page.getByRole('dialog', { name: /Start a deal for/ });
  await dialog.getByRole('combobox', { name: 'Stage' }).click();
  await page.getByRole('option', { name: stage.name }).click();
  await dialog.getByLabel('Subject').fill('Renewal');
  assert.deepEqual(await barriers(page), []);
  await dialog.getByRole('button', { name: 'Start deals' }).click();
  const done = page.getByRole('dialog').filter({ hasText: '2 records put into the pipeline' });
  await done.waitFor();
  assert.deepEqual(
    (await deals()).map(({ name, stage_id }: { name: string; stage_id: string }) => [name, stage_id]),
    [
      ['Blue Ltd: Renewal', stage.id],
      ['Red Ltd: Renewal', stage.id],
    ],
  );
  await done.getByRole('button', { name: 'Undo' }).click();
  await eventually(async () => (await deals()).length === 0);

  // Of a contact who belongs to several companies, it is said which one the deal is with.
  await world.create('contacts', { given_name: 'Bea' });
  await open(page, '/contacts');
  await page.getByRole('checkbox', { name: 'Select Bea' }).click();
  await page.getByRole('region', { name: 'Selection' }).getByRole('button', { name: 'Add to pipeline' }).click();
  await dialog.getByText('with the same owner and their main company').waitFor();
});

test('what deals need is asked for in the dialog', async (t) => {
  await send('POST', 'companies', { name: 'Grey Ltd' });
  await send('POST', 'custom-fields', {
    resource: 'deal',
    key: 'contract',
    label: 'Contract',
    type: 'text',
    required: true,
  });
  const { page, expectRefusal } = await world.visit(t);
  await open(page, '/companies?sort=name');
  await page.getByRole('checkbox', { name: 'Select Grey Ltd' }).click();
  await page.getByRole('region', { name: 'Selection' }).getByRole('button', { name: 'Add to pipeline' }).click();
  const dialog = page.getByRole('dialog', { name: /Start a deal for/ });
  expectRefusal(422);
  await dialog.getByRole('button', { name: 'Start deals' }).click();
  await dialog.getByText('This is required').waitFor();
  await dialog.getByLabel('Contract').fill('K-1');
  assert.deepEqual(await barriers(page), []);
  await dialog.getByRole('button', { name: 'Start deals' }).click();
  await page.getByRole('dialog').filter({ hasText: '1 record put into the pipeline' }).waitFor();
  const { data } = await send('GET', 'deals?sort=-id');
  assert.deepEqual([data[0].name, data[0].custom], ['Grey Ltd', { contract: 'K-1' }]);
});
