import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../../kernel/config/config.ts';
import type { Proof } from '../backup/prove.ts';
import type { BackupStatus } from '../backup/status.ts';
import { recoveryOf } from '../console/status.ts';
import { clockFinding } from './clock.ts';
import { backupFinding, logFinding } from './findings.ts';
import { traceFinding } from './traces.ts';

const at = '2026-03-01T03:17:00.000Z';
const status = {
  state: 'kept',
  backups: [{ backup: { at }, proof: { began_at: at, passed: true, recovery_seconds: 40, checks: [] } }],
  last_proven: { began_at: at, recovery_seconds: 40 },
  unreadable: [],
  time_proofs: [],
  shipping: { active: true, behind_bytes: 0, inactive_since: null },
} as unknown as BackupStatus;
const hours = (count: number) => Date.parse(at) + count * 3_600_000;

test('backups are well while the clock goes on, too old after a day, and of the future when it was set back', () => {
  assert.equal(backupFinding(status, hours(2)).ok, true);
  assert.equal(backupFinding(status, hours(-0.05)).ok, true, 'clocks differ a little');
  assert.match(backupFinding(status, hours(31)).detail, /31 hours ago/);
  const back = backupFinding(status, hours(-48));
  assert.equal(back.ok, false);
  assert.match(back.detail, /2026-03-01T03:17:00.000Z, which is in the future: the clock of this machine was set back/);
  assert.equal(backupFinding(status, hours(3)).ok, true, 'well again');
  const ahead = new Date(hours(9_000)).toISOString();
  const proof = { began_at: ahead, passed: true, recovery_seconds: 40, checks: [] };
  const backups = [...status.backups, { backup: { at: ahead }, proof }] as unknown as BackupStatus['backups'];
  assert.equal(backupFinding({ ...status, backups }, hours(3)).ok, true, 'once a newer one is proven');
  assert.match(backupFinding({ ...status, backups }, hours(31)).detail, /31 hours ago/);
});

test('log behind a gap is no protection, however lately it was sent', () => {
  const loss = { durable_until: new Date(hours(1)).toISOString(), day_seconds: 3, gap: false };
  const found = (gap: boolean) =>
    backupFinding({ ...status, shipping: { ...status.shipping!, loss: { ...loss, gap } } }, hours(1) + 5_000);
  assert.match(found(false).detail, /could lose the changes of the last 5 s/);
  assert.match(found(true).detail, /^Changes since 20.*: the log that is sent does not continue the newest backup$/);
  assert.equal(found(true).ok, false);
});

test('what is advised where a backup fails lists jobs that failed, not those in doubt', () => {
  const lost = { durable_until: at, day_seconds: 3, gap: true };
  const gap = { ...status, shipping: { ...status.shipping!, loss: lost } };
  for (const bad of [{ ...status, backups: [] }, gap as BackupStatus])
    assert.match(backupFinding(bad, hours(1)).advice!, /holdfast jobs list --state failed says why/);
});

test('a restore of a random second that failed is as bad as one of the newest backup, until the next one is well', () => {
  const checks = [{ name: 'restore', passed: false, detail: 'The log ends before', seconds: 1 }];
  const second = { id: 'a', at, backup: 'b', began_at: at, passed: false, recovery_seconds: 0, checks };
  const found = backupFinding({ ...status, time_proofs: [second] } as BackupStatus, hours(2));
  assert.deepEqual(
    [found.ok, found.detail],
    [false, `The restore of ${at}, from b, failed: restore: The log ends before`],
  );
  const later = { ...second, passed: true, checks: [] };
  assert.equal(backupFinding({ ...status, time_proofs: [later, second] } as BackupStatus, hours(2)).ok, true);
});

test('a backup that cannot be read is urgent when it is the newest, and well enough once a newer one is proven', () => {
  const of = (id: string, { proof }: { proof: Proof | null }) => {
    const backups = [{ proof, backup: { at, id: '2026-03' } }];
    const found = { ...status, backups, unreadable: [{ id, why: 'damaged' }] } as unknown as BackupStatus;
    const { ok, detail, severity } = backupFinding(found, hours(2));
    return [ok, detail, severity];
  };
  const proven = status.backups[0]!;
  assert.deepEqual(of('2026-04', proven), [false, 'The backup 2026-04 cannot be read: damaged', undefined]);
  assert.deepEqual(of('2026-02', { proof: null }), [false, 'The backup 2026-02 cannot be read: damaged', 'ticket']);
  const well = 'Last proven restore 2 hours ago, back in 40 s';
  assert.deepEqual(of('2026-02', proven), [
    true,
    `${well}; the older backup 2026-02 cannot be read, and a restore passes it over`,
    undefined,
  ]);
});

