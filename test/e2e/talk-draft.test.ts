import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open, setUp } from './browser.ts';

const world = setUp();

test('a call whose draft is found again was when one began to write it down', async (t) => {
  const { session } = world.administrator;
  const { id } = (await session.send('POST', '/api/v1/contacts', { given_name: 'Called' })).body;
  const { page } = await world.visit(t);
  const subject = page.getByRole('textbox', { name: 'Subject' });
  const begin = async () => {
    await open(page, `/contacts/${id}`);
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    await subject.waitFor();
  };
  const day_ms = 86_400_000;
  const begun = Date.now() - day_ms;
  await page.clock.setFixedTime(begun);
  await begin();
  await subject.fill('Half a call');
  await page.clock.setFixedTime(begun + day_ms);
  await begin();
  await page.getByText('This is what you typed before.').waitFor();
  await page.getByRole('button', { name: 'Log call' }).click();
  await page.getByText('Call logged').waitFor();
  const { body } = await session.send('GET', `/api/v1/contacts/${id}/timeline?kinds=activity`);
  const off_ms = Date.parse(body.data[0].activity.occurred_at) - begun;
  assert.ok(Math.abs(off_ms) < 60_000, `${off_ms} ms`);
});
