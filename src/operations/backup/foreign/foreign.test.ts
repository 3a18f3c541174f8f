import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { client } from '../../../../test/harness/app.ts';
import { failures } from '../../../../test/harness/backup.ts';
import { command } from '../../../../test/harness/command.ts';
import { eventually } from '../../../../test/harness/eventually.ts';
import { type HoldfastProcess, holdfast, startProcess } from '../../../../test/harness/process.ts';
import { TheirServer } from '../../../../test/harness/their-server.ts';
import { startApp } from '../../../app.ts';
import { ConfigError, loadConfig } from '../../../kernel/config/config.ts';
import { readMasterKeys } from '../../../kernel/installation.ts';
import type { Finding } from '../../health/findings.ts';
import { openOwnBackups } from '../catalogue.ts';
import { readManifest } from '../manifest.ts';
import { type Proof, proveBackup } from '../prove.ts';

const parent = await mkdtemp(join(tmpdir(), 'holdfast-foreign-'));
let theirs: TheirServer;
let app: HoldfastProcess;
let key = '';

const environment = (command?: string) => theirs.environment(command);

before(async () => {
  theirs = await TheirServer.begin(parent);
  app = await startProcess(['--empty', '--data', join(parent, 'data')], environment());
  await command(['tenant', 'create', '--name', 'acme'], environment());
  key = await command(['api-key', 'create', '--tenant', 'acme', '--role', 'admin'], environment());
});

after(async () => {
  await app?.stop();
  await theirs?.stop();
  await rm(parent, { recursive: true, force: true });
});

const api = (method: string, path: string, body?: unknown) => client(app.url, key)(method, `/api/v1/${path}`, body);

async function add(name: string): Promise<string> {
  const { status, body } = await api('POST', 'companies', { name });
  assert.equal(status, 201, JSON.stringify(body));
  return body.id;
}

async function run<Answer>(args: string[], env: Record<string, string> = environment(), by = command): Promise<Answer> {
  const said = await by([...args, '--json'], env).catch((error: { stdout: string; stderr: string }) => {
    if (error.stdout) return error.stdout;
    throw new Error(error.stderr);
  });
  return JSON.parse(said) as Answer;
}

/** A proof in this process, of a moment that was recorded. */
async function prove(id: string, env: Record<string, string>): Promise<Proof> {
  const config = loadConfig([], env);
  const masterKeys = await readMasterKeys(config);
  const backups = (await openOwnBackups(config, masterKeys))!;
  try {
    const options = { config, masterKeys, start: startApp, say: () => {} };
    return await proveBackup(backups, await readManifest(backups, id), options);
  } finally {
    backups.store.close();
  }
}

interface Listed {
  id: string;
  kind: string;
  at: string;
  files: { count: number };
  proof: Proof | null;
}
const list = () => run<Listed[]>(['backup', 'list']);
const backupFinding = async () => (await run<Finding[]>(['doctor'])).find(({ check }) => check === 'backups')!;

/** A moment of before, which later tests restore again. */
let proven = '';

test('what another tool backs up is proven by itself, and Holdfast makes no second backup of it', async () => {
  await eventually(async () => (await list())[0]?.proof, 120_000);
  const [first] = await list();
  assert.deepEqual(failures(first!.proof!), []);
  assert.equal(first!.kind, 'mark');
  const installation = (await readdir(join(parent, 'place'))).find((name) => /^\d+-\d+$/.test(name));
  assert.deepEqual((await readdir(join(parent, 'place', installation!))).sort(), ['backup', 'proof']);
  assert.match((await backupFinding()).detail, /another tool backs up the database, and Holdfast only its files/);
});

