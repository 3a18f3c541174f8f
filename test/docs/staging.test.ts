import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startMailSink } from '../../src/kernel/mail/sink.ts';
import { client } from '../harness/app.ts';
import { BackedUp } from '../harness/backup.ts';
import { canary } from '../harness/canaries.ts';
import { command } from '../harness/command.ts';
import { eventually } from '../harness/eventually.ts';
import { holdfast, startProcess } from '../harness/process.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);

const it = await BackedUp.begin();
const sink = await startMailSink();
after(async () => {
  await sink.close();
  await it.close();
});
const copy = join(it.parent, 'staging');

async function send(method: string, path: string, body: unknown) {
  const answer = await it.api(method, path, body);
  assert.equal(answer.status, 201, `${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Files below a directory that hold a canary, in the letters in which it was written or in small ones. */
async function filesWithCanaries(dir: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(dir, { recursive: true })) {
    const path = join(dir, name);
    // A server that runs removes files of its own.
    const bytes = (await stat(path).catch(() => null))?.isFile() && (await readFile(path).catch(() => null));
    if (!bytes) continue;
    const text = bytes.toString('latin1');
    if (text.includes(canary) || text.includes(canary.toLowerCase())) found.push(path);
  }
  return found;
}

/** The commands of the page, in their order. */
async function follow(env: Record<string, string>): Promise<string> {
  const text = await readFile(join(root, 'docs/operating/staging.md'), 'utf8');
  let said = '';
  for (const [, block] of text.matchAll(/^ *```sh\n(.*?)^ *```/gms)) {
    const commands = block!.replaceAll('/srv/holdfast-staging', copy).replaceAll('/mnt/backups', it.backups);
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', commands], {
      cwd: it.parent,
      env: { ...process.env, ...env },
      timeout: 180_000,
    }).catch((error: Error & { stdout: string; stderr: string }) =>
      assert.fail(`${commands}\n${error.stdout}${error.stderr}`),
    );
    said += stdout;
  }
  return said;
}

test('the staging page makes a copy in which nobody is found, on which people work, and which mails nobody', async () => {
  await symlink(join(root, 'bin'), join(it.parent, 'bin'));
  await command(
    ['user', 'create', '--tenant', 'acme', '--email', `${canary}@example.com`, '--name', canary, '--role', 'admin'],
    it.environment(),
  );
  const company = await send('POST', 'companies', { name: `${canary} Ltd`, domain: `${canary}.com`, city: canary });
  const contact = await send('POST', 'contacts', {
    given_name: 'Ada',
    family_name: canary,
    email: `ada@${canary}.com`,
    company_id: company.id,
  });
  await send('POST', 'notes', {
    body: `<p>${canary} called.</p>`.repeat(20),
    records: [{ type: 'contact', id: contact.id }],
  });
  const form = new FormData();
  form.append('file', new Blob([`${canary} signs`], { type: 'text/plain' }), `${canary}.txt`);
  const file = await send('POST', 'files?kind=upload', form);
  const comment = await send('POST', 'comments', { body: canary, record_id: contact.id });
  const attached = await send('POST', 'attachments', { file_id: file.id, comment_id: comment.id });
  await it.api('PATCH', `contacts/${contact.id}`, { family_name: `${canary} the second` });
  // What the server could not do, it writes to its own log.
  await assert.rejects(it.asked(`select '${canary}'::int`));
  const made = await it.run<{ id: string }>('backup', 'now');
  await it.shipped();
  assert.ok((await filesWithCanaries(it.data)).length > 0, 'the search finds what is there');

  const said = await follow({ HOLDFAST_DATA: it.data });
  assert.match(said, new RegExp(`A pseudonymised copy of the backup ${made.id}.*sends no e-mails`));
  assert.deepEqual(await filesWithCanaries(copy), []);
  assert.ok(!(await readdir(copy)).includes('master.key') || !(await sameKey()), 'it has a key of its own');

  const env = { HOLDFAST_DATA: copy, SMTP_URL: sink.url, BACKUP_DIR: '' };
  const server = await startProcess(['--data', copy], { SMTP_URL: sink.url });
  try {
    const key = await command(['api-key', 'create', '--tenant', 'acme', '--role', 'admin'], env);
    const api = client(server.url, key);
    const old = client(server.url, it.key);
    assert.equal((await old('GET', '/api/v1/contacts')).status, 401, 'keys of the original open nothing');
    const [person] = (await api('GET', '/api/v1/contacts')).body.data;
    assert.equal(person.id, contact.id);
    assert.equal(person.company_id, company.id);
    const [firm] = (await api('GET', '/api/v1/companies')).body.data;
    assert.equal(firm.domain, person.email.split('@')[1], 'the domain is still that of the addresses');
    const content = await fetch(`${server.url}/api/v1/attachments/${attached.id}/content`, {
      headers: { authorization: `Bearer ${key}` },
    });
    assert.match(await content.text(), /removed from this pseudonymised copy/);

    const role_id = (await api('GET', '/api/v1/roles')).body.data[0].id;
    const invite = (email: string) => api('POST', '/api/v1/invitations', { email, name: 'New', role_ids: [role_id] });
    await invite('one@x.example');
    await holdfast(['copy', 'send'], env);
    await eventually(async () => {
      await invite(`two-${Date.now()}@x.example`);
      return sink.messages().some(({ to }) => to[0]!.startsWith('two-'));
    });
    assert.ok(!sink.messages().some(({ to }) => to.includes('one@x.example')), 'nothing left before it was allowed');
    await assert.rejects(command(['pseudonymise', '--confirm', copy], env), (error: { stderr: string }) =>
      /is running on/.test(error.stderr),
    );
  } finally {
    await server.stop();
  }
  // With the setting of the original still in the shell.
  const theirs = { HOLDFAST_DATA: copy, BACKUP_DIR: it.backups };
  const stored = async () => (await readdir(it.backups, { recursive: true })).sort();
  await it.server.stop();
  const before = await stored();
  await assert.rejects(command(['backup', 'now'], theirs), /is a pseudonymised copy, and the backup store holds/);
  const careless = await startProcess(['--data', copy], { BACKUP_DIR: it.backups });
  await eventually(async () => /is a pseudonymised copy, and the backup store holds/.test(careless.output()), 60_000);
  await careless.stop();
  assert.deepEqual(await stored(), before, 'nothing of the copy is among the backups of the original');
  await assert.rejects(command(['pseudonymise', '--confirm', copy], env), (error: { stderr: string }) =>
    /has served from/.test(error.stderr),
  );
  await assert.rejects(holdfast(['pseudonymise'], env), (error: { stderr: string }) =>
    /say so: --confirm/.test(error.stderr),
  );
});

const sameKey = async () =>
  (await readFile(join(copy, 'master.key'), 'utf8')) === (await readFile(join(it.data, 'master.key'), 'utf8'));
