import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { eventually } from '../../../test/harness/eventually.ts';
import { copyCluster, goBackByHand, readState, removeUnfinishedCopy, writeState } from './way-back.ts';

let parent: string;
before(async () => {
  parent = await mkdtemp(join(tmpdir(), 'holdfast-way-back-'));
});
after(() => rm(parent, { recursive: true, force: true, maxRetries: 5 }));

test('going back by hand that is killed goes on from wherever that was, and once it is over there is no copy', async () => {
  const dir = await mkdtemp(join(parent, 'by-hand-'));
  const settings = (cluster: string) => join(dir, cluster, 'postgresql.auto.conf');
  for (const cluster of ['postgres', 'upgrade/before']) {
    mkdirSync(join(dir, cluster), { recursive: true });
    writeFileSync(settings(cluster), cluster);
  }
  const restore_point = { name: 'before', at: new Date().toISOString(), lsn: '0/0', shipped: null };
  const state = { schema: 's', version: '2', at: restore_point.at, reason: null, restore_point };
  await writeState(dir, { ...state, stage: 'done' });
  const copied = () => readFileSync(settings('postgres'), 'utf8');
  let starts = 0;
  const start = async () => ({ stop: async () => void starts++ });
  const die = () => Promise.reject(new Error('killed'));
  mkdirSync(join(dir, 'upgrade/state.json.new'));
  await assert.rejects(goBackByHand(dir, start), /EISDIR/);
  assert.equal(copied(), 'postgres', 'killed before the copy was put back');
  await rm(join(dir, 'upgrade/state.json.new'), { recursive: true });
  await assert.rejects(goBackByHand(dir, die), /killed/);
  await writeState(dir, { ...state, stage: 'returning' });
  await assert.rejects(goBackByHand(dir, die), /killed/);
  await writeState(dir, { ...(await readState(dir))!, reason: 'somebody went back by hand' });
  await goBackByHand(dir, start);
  assert.deepEqual([copied(), starts], ['upgrade/before', 1], 'no setting of the way back stays');
  await assert.rejects(goBackByHand(dir, start), /There is no copy from before an upgrade/);
});

test('a copy that goes on after the upgrade was killed gets in the way of no other', async () => {
  const dir = join(parent, 'copying');
  mkdirSync(join(dir, 'postgres'), { recursive: true });
  for (let n = 0; n < 200; n++) writeFileSync(join(dir, 'postgres', String(n)), 'x');
  const unfinished = join(dir, 'upgrade/before.new');
  mkdirSync(unfinished, { recursive: true });
  // As the `cp` of the one that was killed does.
  const shell = 'n=0; while mkdir "$0/$n"; do n=$((n + 1)); done';
  const child = spawn('sh', ['-c', shell, unfinished], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  await eventually(async () => (await readdir(unfinished)).length > 100);
  await removeUnfinishedCopy(dir).finally(() => child.kill());
  await copyCluster(dir);
  await ended;
  assert.equal((await readdir(join(dir, 'upgrade/before'))).length, 200);
  await removeUnfinishedCopy(dir);
  assert.deepEqual(await readdir(join(dir, 'upgrade')), ['before']);
});