test('where only a single second is proven, what came after that could be lost', () => {
  const last_proven = { began_at: at, at, recovery_seconds: 40, passed: true, checks: [] };
  const marks = { ...status, kind: 'mark', backups: [], last_proven, shipping: null } as unknown as BackupStatus;
  assert.equal(recoveryOf(marks, hours(2))!.loss_seconds_max, 2 * 3_600);
});

test('lines of the log that wait on disk for longer than a minute are said, those of a moment are not', async (t) => {
  const HOLDFAST_DATA = await mkdtemp(join(tmpdir(), 'holdfast-log-'));
  t.after(() => rm(HOLDFAST_DATA, { recursive: true }));
  assert.equal((await logFinding({ HOLDFAST_DATA })).ok, true, 'before the first line waited');
  await mkdir(join(HOLDFAST_DATA, 'log'));
  await writeFile(join(HOLDFAST_DATA, 'log', 'host.1.id.lines'), 'x'.repeat(5_000));
  await writeFile(join(HOLDFAST_DATA, 'log', 'something else'), 'x'.repeat(9_000));
  assert.equal((await logFinding({ HOLDFAST_DATA })).ok, true);
  const { ok, detail } = await logFinding({ HOLDFAST_DATA }, Date.now() + 61_000);
  assert.equal(ok, false);
  assert.match(detail, /^5 KB of lines wait on disk since 20/);
});

test('of logical backups it is said how much is in none of them', () => {
  const proof = { began_at: new Date(hours(1)).toISOString(), recovery_seconds: 12, passed: true, checks: [] };
  const newest = { backup: { at: new Date(hours(1)).toISOString() }, proof };
  const logical = {
    state: 'kept',
    kind: 'logical',
    backups: [newest],
    unreadable: [],
    last_proven: proof,
    time_proofs: [],
    shipping: null,
  };
  const found = backupFinding(logical as unknown as BackupStatus, hours(9));
  assert.equal(found.ok, true);
  assert.match(found.detail, /the changes of the last 8 hours are in none/);
  assert.equal(recoveryOf(logical as unknown as BackupStatus, hours(9))!.loss_seconds_max, 8 * 3_600);
});

test('traces that are half configured are said to be off, and why; without the setting nothing is said', () => {
  const of = (more: Record<string, string>) => traceFinding(loadConfig([], more));
  assert.equal(of({}), undefined);
  const endpoint = 'OTEL_EXPORTER_OTLP_ENDPOINT';
  assert.equal(of({ [endpoint]: 'https://otel.example.com/x', OTEL_EXPORTER_OTLP_HEADERS: 'a=b%20c, d=e' })!.ok, true);
  assert.equal(of({ [endpoint]: 'http://127.0.0.1:4318' })!.ok, true);
  assert.equal(of({ [endpoint]: 'http://otel.example.com', ALLOW_PLAINTEXT: 'true' })!.ok, true);
  const wrong: [Record<string, string>, RegExp][] = [
    [{ [endpoint]: 'otel.example.com:4317' }, /OTEL_EXPORTER_OTLP_ENDPOINT has the form/],
    [{ [endpoint]: 'grpc://otel.example.com:4317' }, /OTEL_EXPORTER_OTLP_ENDPOINT has the form/],
    [{ [endpoint]: 'https://u:hunter2@otel.example.com' }, /contains a password/],
    [{ [endpoint]: 'http://otel.example.com:4318' }, /unencrypted to another machine/],
    [{ [endpoint]: 'https://otel.example.com', OTEL_EXPORTER_OTLP_HEADERS: 'Bearer hunter2' }, /HEADERS has the form/],
    [{ [endpoint]: 'https://otel.example.com', OTEL_EXPORTER_OTLP_HEADERS: 'a=%0Ahunter2' }, /HEADERS has the form/],
  ];
  for (const [settings, why] of wrong) {
    const { ok, detail } = of(settings)!;
    assert.equal(ok, false);
    assert.match(detail, why);
    assert.ok(!detail.includes('hunter2'));
  }
});

test('a clock that is off from that of PostgreSQL is said, with how far, and a slow answer is no sign of it', async () => {
  const found = (ahead_ms: number, answers_ms = 0) =>
    clockFinding({
      call: async () => {
        const at = Date.now() - ahead_ms;
        await sleep(answers_ms);
        return [{ at }] as never[];
      },
    });
  assert.equal((await found(3_000)).ok, true);
  assert.equal((await found(-20, 50)).ok, true);
  const [ahead, behind] = [await found(3_600_000), await found(-3_600_000)];
  assert.deepEqual([ahead.ok, ahead.severity], [false, 'ticket']);
  assert.equal(ahead.detail, 'The clock of this machine is 3600 s ahead of that of PostgreSQL');
  assert.equal(behind.detail, 'The clock of this machine is 3600 s behind that of PostgreSQL');
});
