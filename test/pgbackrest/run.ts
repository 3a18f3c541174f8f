import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { globSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Proof } from '../../src/operations/backup/prove.ts';
import type { Finding } from '../../src/operations/health/findings.ts';
import { client } from '../harness/app.ts';
import { failures } from '../harness/backup.ts';
import { eventually } from '../harness/eventually.ts';
import { freePort } from '../harness/service.ts';
import { Debian, node } from './debian.ts';

/**
 * npm run test:pgbackrest: the backups of the real pgBackRest, of the real PostgreSQL of Debian 13, are proven,
 * damaged, and found damaged.
 */

const say = (line: string) => process.stdout.write(`${line}\n`);
const tools = ['mmdebstrap', 'chroot', 'mount'];
const missing = tools.filter((tool) => spawnSync('which', [tool]).status !== 0);
if (missing.length > 0 || process.getuid?.() !== 0) {
  say(
    `Needed: root, and ${tools.join(', ')}${missing.length > 0 ? `, of which ${missing.join(', ')} is not here` : ''}`,
  );
  process.exit(2);
}

let passed = 0;
let failed = 0;
const began = performance.now();
const since = (from: number) => `${((performance.now() - from) / 1000).toFixed(1)} s`;

async function check(name: string, work: () => unknown): Promise<void> {
  const from = performance.now();
  try {
    await work();
    passed++;
    say(`✔ ${name} (${since(from)})`);
  } catch (error) {
    failed++;
    say(`✖ ${name} (${since(from)})\n${error instanceof Error ? error.stack : error}`);
  }
}

const debian = Debian.make(join(import.meta.dirname, '../../.cache/debian'));
say(`Debian 13 is there after ${since(began)}`);
const inside = (path: string) => join(debian.root, path);
const port = await freePort();
const webPort = await freePort();
const stanza = 'main';
const repository = '/var/lib/pgbackrest';
/** As docs/operating/backup.md has it. */
const restoreCommand = `pgbackrest --stanza=${stanza} --pg1-path={dir} --type=time --target={time} --log-level-file=off restore`;
const env: Record<string, string> = {
  HOLDFAST_DATA: '/var/lib/holdfast',
  HOLDFAST_KEY: randomBytes(32).toString('base64url'),
  DATABASE_URL: `postgresql://crm:crm@127.0.0.1:${port}/crm`,
  BACKUP_DIR: '/srv/holdfast-files',
  BACKUP_RESTORE_COMMAND: restoreCommand,
  LOG_LEVEL: 'warn',
};

const pgBackRest = (...args: string[]) => debian.run('postgres', 'pgbackrest', `--stanza=${stanza}`, ...args);
const psql = (sql: string) => debian.run('postgres', 'psql', '-p', String(port), '-qAtc', sql);
const server = (action: string) => debian.run('root', 'pg_ctlcluster', '17', 'main', action);

async function setUpPostgres(): Promise<void> {
  const settings = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    archive_mode: 'on',
    archive_command: `pgbackrest --stanza=${stanza} archive-push %p`,
    archive_timeout: '10s',
  };
  writeFileSync(
    inside('/etc/postgresql/17/main/conf.d/archive.conf'),
    Object.entries(settings)
      .map(([name, value]) => `${name} = '${value}'\n`)
      .join(''),
  );
  writeFileSync(
    inside('/etc/pgbackrest.conf'),
    `[global]
repo1-path=${repository}
repo1-retention-full=2
repo1-cipher-type=aes-256-cbc
repo1-cipher-pass=${randomBytes(24).toString('base64')}
compress-type=zst
start-fast=y

[${stanza}]
pg1-path=/var/lib/postgresql/17/main
pg1-port=${port}
`,
    { mode: 0o640 },
  );
  await debian.run('root', 'chgrp', 'postgres', '/etc/pgbackrest.conf');
  await server('start');
  await psql(`create role crm login createrole bypassrls password 'crm'`);
  await psql('create database crm owner crm');
  await pgBackRest('stanza-create');
  await pgBackRest('check');
  await pgBackRest('--type=full', 'backup');
}

async function setUpHoldfast(): Promise<void> {
  await debian.run('root', 'useradd', '--system', '--user-group', 'holdfast');
  await debian.run(
    'root',
    'install',
    '-d',
    '-o',
    'holdfast',
    '-g',
    'holdfast',
    '-m',
    '700',
    env.HOLDFAST_DATA!,
    env.BACKUP_DIR!,
  );
}

const holdfast = (more: Record<string, string>, ...args: string[]) =>
  debian.tried('holdfast', { ...env, ...more }, node, 'src/cli/main.ts', ...args);

async function answer<Value>(args: string[], more: Record<string, string> = {}): Promise<Value> {
  const { stdout, stderr } = await holdfast(more, ...args, '--json');
  assert.notEqual(stdout, '', stderr);
  return JSON.parse(stdout) as Value;
}

