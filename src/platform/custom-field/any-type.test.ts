import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Client, type SharedTestApp, sharedTestApp } from '../../../test/harness/app.ts';

let app: SharedTestApp;
let api: Client;
before(async () => {
  app = await sharedTestApp();
  api = (await (await app.tenant()).as('admin')).api;
});

async function made(path: string, body: object) {
  const answer = await api('POST', `/api/v1/${path}`, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}
const found = async (path: string, filter: object) =>
  (await api('GET', `/api/v1/${path}?filter=${encodeURIComponent(JSON.stringify(filter))}`)).body.data.length;

test('notes, activities, products and tasks have custom fields too, which filter and lead to records of any type', async () => {
  const contact = await made('contacts', { given_name: 'Ada' });
  const product = await made('products', { name: 'Lens' });
  const kinds: [string, string, object][] = [
    ['note', 'notes', { body: '<p>Hello</p>', records: [{ type: 'contact', id: contact.id }] }],
    ['activity', 'activities', { kind: 'call', subject: 'Called', records: [{ type: 'contact', id: contact.id }] }],
    ['product', 'products', { name: 'Glass' }],
    ['task', 'tasks', { title: 'Call' }],
  ];
  for (const [resource, path, body] of kinds) {
    await made('custom-fields', { resource, key: 'rank', label: 'Rank', type: 'integer' });
    await made('custom-fields', { resource, key: 'about', label: 'About', type: 'product' });
    const row = await made(path, { ...body, custom: { rank: 7, about: product.id } });
    assert.deepEqual(row.custom, { rank: 7, about: product.id }, path);
    assert.equal(await found(path, { field: 'custom.rank', op: 'gt', value: 5 }), 1, path);
    const named = { any: 'custom.about', where: { field: 'name', op: 'eq', value: 'Lens' } };
    assert.equal(await found(path, named), 1, path);
    const unknown = await api('POST', `/api/v1/${path}`, {
      ...body,
      ...(path === 'products' && { name: 'Mirror' }),
      custom: { about: contact.id },
    });
    assert.equal(unknown.body.errors[0].code, 'no_such_record', path);
    await made('saved-views', { resource, name: 'Ranked', layout: 'table', sort: 'custom.rank' });
  }
  const refused = await api('POST', '/api/v1/custom-fields', { resource: 'role', key: 'x', label: 'X', type: 'text' });
  assert.equal(refused.body.errors[0].field, 'resource');
});
