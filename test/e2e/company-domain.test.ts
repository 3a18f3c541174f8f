import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open, picture, setUp } from './browser.ts';

const world = setUp();

test('the domain of a company is refused at its field unless it is one, and taken out of an address', async (t) => {
  const { page, expectRefusal } = await world.visit(t);
  await open(page, '/companies?create=true');
  const form = page.getByRole('dialog', { name: 'New company' });
  await form.getByRole('textbox', { name: 'Name' }).fill('Hosted Ltd');
  const domain = form.getByRole('textbox', { name: 'Domain' });
  await domain.fill('not a domain!!');
  expectRefusal(422);
  await form.getByRole('button', { name: 'Create company' }).click();
  await form.getByText('Write a domain such as example.com').waitFor();
  assert.equal(await domain.getAttribute('aria-invalid'), 'true');
  await domain.and(page.locator(':focus')).waitFor();
  await picture(page, 'domain-refused');
  await domain.fill('https://www.hosted.example/about');
  await form.getByRole('button', { name: 'Create company' }).click();
  await form.waitFor({ state: 'detached' });
  const list = page.getByRole('grid', { name: 'Companies' });
  await list
    .getByRole('row', { name: /Hosted Ltd/ })
    .getByText('hosted.example', { exact: true })
    .waitFor();
});