let app: ChildProcess | undefined;
let said = '';

async function start(): Promise<void> {
  app = debian.start('holdfast', env, node, 'src/main.ts', '--empty', '--port', String(webPort));
  for (const stream of [app.stdout!, app.stderr!]) stream.on('data', (chunk) => (said += chunk));
  await eventually(
    async () => (await fetch(`http://127.0.0.1:${webPort}/api/health/ready`).catch(() => undefined))?.ok,
  );
}

async function stop(): Promise<void> {
  if (!app || app.exitCode !== null) return;
  const exited = once(app, 'exit');
  app.kill('SIGINT');
  await exited;
}

let key = '';
const api = (method: string, path: string, body?: unknown) =>
  client(`http://127.0.0.1:${webPort}`, key)(method, `/api/v1/${path}`, body);

async function add(...names: string[]): Promise<string> {
  let id = '';
  for (const name of names) {
    const { status, body } = await api('POST', 'companies', { name });
    assert.equal(status, 201, JSON.stringify(body));
    id = body.id;
  }
  return id;
}

const prove = (id: string[] = [], more: Record<string, string> = {}) => answer<Proof>(['backup', 'prove', ...id], more);

function mustPass(proof: Proof): void {
  assert.deepEqual(failures(proof), []);
  for (const { name, detail, seconds } of proof.checks) say(`    ${name.padEnd(12)} ${detail} (${seconds} s)`);
}

/** Fails the proof for this reason, and passes it once the damage is undone. */
async function reddens(moment: string, reason: RegExp, damage: () => (() => void) | Promise<() => void>) {
  const undo = await damage();
  const found = failures(await prove([moment], { BACKUP_LOSS_SECONDS_MAX: '1' }));
  undo();
  for (const line of found) say(`    red: ${line.slice(0, 300)}`);
  assert.match(found.join('\n'), reason);
  assert.deepEqual(failures(await prove([moment])), [], 'once undone');
}

const backupsIn = (kind: 'backup' | 'archive') => inside(`${repository}/${kind}/${stanza}`);

