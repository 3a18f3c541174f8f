import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { withBackups } from '../../../test/harness/backup-folder.ts';
import { loadConfig } from '../../kernel/config/config.ts';
import { openFiles } from '../../kernel/files/create-file-store.ts';
import { newBackupId } from './contents.ts';
import { formatLsn, pieceName, segment_bytes } from './lsn.ts';
import type { BaseManifest } from './manifest.ts';
import { type ProofOptions, startsOn } from './prove.ts';
import { restoredBytes } from './restore.ts';
import { asideName } from './restore-tenant.ts';
import { proveTime } from './time-proof.ts';

const masterKeys = { current: 1, keys: new Map([[1, createSecretKey(randomBytes(32))]]) };

test('the application starts on a copy without the stores of the installation, those for files by age included', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'holdfast-copy-'));
  t.after(() => rm(dir, { recursive: true }));
  const config = loadConfig([], {
    S3_ENDPOINT: 'http://127.0.0.1:1',
    S3_BUCKET: 'hot',
    S3_ACCESS_KEY_ID: 'key',
    S3_SECRET_ACCESS_KEY: 'secret',
    FILES_WARM_URL: 's3://warm-files',
    FILES_COLD_URL: 'http://key:secret@127.0.0.1:1/cold-files',
  });
  /** As far as the files go, what the application does before it is ready. */
  const start: ProofOptions['start'] = async ({ config: ofCopy }) => {
    const files = openFiles(ofCopy);
    await files.head('health/probe/none').finally(() => files.close());
    const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { address, stop: async () => void server.close() };
  };
  const { detail } = await startsOn({ config, masterKeys, start }, { databaseUrl: 'postgresql://localhost/copy', dir });
  assert.equal(detail, 'It starts and is ready');
});

test('a time that is still to come is refused, and is no proof that failed', () =>
  withBackups(async (backups) => {
    const start = () => assert.fail('nothing is started');
    const options = { config: loadConfig([], {}), masterKeys, start, say: () => {} };
    await assert.rejects(proveTime(backups, new Date(Date.now() + 60_000), options), /is still to come/);
    assert.deepEqual(await backups.list('time-proof'), []);
  }));

test('no second is drawn from the future because of a backup that was made while the clock was ahead', () =>
  withBackups(async (backups, folder) => {
    const hour_ms = 3_600_000;
    const made = async (hours: number, segment: bigint) => {
      const at = new Date(Date.now() + hours * hour_ms);
      const id = newBackupId(at, '00000a');
      const start_lsn = formatLsn(segment * segment_bytes);
      const manifest = { format: 1, kind: 'base', id, at: at.toISOString(), timeline: 1, start_lsn, at_lsn: start_lsn };
      await backups.putJson('backup', id, { ...manifest, cluster_bytes: 1 });
      return manifest.at;
    };
    const first = await made(-3, 1n);
    await made(9_000, 2n);
    const last = await made(-1, 3n);
    await backups.put('wal', pieceName({ timeline: 1, from: segment_bytes, to: 4n * segment_bytes }), Buffer.from('x'));
    const config = loadConfig([], { HOLDFAST_DATA: join(folder, '.data') });
    const start = () => assert.fail('nothing is restored');
    const proof = await proveTime(backups, 'random', { config, masterKeys, start, say: () => {} });
    assert.deepEqual([proof.window!.from, proof.window!.to], [first, last]);
    assert.ok(proof.at > first && proof.at < last);
  }));

test('a restore reads the log up to its target and little more, and takes the room of that', () =>
  withBackups(async (backups) => {
    const place = (segment: number) => BigInt(segment) * segment_bytes;
    const backup = async (hour: number, segment: number, timeline = 1) => {
      const id = `2026-03-01-${hour}`;
      const at = `2026-03-01T${hour}:00:00.000Z`;
      const [start_lsn, at_lsn] = [formatLsn(place(segment)), formatLsn(place(segment) + 100n)];
      const manifest = { format: 1, kind: 'base', id, at, timeline, start_lsn, at_lsn, cluster_bytes: 1e9 };
      await backups.putJson('backup', id, manifest);
      return manifest as BaseManifest;
    };
    const first = await backup(10, 1);
    await backup(11, 3, 2);
    const second = await backup(12, 10);
    await backup(14, 20);
    for (let segment = 1; segment < 30; segment++) {
      const middle = place(segment) + 5_000n;
      for (const [from, to] of [[place(segment), middle], [middle, place(segment + 1)]] as const)
        await backups.put('wal', pieceName({ timeline: 1, from, to }), Buffer.from('x'));
    } // biome-ignore format: a list of pairs
    const segments = async (manifest: BaseManifest, target: 'recorded' | 'latest' | Date) =>
      ((await restoredBytes(backups, manifest, target)) - 1e9) / Number(segment_bytes);
    assert.equal(await segments(first, 'recorded'), 1);
    assert.equal(await segments(first, new Date('2026-03-01T11:30:00Z')), 10);
    assert.equal(await segments(second, new Date('2026-03-01T12:00:01Z')), 11);
    assert.equal(await segments(first, new Date('2026-03-01T14:30:00Z')), 29, 'no backup comes behind it');
    assert.equal(await segments(first, 'latest'), 29);
  }));

test('a workspace steps aside under a name that is one, however long its own is', () => {
  assert.match(asideName('acme'), /^acme-before-\d{8}t\d{6}$/);
  assert.match(`${asideName('a'.repeat(63))}-new`, /^[a-z0-9][a-z0-9-]{0,62}$/);
});
