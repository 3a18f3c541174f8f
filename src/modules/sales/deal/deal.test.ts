import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { type Client, startTestApp, type TestApp } from '../../../../test/harness/app.ts';

suite('deals', () => {
  let app: TestApp;
  let api: Client;
  before(async () => {
    app = await startTestApp();
    ({ api } = await (await app.tenant()).as('manager'));
  });
  after(() => app.stop());

  test('a name is enough: the first deal comes with a pipeline, in its first open stage', async () => {
    const made = await api('POST', '/api/v1/deals', { name: 'Racks for the new hall' });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    console.log(JSON.stringify(made.body));
  });
});
