import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually } from '../../../test/harness/app.ts';
import { createTestDatabase, testKey } from '../../../test/harness/cluster.ts';
import { command } from '../../../test/harness/command.ts';
import { openBrowser } from '../../../test/harness/identity.ts';
import { type HoldfastProcess, startProcess } from '../../../test/harness/process.ts';
import { startReceiver } from '../../../test/harness/receiver.ts';

const contacts = 60;
/** The worker dies while the receiver has this one and has not answered. */
const fatal = 25;

test('a worker killed while it sends sends all of it in the end, what was under way again under the same id', {
  timeout: 180_000,
}, async () => {
  const database = await createTestDatabase();
  const data = await mkdtemp(join(tmpdir(), 'holdfast-webhook-'));
  const env = {
    DATABASE_URL: database.ownerUrl,
    HOLDFAST_KEY: testKey(),
    HOLDFAST_DATA: data,
    ALLOW_PRIVATE_NETWORKS: 'true',
  };
  const receiver = await startReceiver();
  const processes: HoldfastProcess[] = [];
  const start = async (role: string) => {
    const started = await startProcess(['--role', role], env);
    processes.push(started);
    return started;
  };
  try {
    await command(['tenant', 'create', '--name', 'acme'], env);
    const user = [
      'user',
      'create',
      '--tenant',
      'acme',
      '--email',
      'ada@acme.example',
      '--name',
      'Ada',
      '--role',
      'admin',
    ];
    const token = (await command(user, env)).split('#').at(-1);
    const web = await start('web');
    const worker = await start('worker');
    const browser = openBrowser(web.url);
    await browser.send('POST', '/api/v1/sign-in/link', { token });
    const api = browser.send;
    const made = await api('POST', '/api/v1/webhooks', {
      name: 'Hook',
      url: `${receiver.url}/hook`,
      events: { contact: { verbs: ['created'] } },
    });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    receiver.answer((_, response) => {
      if (receiver.received.length === fatal) return void worker.kill();
      response.writeHead(204).end();
    });
    const people = Array.from({ length: contacts }, (_, n) => ({ given_name: `C${n}` }));
    assert.equal((await api('POST', '/api/v1/contacts/bulk', { data: people })).status, 201);
    await eventually(async () => receiver.received.length === fatal);
    await start('worker');
    const names = () => receiver.received.map(({ body }) => body.data.record.name as string);
    await eventually(async () => new Set(names()).size === contacts);
    assert.deepEqual(
      [...new Set(names())],
      people.map(({ given_name }) => given_name),
    );
    const ids = receiver.received.map(({ headers }) => headers['webhook-id']);
    assert.equal(new Set(ids).size, contacts);
    assert.equal(ids[fatal - 1], ids[fatal], 'what the receiver had, unknown to us');
  } finally {
    for (const each of processes) await each.kill();
    await receiver.stop();
    await database.drop();
    await rm(data, { recursive: true, force: true });
  }
});