test('what is written while the moment is recorded, and after it, is not in what is compared', async () => {
  const form = new FormData();
  form.append('file', new Blob(['What was agreed.'], { type: 'text/plain' }), 'contract.txt');
  const uploaded = await api('POST', 'files?kind=upload', form);
  assert.equal(uploaded.status, 201);
  const place = join(parent, 'place', (await readdir(join(parent, 'place'))).find((name) => /^\d+-\d+$/.test(name))!);
  await eventually(async () => (await readdir(join(place, 'file')).catch(() => [])).length === 1);
  let ended = false;
  let written = 0;
  const writing = (async () => {
    for (; !ended; written++) await add(`Busy ${written}`);
  })();
  const made = await run<Listed>(['backup', 'now']);
  ended = true;
  await writing;
  assert.ok(written > 3, `${written} writes`);
  assert.equal(made.files.count, 1);
  const proof = await prove(made.id, environment());
  assert.deepEqual(failures(proof), []);
  assert.deepEqual(
    proof.checks.map(({ name }) => name),
    ['log', 'restore', 'application', 'indexes', 'content', 'audit', 'files', 'secrets'],
  );
  proven = made.id;
  // A server that sent its own log to theirs would have begun a time line of its own.
  assert.deepEqual(
    (await readdir(join(theirs.repository, 'wal'))).filter((name) => !name.startsWith('00000001')),
    [],
  );
});

test('each way in which a restore fails is said, with its reason', async () => {
  const { tool, repository } = theirs;
  const script = (name: string) => theirs.script(name);
  const scripts: Record<string, string> = {
    old: tool.replace('/wal/', '/wal-then/'),
    bare: tool.replace('/wal/', '/none/'),
    other: `${tool}printf '\\1\\2\\3\\4' | dd of="$1/global/pg_control" conv=notrunc 2>/dev/null\n`,
    elsewhere: `${tool}ln -s ${repository} "$1/pg_tblspc/16999"\n`,
    half: `${tool}rm "$1/PG_VERSION"\n`,
    torn: `${tool}rm -r "$1/base"\n`,
  };
  for (const [name, text] of Object.entries(scripts)) await writeFile(script(name), text);
  const cases: [what: string, command: string, reason: RegExp, more?: Record<string, string>][] = [
    ['no such program', 'no-such-tool {dir}', /there is no program no-such-tool on this machine/],
    [
      'it fails',
      `sh -c "echo the store said no, secret=0x7f3b; exit 7"`,
      /ended with 7: the store said no, secret=\[redacted\]/,
    ],
    ['it hangs', 'sh -c "sleep 97; true"', /had not ended after 1 s/, { BACKUP_RESTORE_SECONDS_MAX: '1' }],
    ['nothing', 'true', /ended well and restored nothing/],
    ['something else', `sh ${script('half')} {dir}`, /left no data directory of PostgreSQL/],
    ['not all of it', `sh ${script('torn')} {dir}`, /PostgreSQL did not start on what was restored: /],
    [
      'an old state',
      `sh ${script('old')} {dir}`,
      /ends before the moment that was recorded\. The last change that it leads to is of \d{4}-/,
      { BACKUP_LOSS_SECONDS_MAX: '1' },
    ],
    ['no log', `sh ${script('bare')} {dir}`, /lacks the log that belongs to the base backup/],
    [
      'another installation',
      `sh ${script('other')} {dir}`,
      /restored another PostgreSQL: its identifier is \d+, that of the one at DATABASE_URL \d+/,
    ],
    ['a table space elsewhere', `sh ${script('elsewhere')} {dir}`, /uses \S+repository, outside of its directory/],
    [
      'no program',
      theirs.restoreCommand,
      /where there is no program postgres/,
      { BACKUP_POSTGRES_BIN: join(parent, 'none') },
    ],
  ];
  for (const [what, command, reason, more] of cases) {
    const found = failures(await prove(proven, { ...environment(command), ...more }));
    assert.ok(found.length === 1 && found[0]!.startsWith('restore: '), `${what}: ${found.join('\n') || 'not seen'}`);
    assert.match(found[0]!, reason, what);
  }
  assert.doesNotMatch(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }), /sleep 97/);
  const { ok, detail } = await backupFinding();
  assert.equal(ok, false);
  assert.match(detail, /The restore of \S+ failed: restore: /);
  assert.equal(existsSync(join(parent, 'data', 'proof', 'data')), false, 'nothing is left');
});

