import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Proof } from '../../src/operations/backup/prove.ts';
import { BackedUp } from '../harness/backup.ts';
import { eventually } from '../harness/eventually.ts';
import { startKms } from '../harness/kms.ts';
import { holdfast } from '../harness/process.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);
const block_ms_max = 120_000;

const it = await BackedUp.begin();
const kms = await startKms();
after(async () => {
  await it.close();
  await kms.stop();
});
const safe = join(it.parent, 'safe');

/** A moment after a start its worker is connected, and the log of the time before it is in the store. */
const settled = () =>
  eventually(
    () =>
      holdfast(['doctor'], it.environment()).then(
        () => true,
        () => false,
      ),
    block_ms_max,
  );

/**
 * Runs the blocks of commands of a page of docs/operating, in their order. A restart ends its block: who follows the
 * page waits for it too.
 */
async function follow(page: string): Promise<void> {
  const text = await readFile(join(root, 'docs/operating', page), 'utf8');
  for (const [, block] of text.matchAll(/^ *```sh\n(.*?)^ *```/gms)) {
    const [copied, used] = ['/your/safe', 'mv data/master.key.new'].map((command) => block!.indexOf(command));
    // The program takes it over within seconds: were the machine lost then, nobody could open what was sealed since.
    if (used! >= 0) assert.ok(copied! >= 0 && copied! < used!, 'a new key is in the safe before it is used');
    const commands = block!.replaceAll('/your/safe', safe).replaceAll('http://localhost:3000', it.server.url);
    const [before, ...rest] = commands.split('systemctl restart holdfast');
    assert.equal(rest.join('').trim(), '', 'a restart is the last command of its block');
    await run('bash', ['-euo', 'pipefail', '-c', before!], {
      cwd: it.parent,
      env: { ...process.env, ...it.environment(), ...kms.env },
      timeout: block_ms_max,
    }).catch((error: Error & { stdout: string; stderr: string }) =>
      assert.fail(`${page}: ${before}\n${error.stdout}${error.stderr}`),
    );
    if (rest.length === 0) continue;
    await it.server.stop();
    await it.start();
    await settled();
  }
}

test('each command of the runbooks for an incident and for changed keys works, and backups of before stay readable', async () => {
  await mkdir(safe);
  await symlink(join(root, 'bin'), join(it.parent, 'bin'));
  await holdfast(
    ['user', 'create', '--tenant', 'acme', '--email', 'ada@example.com', '--name', 'Ada', '--role', 'admin'],
    it.environment(),
  );
  await settled();
  await follow('incident.md');
  await follow('keys.md');
  const key = await readFile(join(it.data, 'master.key'), 'utf8');
  assert.match(key, /^2:\S+,1:\S+\n$/);
  assert.equal(await readFile(join(safe, 'master.key'), 'utf8'), key);
  const backups = await it.run<{ id: string; proof: Proof | null }[]>('backup', 'list');
  assert.equal(backups.at(-1)!.proof?.passed, true);
  const oldest = await it.run<Proof>('backup', 'prove', backups[0]!.id);
  assert.equal(oldest.passed, true, 'what was sealed with the old key opens');
});
