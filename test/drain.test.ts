import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, testKey } from './harness/cluster.ts';
import { command } from './harness/command.ts';
import { openBrowser } from './harness/identity.ts';
import { startProcess } from './harness/process.ts';

/** As HAProxy does with `inter 500 fall 2`: what was asked last counts. */
const look_ms = 500;
const looks_to_fall = 2;
const clients = 8;

interface Response {
  status: number;
  connection: string | undefined;
  body: string;
}

const ask = (url: string, agent: Agent, headers = {}): Promise<Response> =>
  new Promise((resolve, reject) => {
    const request = get(url, { agent, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      const { statusCode, headers } = response;
      response.on('error', reject);
      response.on('end', () => resolve({ status: statusCode!, connection: headers.connection, body }));
    });
    request.on('error', reject);
  });

test('SIGTERM under load fails no request of a proxy that follows readiness, and sends event streams elsewhere', async () => {
  const database = await createTestDatabase();
  const data = await mkdtemp(join(tmpdir(), 'holdfast-drain-'));
  const env = {
    DATABASE_URL: database.ownerUrl,
    HOLDFAST_KEY: testKey(),
    HOLDFAST_DATA: data,
    RATE_LIMIT_ADDRESS_PER_MINUTE: '1000000',
    RATE_LIMIT_CALLER_PER_MINUTE: '1000000',
  };
  const web = await startProcess(['--role', 'web'], env);
  const agent = new Agent({ keepAlive: true });
  try {
    await command(['tenant', 'create', '--name', 'acme'], env);
    const made = 'user create --tenant acme --email ada@acme.example --name Ada --role admin'.split(' ');
    const token = (await command(made, env)).split('#').at(-1);
    const browser = openBrowser(web.url);
    const signedIn = await browser.send('POST', '/api/v1/sign-in/link', { token });
    const cookie = signedIn.headers.getSetCookie()[0]!.split(';')[0]!;

    let failedLooks = 0;
    let fallen = false;
    const follow = async () => {
      while (!fallen) {
        const { status } = await ask(`${web.url}/api/health/ready`, agent);
        failedLooks = status === 200 ? 0 : failedLooks + 1;
        fallen = failedLooks >= looks_to_fall;
        if (!fallen) await sleep(look_ms);
      }
    };
    const responses: Response[] = [];
    const load = async () => {
      while (!fallen) responses.push(await ask(`${web.url}/api/v1/contacts?limit=20`, agent, { cookie }));
    };
    const stream = ask(`${web.url}/api/v1/events`, new Agent(), { cookie });
    const proxied = Promise.all([follow(), ...Array.from({ length: clients }, load)]);
    await sleep(1_000);
    const before = responses.length;
    const began = performance.now();
    process.kill(web.pid, 'SIGTERM');
    await proxied;
    assert.match((await stream).body, /retry: \d+\n\n$/);
    assert.equal(await web.stop(), 0, web.output());
    const ms = performance.now() - began;

    assert.ok(ms < 10_000, `stopped after ${ms} ms`);
    assert.ok(before > 0 && responses.length > before, 'there was load before and after the signal');
    assert.deepEqual(new Set(responses.map(({ status }) => status)), new Set([200]));
    assert.equal(responses.at(-1)!.connection, 'close');
  } finally {
    agent.destroy();
    await web.kill();
    await rm(data, { recursive: true, force: true });
    await database.drop();
  }
});