test('the tool gets its own settings and where to restore to, and no secret of Holdfast', async () => {
  const seen = join(parent, 'seen');
  const curious = theirs.script('curious');
  await writeFile(curious, `env > ${seen}\necho "$2" >> ${seen}\n${theirs.tool}`);
  const env = { ...environment(`sh ${curious} {dir} '{time} {lsn}'`), PGBACKREST_REPO1_PATH: '/repo' };
  assert.deepEqual(failures(await run<Proof>(['backup', 'prove', proven], env, holdfast)), []);
  const text = await readFile(seen, 'utf8');
  assert.match(text, /^PGBACKREST_REPO1_PATH=\/repo$/m);
  assert.match(text, /^HOLDFAST_RESTORE_DIR=\S+proof\/data\/postgres$/m);
  assert.match(text, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\+00 [0-9A-F]+\/[0-9A-F]+$/m);
  assert.doesNotMatch(text, /HOLDFAST_KEY|DATABASE_URL/);
  const drawn = await run<Proof>(['backup', 'prove', '--random'], env, holdfast);
  assert.deepEqual(failures(drawn), []);
  const second = drawn.at!.replace('T', ' ').replace('Z', '+00');
  assert.ok((await readFile(seen, 'utf8')).includes(`\n${second} `), 'the tool is told the second that was drawn');
});

test('one workspace comes back from the backups of the tool, at any time, and lost files from the store', async () => {
  await add('Then');
  await new Promise((resolve) => setTimeout(resolve, 50));
  const at = new Date().toISOString();
  const count = async () => (await api('GET', 'companies?count=true&limit=1')).body.total as number;
  const then = await count();
  await add('Too much');
  await run(['backup', 'now']);
  const { rows, differences } = await run<{
    rows: number;
    differences: Record<string, { restored: number; present: number }>;
  }>(['restore', 'tenant', 'acme', '--at', at, '--as', 'acme-then']);
  assert.ok(rows > 0);
  const { restored, present } = differences.company!;
  assert.equal(present - restored, 1, `${then} then`);

  await rm(join(parent, 'data', 'files'), { recursive: true });
  const { files, missing } = await run<{ files: number; missing: string[] }>(['restore', 'files']);
  assert.ok(files >= 1);
  assert.deepEqual(missing, []);
});

test('an archive that stands still fails the proof within the time that was promised, and the doctor says so', async () => {
  await theirs.archive(false);
  await add('Not safe');
  const found = failures(await run<Proof>(['backup', 'prove'], { ...environment(), BACKUP_LOSS_SECONDS_MAX: '4' }));
  assert.equal(found.length, 2, found.join('\n'));
  assert.match(
    found[0]!,
    /^log: The log of the moment was not archived within 4 s .*: archive_command fails, the last time at /,
  );
  assert.match(found[1]!, /^restore: What was restored ends before the moment that was recorded/);
  await theirs.archive(true);
  assert.deepEqual(failures(await run<Proof>(['backup', 'prove'])), []);
  const { ok, detail } = await backupFinding();
  assert.equal(ok, true, detail);
});

test('a configuration that cannot work is refused, with what is missing', () => {
  const problems = (env: Record<string, string>) => {
    try {
      loadConfig([], env);
      return '';
    } catch (error) {
      assert.ok(error instanceof ConfigError);
      return error.message;
    }
  };
  const { BACKUP_DIR: _, DATABASE_URL: __, ...bare } = environment();
  assert.match(problems(bare), /is for a PostgreSQL at DATABASE_URL/);
  assert.match(problems(bare), /needs BACKUP_DIR or BACKUP_S3_… too/);
  assert.match(problems(environment('restore "{dir}')), /a quote that is not closed/);
  assert.equal(problems(environment(`restore "{dir}" ''`)), '');
});
