import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { client, startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { toProblem } from '../http/errors.ts';
import { withContext } from '../tenancy/context.ts';
import { runInScope } from '../usage/scope.ts';
import { sql } from './database.ts';

let app: TestApp;
before(async () => {
  app = await startTestApp({ HOLDFAST_ROLE: 'web' });
});
after(() => app.stop());

const request = { tenant_id: null, operation: 'GET /test', interactive: true };

test('a read that somebody waits for is stopped after seconds and says so; one of a job is not', async () => {
  const { tenant_id } = await app.tenant();
  const { user_id } = await (await app.tenant()).as('admin');
  const actor = { kind: 'user', tenant_id, user_id, credential_id: null, rights: { '*': 'all' } } as const;
  const read = (seconds: number) =>
    withContext(app.app.services.db, actor, ({ tx }) => tx.one(sql`select pg_sleep(${seconds})`), { mode: 'read' });
  const began = performance.now();
  const inRequest = runInScope(request, () => read(30)).then(
    () => assert.fail('It was not stopped'),
    (error: unknown) => toProblem(error),
  );
  const inJob = read(4.5);
  const problem = await inRequest;
  assert.ok(performance.now() - began < 6_000);
  assert.deepEqual([problem?.status, problem?.code], [503, 'query_timeout']);
  assert.ok(problem?.headers['retry-after']);
  await inJob;
});

test('what the planner thinks too dear is refused before it runs; a plain list is not asked for its cost', async () => {
  const { key } = await (await app.tenant()).as('admin');
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  await owner.query(`alter database ${owner.escapeIdentifier(owner.database!)} set cpu_operator_cost = 1e9`);
  await owner.end();
  const node = await app.secondNode({ HOLDFAST_ROLE: 'web' });
  const api = client(node.address!, key);
  const filter = JSON.stringify({ any: 'company', where: { field: 'name', op: 'contains', value: 'x' } });
  const refused = await api('GET', `/api/v1/contacts?filter=${encodeURIComponent(filter)}`);
  assert.deepEqual([refused.status, refused.body.code], [422, 'query_too_expensive']);
  assert.match(refused.body.detail, /exact count/);
  const plain = await api('GET', '/api/v1/contacts?count=true');
  assert.equal(plain.status, 200);
  assert.match(plain.headers.get('ratelimit-policy') ?? '', /^"caller";q=\d+;w=60$/);
  assert.match(plain.headers.get('ratelimit') ?? '', /^"caller";r=\d+;t=60$/);
});
