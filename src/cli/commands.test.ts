import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import pg from 'pg';
import { type SharedTestApp, sharedTestApp, type TestTenant } from '../../test/harness/app.ts';
import { testKey } from '../../test/harness/cluster.ts';
import { command, commandIn } from '../../test/harness/command.ts';
import { asOwner, goodPassword, makePerson, openBrowser } from '../../test/harness/identity.ts';
import { listed, listed_max } from './command.ts';

let app: SharedTestApp;
let tenant: TestTenant;
const holdfast = (...args: string[]) => commandIn(app, ...args);

before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant('listed-by-command');
});

test('workspaces are listed by name', async () => {
  assert.match(await holdfast('tenant', 'list'), /^listed-by-command {2}listed-by-command {2}since \d{4}-\d\d-\d\d$/m);
  const names = JSON.parse(await holdfast('tenant', 'list', '--json')).map(({ name }: { name: string }) => name);
  assert.ok(names.includes('listed-by-command'));
  assert.ok(!names.includes('system'), 'it is no workspace of people');
});

test('a folder without an installation is said to be one, and nothing is made there', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-none-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const data = join(folder, 'mistyped');
  for (const words of [['jobs', 'list'], ['doctor']])
    await assert.rejects(command([...words, '--data', data]), {
      code: 2,
      stderr: /There is no installation in .*mistyped/,
    });
  assert.ok(!existsSync(data));
});

test('a connection to PostgreSQL that is lost is said in words', async (t) => {
  const server = createServer((socket) => socket.once('data', () => socket.destroy())).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const stderr = await command(['tenant', 'list'], {
    DATABASE_URL: `postgresql://holdfast:secret@127.0.0.1:${port}/holdfast`,
    HOLDFAST_DATA: app.app.services.config.HOLDFAST_DATA,
    HOLDFAST_KEY: testKey(),
  }).catch((error: { stderr: string }) => error.stderr);
  assert.match(stderr, /^holdfast: The connection to PostgreSQL was lost: .*Run the command again when it does/);
  assert.doesNotMatch(stderr, /\.ts:/);
});

test('a full disk of the database is said without claiming that nothing was done', async () => {
  const owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  try {
    await owner.query(
      `create function public.no_room() returns trigger language plpgsql as $$ begin raise exception 'no' using errcode = '53100'; end $$`,
    );
    await owner.query(
      `create trigger no_room before insert on tenant for each row when (new.name = 'no-room') execute function public.no_room()`,
    );
    const made = holdfast('tenant', 'create', '--name', 'no-room');
    await assert.rejects(made, {
      stderr: /^holdfast: The disk of the database is full\. Make room on it, and run the command again\.$/m,
    });
  } finally {
    await owner.query('drop function if exists public.no_room cascade');
    await owner.end();
  }
});

test('the installation links accounts of two workspaces, and says whom it does not find', async () => {
  const other = await app.tenant('linked-by-command');
  const [here, there] = [await makePerson(app, tenant, 'Lin'), await makePerson(app, other, 'Lin')];
  const link = (to_tenant: string, to_email: string) =>
    holdfast(
      'user',
      'link',
      '--tenant',
      'listed-by-command',
      '--email',
      here.email,
      '--to-tenant',
      to_tenant,
      '--to-email',
      to_email,
    );
  assert.match(await link('linked-by-command', there.email), /^Linked .* in linked-by-command/);
  const browser = openBrowser(app.url);
  const signedIn = { email: here.email, password: goodPassword, workspace: 'listed-by-command' };
  assert.equal((await browser.send('POST', '/api/v1/sign-in', signedIn)).body.outcome, 'signed_in');
  const links = async () => (await browser.send('GET', '/api/v1/account-links')).body.data;
  assert.deepEqual(
    (await links()).map(({ email }: { email: string }) => email),
    [there.email],
  );
  await assert.rejects(link('linked-by-command', 'nobody@x.example'), {
    code: 2,
    stderr: /Nobody in the workspace signs in with nobody@x/,
  });
  await assert.rejects(link('listed-by-command', here.email), { code: 2, stderr: /Name two workspaces/ });
  assert.equal((await browser.send('DELETE', `/api/v1/account-links/${other.tenant_id}`)).status, 204);
  assert.deepEqual(await links(), []);
});

test('jobs of a workspace that is not there are not none', async () => {
  const wrong = holdfast('jobs', 'list', '--tenant', 'listed-by-comand');
  await assert.rejects(wrong, {
    code: 2,
    stderr: /There is no workspace "listed-by-comand"\. There are: .*listed-by-command/,
  });
});

test('what a list leaves out is said', async () => {
  const add = `insert into job (tenant_id, kind, state, finished_at) select $1, 'test.none', 'failed', now() from generate_series(1, $2)`;
  await asOwner(app, add, [tenant.tenant_id, listed_max + 1]);
  const jobs = await holdfast('jobs', 'list', '--state', 'failed', '--tenant', 'listed-by-command', '--json');
  assert.equal(JSON.parse(jobs).length, listed_max);
  await asOwner(app, 'delete from job where tenant_id = $1', [tenant.tenant_id]);
  assert.equal(await holdfast('jobs', 'list', '--tenant', 'listed-by-command'), 'No job is in doubt.');

  const said: string[] = [];
  const rows = Array.from({ length: listed_max + 1 }, (_, n) => n);
  const say = (line: string) => void said.push(line);
  assert.equal(listed({ say }, rows, 'newest').length, listed_max);
  assert.deepEqual(said, ['There are more: these are the newest 1,000.']);
  assert.equal(listed({ say }, rows.slice(1)).length, listed_max);
  assert.equal(said.length, 1);
});

test('an export has its name once all is in it, and what was there before stays until then', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-export-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const { api } = await tenant.as('admin');
  assert.equal((await api('POST', '/api/v1/contacts', { family_name: 'Lovelace' })).status, 201);
  const out = join(folder, 'contacts.csv');
  const write = () => holdfast('export', 'contacts', '--tenant', 'listed-by-command', '--out', out);
  await write();
  const whole = readFileSync(out, 'utf8');
  assert.match(whole, /Lovelace/);
  assert.deepEqual(readdirSync(folder), ['contacts.csv']);

  writeFileSync(`${out}.unfinished`, 'of one that was killed');
  await write();
  assert.deepEqual([readFileSync(out, 'utf8'), readdirSync(folder)], [whole, ['contacts.csv']]);

  const full = holdfast('export', 'contacts', '--tenant', 'listed-by-command', '--out', '/dev/full');
  await assert.rejects(full, { stderr: /no space left on device/ });
  assert.ok(existsSync('/dev/full'));
});