async function main(): Promise<void> {
  await setUpPostgres();
  await setUpHoldfast();
  const versions = [await debian.run('root', 'pgbackrest', 'version'), await psql('show server_version')];
  say(`${versions[0]} has backed up PostgreSQL ${versions[1]} after ${since(began)}`);
  await check('Holdfast proves by itself what it leads to, as soon as it runs', async () => {
    await start();
    await holdfast({}, 'tenant', 'create', '--name', 'acme');
    key = (await holdfast({}, 'api-key', 'create', '--tenant', 'acme', '--role', 'admin')).stdout.trim();
    let first: Proof | null = null;
    await eventually(async () => {
      [{ proof: first }] = (await answer<{ proof: Proof | null }[]>(['backup', 'list'])) as [{ proof: Proof | null }];
      return first;
    }, 180_000);
    mustPass(first!);
  });

  let moment = '';
  let at = '';
  await check('rows and a file that were written since are in a proof', async () => {
    await add(...Array.from({ length: 200 }, (_, n) => `Company ${n}`));
    const form = new FormData();
    form.append('file', new Blob(['What was agreed.'], { type: 'text/plain' }), 'contract.txt');
    assert.equal((await api('POST', 'files?kind=upload', form)).status, 201);
    const proof = await prove();
    moment = proof.backup;
    mustPass(proof);
    at = new Date().toISOString();
    await add('After that');
  });
  await check('an earlier moment is proven after another full backup, which is too young for it', async () => {
    await pgBackRest('--type=full', 'backup');
    mustPass(await prove([moment]));
  });
  await check('one workspace is brought back from them, as it was at a time', async () => {
    const made = await answer<{ differences: Record<string, { restored: number; present: number }> }>([
      'restore',
      'tenant',
      'acme',
      '--at',
      at,
      '--as',
      'acme-then',
    ]);
    assert.deepEqual(made.differences.company, { restored: 200, present: 201 });
  });

  await check('a segment that is missing in its archive is found', () =>
    reddens(moment, /restore: What was restored ends before the moment that was recorded/, async () => {
      const { at_lsn } = (await answer<{ id: string; at_lsn: string }[]>(['backup', 'list'])).find(
        ({ id }) => id === moment,
      )!;
      const segment = await psql(`select pg_walfile_name('${at_lsn}')`);
      const hidden = globSync(`${backupsIn('archive')}/17-1/*/${segment}-*`);
      assert.equal(hidden.length, 1);
      for (const file of hidden) renameSync(file, `${file}.hidden`);
      return () => {
        for (const file of hidden) renameSync(`${file}.hidden`, file);
      };
    }),
  );
  await check('a flipped bit in its base backup is found', () =>
    reddens(moment, /restore: The restore command ended with \d+: /, () => {
      const sets = globSync(`${backupsIn('backup')}/*F`).sort();
      const files = globSync('**/*.zst', { cwd: sets[0]! }).map((name) => join(sets[0]!, name));
      const largest = files.sort((a, b) => statSync(b).size - statSync(a).size)[0]!;
      const whole = readFileSync(largest);
      const torn = Buffer.from(whole);
      torn[Math.floor(torn.length / 2)]! ^= 1;
      writeFileSync(largest, torn);
      return () => writeFileSync(largest, whole);
    }),
  );
  await check('a repository that is gone is found', () =>
    reddens(moment, /restore: The restore command ended with \d+: .*unable to load info file/s, () => {
      renameSync(inside(repository), inside(`${repository}.gone`));
      return () => renameSync(inside(`${repository}.gone`), inside(repository));
    }),
  );
  await check('another key is found', () =>
    reddens(moment, /restore: The restore command ended with \d+: /, () => {
      const file = inside('/etc/pgbackrest.conf');
      const whole = readFileSync(file, 'utf8');
      writeFileSync(file, whole.replace(/cipher-pass=.*/, `cipher-pass=${randomBytes(24).toString('base64')}`));
      return () => writeFileSync(file, whole);
    }),
  );
  await check('a command that may not be read, hangs or is not there is said', async () => {
    const hanging = failures(
      await prove([moment], { BACKUP_RESTORE_COMMAND: 'sleep 99', BACKUP_RESTORE_SECONDS_MAX: '1' }),
    );
    assert.match(hanging.join(), /had not ended after 1 s/);
    const none = failures(await prove([moment], { BACKUP_RESTORE_COMMAND: 'pgbackrest-of-old restore' }));
    assert.match(none.join(), /there is no program pgbackrest-of-old/);
  });
  await check('an archive that stands still is found, by a proof and by the doctor', async () => {
    const push = await psql('show archive_command');
    await psql(`alter system set archive_command = 'false'`);
    await psql('select pg_reload_conf()');
    await add('Not safe');
    const found = failures(await prove([], { BACKUP_LOSS_SECONDS_MAX: '15' }));
    for (const line of found) say(`    red: ${line.slice(0, 300)}`);
    assert.match(found.join('\n'), /^log: The log of the moment was not archived within 15 s .*archive_command fails/);
    const findings = await answer<Finding[]>(['doctor']);
    assert.equal(findings.find(({ check }) => check === 'backups')!.ok, false);
    await psql('alter system reset archive_command');
    await psql('select pg_reload_conf()');
    assert.equal(await psql('show archive_command'), push);
    mustPass(await prove());
    const [well] = (await answer<Finding[]>(['doctor'])).filter(({ check }) => check === 'backups');
    assert.equal(well!.ok, true, well!.detail);
  });
  await check('the scratch servers have put nothing into its archive, and left nothing behind', async () => {
    assert.deepEqual(
      globSync(`${backupsIn('archive')}/17-1/**/*`).filter((path) => /\/0000000[2-9]|history/.test(path)),
      [],
    );
    assert.deepEqual(globSync(inside(`${env.HOLDFAST_DATA}/proof/data*`)), []);
    await pgBackRest('check');
  });
  await check('the lost database and its files are back, with its restore and ours', async () => {
    const last = await add('The last');
    await prove();
    await stop();
    await server('stop');
    rmSync(inside('/var/lib/postgresql/17/main'), { recursive: true });
    rmSync(inside(`${env.HOLDFAST_DATA}/files`), { recursive: true });
    await debian.run(
      'root',
      'install',
      '-d',
      '-o',
      'postgres',
      '-g',
      'postgres',
      '-m',
      '700',
      '/var/lib/postgresql/17/main',
    );
    await pgBackRest('restore');
    await server('start');
    await eventually(async () => (await psql('select pg_is_in_recovery()')) === 'f');
    // Its checkpointer fell asleep while the server still recovered, and minds archive_timeout only once it wakes.
    await psql('checkpoint');
    const { files, missing } = await answer<{ files: number; missing: string[] }>(['restore', 'files']);
    assert.ok(files >= 1);
    assert.deepEqual(missing, []);
    await start();
    assert.equal((await api('GET', `companies/${last}`)).status, 200);
    mustPass(await prove());
  });
}

let ended = false;
async function end(): Promise<void> {
  if (ended) return;
  ended = true;
  await stop().catch(() => {});
  await server('stop').catch(() => {});
  if (process.argv.includes('--keep')) say(`Kept: ${debian.root}`);
  else debian.remove();
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => end().finally(() => process.exit(1)));

try {
  await main();
} catch (error) {
  failed++;
  say(`✖ ${error instanceof Error ? error.stack : error}`);
} finally {
  if (failed > 0 && said) say(`Holdfast said:\n${said.slice(-3_000)}`);
  await end();
}
say(`After ${since(began)}:`);
say(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
