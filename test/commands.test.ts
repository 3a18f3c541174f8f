import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { readCatalogue } from './text/catalogue.ts';

const root = resolve(import.meta.dirname, '..');
const run = (script: string, ...args: string[]) =>
  spawnSync(process.execPath, [script, ...args], { cwd: root, encoding: 'utf8' });

for (const [name, script] of Object.entries({
  pictures: 'test/pictures/pictures.ts',
  tour: 'test/pictures/tour.ts',
  bench: 'bench/run.ts',
})) {
  test(`npm run ${name} says how it is used, and what it does not know`, () => {
    const help = run(script, '--help');
    assert.deepEqual([help.status, help.stderr], [0, '']);
    assert.match(help.stdout, new RegExp(`^npm run ${name}`, 'm'));
    const unknown = run(script, '--sise', 'phone');
    assert.deepEqual([unknown.status, unknown.stdout], [2, '']);
    assert.match(unknown.stderr, /^Unknown option '--sise'/);
    assert.ok(unknown.stderr.includes(help.stdout.trim()));
    assert.doesNotMatch(unknown.stderr, /^ +at /m);
  });
}

test('the commands of a group are listed when one asks for them, or for one that is not there', () => {
  const help = run('src/cli/main.ts', 'user', '--help');
  assert.deepEqual([help.status, help.stderr], [0, '']);
  assert.match(help.stdout, /user password-link/);
  assert.doesNotMatch(help.stdout, /tenant export/);
  const unknown = run('src/cli/main.ts', 'user', 'delete');
  assert.equal(unknown.status, 2);
  assert.match(unknown.stderr, /There is no command "user delete"[\s\S]*user create/);
  assert.doesNotMatch(unknown.stderr, /tenant export/);
});

test('a setting that cannot be used stops the start with one plain message', (t) => {
  const data = mkdtempSync(join(tmpdir(), 'holdfast-settings-'));
  t.after(() => rmSync(data, { recursive: true }));
  // As of an installation: of none, commands say so first.
  mkdirSync(join(data, 'files'));
  const wrong = { SMTP_URL: 'mail.example.com:587', HOLDFAST_KEY: 'short', MAIL_FROM: 'Holdfast' };
  for (const script of ['src/main.ts', 'src/cli/main.ts']) {
    for (const [name, value] of Object.entries(wrong)) {
      const env = { PATH: process.env.PATH, HOLDFAST_DATA: data, SMTP_URL: 'smtp://localhost', [name]: value };
      const args = script.includes('cli') ? ['doctor'] : ['--port', '0'];
      const { status, stderr } = spawnSync(process.execPath, [script, ...args], {
        cwd: root,
        env,
        encoding: 'utf8',
        timeout: 30_000,
      });
      assert.equal(status, 1, `${script} ${name}: ${stderr}`);
      assert.match(stderr, new RegExp(`${name} (must look like smtp:|is too short|must be one address)`));
      assert.doesNotMatch(stderr, /^ +at /m);
    }
  }
});

test('a data directory that cannot be made stops the start with one plain message', (t) => {
  const data = mkdtempSync(join(tmpdir(), 'holdfast-settings-'));
  t.after(() => rmSync(data, { recursive: true }));
  writeFileSync(join(data, 'file'), '');
  const { status, stderr } = run('src/main.ts', '--data', join(data, 'file'));
  assert.equal(status, 1);
  assert.match(stderr, /attention:\n {2}- HOLDFAST_DATA: EEXIST.* Choose a folder that can be written/);
  assert.doesNotMatch(stderr, /^ +at /m);
});

test('whatever the scenes of pictures name is named so by the page, in German too', () => {
  const german = new Set(readCatalogue('web/text/de').map(({ english }) => english));
  for (const file of ['scenes', 'selling-scenes', 'offline-scenes']) {
    const source = readFileSync(resolve(root, `test/pictures/${file}.ts`), 'utf8');
    const named = [...source.matchAll(/\b(?:said|beginningWith)\(\s*'([^']+)'/g)].map(([, message]) => message!);
    assert.ok(named.length > 10, file);
    assert.deepEqual(
      named.filter((message) => !german.has(message)),
      [],
    );
  }
});
