import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectAsSystem } from '../../src/operations/connection.ts';
import { finishSwitches } from '../../src/operations/personal-sealing/finish.ts';
import { eventually } from '../harness/app.ts';
import { barriers, open, picture, setUp, textOf } from './browser.ts';

const world = setUp();

/** Moves the sealed text of one review to the other, where it does not open. */
async function damage(): Promise<void> {
  const client = await connectAsSystem(world.app.database.ownerUrl, 'sealing-test');
  await client.query(`begin; select set_config('app.keeping_content', 'on', true)`);
  await client.query('update client_review set note = (select max(note) from client_review)');
  await client.query('commit');
  await client.end();
}

/** The worker of tests does not know the role that owns the tables. */
async function finish(gives_up?: string): Promise<void> {
  const client = await connectAsSystem(world.app.database.ownerUrl, 'sealing-test');
  await finishSwitches({ client, db: world.app.app.services.db }, undefined, gives_up).finally(() => client.end());
}

test('an administrator reads what is sealed and what changes, says yes, and sees it done', async (t) => {
  const { session } = world.administrator;
  const household_id = (await session.send('POST', '/api/v1/households', { name: 'Merrow' })).body.id;
  for (const note of ['Both retire in May', 'The house is sold'])
    assert.equal((await session.send('POST', '/api/v1/client-reviews', { household_id, note })).status, 201);
  const { page } = await world.visit(t);
  await open(page, '/settings/sealed-fields');
  const sealed = page.getByRole('region', { name: 'Sealed when turned on' });
  assert.match(
    await textOf(sealed.getByRole('list')),
    /Contacts.*Last name.*Phone.*Birthday.*Reviews.*Note.*Goals.*Remark/s,
  );
  const notYet = page.getByRole('region', { name: 'Not sealed yet' });
  assert.match(await textOf(notYet.getByRole('list')), /Contacts.*E-mail/s);
  await page.getByText('Filters find out only whether such a text is empty.', { exact: false }).waitFor();
  assert.deepEqual(await barriers(page), []);
  await page.getByRole('button', { name: 'Seal personal texts' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Seal', exact: true }).click();
  await page.getByText('Personal texts are being sealed', { exact: true }).waitFor();
  await finish();
  await page.getByText('Personal texts are sealed', { exact: true }).waitFor();
  await page.getByText('2 texts are sealed.').waitFor();
  assert.deepEqual(await barriers(page), []);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('Merrow');
  await page.getByRole('option', { name: 'Merrow Household' }).waitFor();
  await page.getByText('no search finds what they say', { exact: false }).waitFor();
  assert.deepEqual(await barriers(page), []);
  await picture(page, 'palette-sealed');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Stop sealing personal texts' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Stop sealing' }).click();
  await page.getByText('Personal texts are being unsealed', { exact: true }).waitFor();
  await finish();
  await page.getByText('Personal texts are not sealed', { exact: true }).waitFor();

  // One that is damaged for good is named, and given up.
  await page.getByRole('button', { name: 'Seal personal texts' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Seal', exact: true }).click();
  await page.getByText('Personal texts are being sealed', { exact: true }).waitFor();
  await finish();
  await page.getByText('Personal texts are sealed', { exact: true }).waitFor();
  await damage();
  await page.getByRole('button', { name: 'Stop sealing personal texts' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Stop sealing' }).click();
  await page.getByText('Personal texts are being unsealed', { exact: true }).waitFor();
  await finish();
  await page.getByText('1 text does not open', { exact: false }).waitFor();
  assert.match(
    await textOf(page.getByRole('listitem').filter({ hasText: 'In the record' })),
    /Reviews · Note · In the record · Damaged/,
  );
  assert.deepEqual(await barriers(page), []);
  await page.getByRole('button', { name: 'Give up damaged texts' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Give up' }).click();
  await eventually(
    async () =>
      (await session.send('GET', '/api/v1/audit-events?resource=tenant')).body.data[0].after.damaged_texts_given_up,
  );
  await finish(world.tenant.tenant_id);
  await page.reload();
  await page.getByText('Personal texts are not sealed', { exact: true }).waitFor();
});
