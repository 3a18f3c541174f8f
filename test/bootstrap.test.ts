import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);
const bin = resolve(import.meta.dirname, '../bin');

/** A checkout with nothing but the bootstrap and one dependency, which lies beside it: no registry is asked. */
function checkout(t: TestContext): { root: string; install(): Promise<string>; depend(on: string): void } {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-bootstrap-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  cpSync(bin, join(root, 'bin'), { recursive: true });
  const write = (file: string, value: object) => writeFileSync(join(root, file), JSON.stringify(value));
  const code = `import { installDependencies } from '${join(root, 'bin', 'bootstrap.mjs')}'; installDependencies();`;
  return {
    root,
    install: async () => (await run(process.execPath, ['--input-type=module', '--eval', code], { cwd: root })).stderr,
    depend: (on) => {
      const itself = { name: 'checkout', version: '1.0.0', dependencies: { [on]: `file:${on}` } };
      mkdirSync(join(root, on));
      write(`${on}/package.json`, { name: on, version: '1.0.0' });
      write('package.json', { ...itself, type: 'module' });
      const packages = { '': itself, [on]: { version: '1.0.0' }, [`node_modules/${on}`]: { resolved: on, link: true } };
      write('package-lock.json', { name: 'checkout', version: '1.0.0', lockfileVersion: 3, requires: true, packages });
    },
  };
}

test('dependencies are installed when missing and when the lock file has others, not otherwise', async (t) => {
  const { root, install, depend } = checkout(t);
  depend('one');
  assert.match(await install(), /Installing dependencies/);
  assert.ok(existsSync(join(root, 'node_modules', 'one', 'package.json')));
  assert.equal(await install(), '');

  depend('two');
  assert.match(await install(), /Installing dependencies/);
  assert.ok(existsSync(join(root, 'node_modules', 'two', 'package.json')));
});

test('an installation that was cut short is done again', async (t) => {
  const { root, install, depend } = checkout(t);
  depend('one');
  mkdirSync(join(root, 'node_modules', 'one'), { recursive: true });
  assert.match(await install(), /Installing dependencies/);
  assert.equal(await install(), '');
});

test('of several starts at once, one installs and the others wait for it', async (t) => {
  const { root, install, depend } = checkout(t);
  depend('one');
  const said = await Promise.all([install(), install(), install()]);
  assert.equal(said.filter((text) => text.includes('Installing dependencies')).length, 1);
  assert.ok(existsSync(join(root, 'node_modules', 'one', 'package.json')));
});
