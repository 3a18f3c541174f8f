import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import {
  type Answer,
  type Client,
  eventually,
  startTestApp,
  type TestApp,
  type TestTenant,
} from '../../../test/harness/app.ts';
import { findCanaries } from '../../../test/harness/canaries.ts';
import {
  answering,
  type ModelEndpoint,
  modelSettings,
  startModelEndpoint,
} from '../../../test/harness/model-endpoint.ts';
import { connectAsSystem } from '../connection.ts';
import { finishSwitches } from './finish.ts';

/** What is made of sealed texts: passages, and answers of a language model. */

/** As the connection of the job that seals is called. */
const sealer = 'derived-test-sealing';

let endpoint: ModelEndpoint;
let app: TestApp;
let tenant: TestTenant;
let api: Client;
let owner: pg.Client;
before(async () => {
  endpoint = await startModelEndpoint();
  app = await startTestApp({ OUTBOUND_HOSTS: endpoint.host });
  tenant = await app.tenant();
  api = (await tenant.as('admin')).api;
  owner = await session();
});
after(async () => {
  await owner.end();
  await app.stop();
  await endpoint.stop();
});

const good = (answer: Answer): Answer => {
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
  return answer;
};
const made = async (path: string, body: unknown) => good(await api('POST', `/api/v1/${path}`, body)).body;
const put = (on: boolean) => api('PUT', '/api/v1/tenant/personal-sealing', { on }).then(good);
async function finish(): Promise<void> {
  const client = await connectAsSystem(app.database.ownerUrl, sealer);
  await finishSwitches({ client, db: app.app.services.db }).finally(() => client.end());
}
const session = async (): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: app.database.ownerUrl });
  await client.connect();
  return client;
};
/** Until no passages are being made; nothing of it waits for its time. */
const atRest = () =>
  eventually(async () => {
    await owner.query(
      `update job set run_at = now() where tenant_id = $1 and kind like 'meaning.%' and state = 'scheduled'`,
      [tenant.tenant_id],
    );
    const { rows } = await owner.query(
      `select from job where tenant_id = $1 and kind like 'meaning.%' and state in ('ready', 'scheduled', 'running')`,
      [tenant.tenant_id],
    );
    return rows.length === 0;
  });
const countOf = async (table: string): Promise<number> =>
  (await owner.query(`select count(*)::int as n from ${table} where tenant_id = $1`, [tenant.tenant_id])).rows[0].n;

test('passages that are made of a text while the job seals it are not stored', async () => {
  const contact = (await made('contacts', { given_name: 'Bea' })).id;
  const records = [{ type: 'contact', id: contact }];
  const texts = Array.from({ length: 20 }, (_, n) => [
    `She plans her retirement and asked about the pension, number ${n}. The annuity pays from the age of sixty.`,
    `The pension and its annuity were explained for the retirement in year ${n}.`,
  ]).flat();
  const { data } = await made('notes/bulk', { data: texts.map((text) => ({ body: `<p>${text}</p>`, records })) });
  await eventually(async () => (await countOf('meaning_passage')) >= texts.length);
  await atRest();
  await put(true);
  const sees = async (what: string): Promise<boolean> => {
    const { rows } = await owner.query(
      `select from pg_stat_activity a where a.datname = current_database() and ${what.replaceAll('SEALER', `'${sealer}'`)}`,
    );
    return rows.length > 0;
  };
  const [older, holder] = [await session(), await session()];
  await older.query('begin; select 1');
  // It waits for the transactions that it found: the one that holds the table comes after them.
  const finished = finish();
  await eventually(() => sees(`a.application_name = SEALER and a.query ~ 'virtualxid' and a.state = 'idle'`));
  await holder.query('begin; lock table meaning_passage in share mode');
  await older.query('commit');
  // The job has sealed the first note, and waits where it deletes its passages.
  await eventually(() => sees(`a.application_name = SEALER and a.wait_event_type = 'Lock'`));
  // Passages are made of all of them as they are seen from outside, in the clear.
  const ids = data.map(({ id }: { id: string }) => id);
  const system = await connectAsSystem(app.database.ownerUrl, 'derived-test');
  await system.query(`select app.learn_opened($1, 'note', $2::uuid[])`, [tenant.tenant_id, ids]);
  await system.end();
  await eventually(() => sees(`a.application_name <> SEALER and a.wait_event_type = 'Lock'`));
  await holder.query('commit');
  await Promise.all([older.end(), holder.end()]);
  await finished;
  await atRest();
  assert.equal(await countOf('meaning_passage'), 0);
  await put(false);
  await finish();
  await eventually(async () => (await countOf('meaning_passage')) >= texts.length);
});

test('answers of a language model to texts that are sealed later are deleted, and others are not stored', async () => {
  good(await api('PUT', '/api/v1/language-model', modelSettings(endpoint)));
  const contact = (await made('contacts', { given_name: 'Ada' })).id;
  const records = [{ type: 'contact', id: contact }];
  await made('notes', { body: '<p>The pension plan of Ada is underfunded, says Malachit.</p>', records });
  endpoint.reply = answering(JSON.stringify({ sentences: [{ text: 'Malachit says so.', sources: ['S1'] }] }));
  const ask = async () => {
    const { made_by, is_cached, sentences } = await made('insight-answers', {
      of: 'contact',
      id: contact,
      kind: 'summary',
    });
    return [made_by, is_cached, sentences.map(({ text }: { text: string }) => text)];
  };
  assert.deepEqual(await ask(), ['model', false, ['Malachit says so.']]);
  assert.deepEqual(await ask(), ['model', true, ['Malachit says so.']]);
  assert.equal(await countOf('language_model_answer'), 1);
  await put(true);
  await finish();
  assert.equal(await countOf('language_model_answer'), 0);
  for (let n = 0; n < 2; n++) assert.deepEqual(await ask(), ['model', false, ['Malachit says so.']]);
  assert.match(JSON.stringify(endpoint.asked.at(-1)!.body), /underfunded, says Malachit/);
  assert.deepEqual(await findCanaries(owner, ['Malachit']), []);
  await put(false);
  await finish();
  await ask();
  assert.deepEqual(await ask(), ['model', true, ['Malachit says so.']]);
});
