import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BackupStatus } from '../backup/status.ts';
import { backupFinding } from './findings.ts';

const at = '2026-03-01T03:17:00.000Z';
const status = {
  state: 'kept',
  backups: [{ backup: { at }, proof: { began_at: at, passed: true, recovery_seconds: 40, checks: [] } }],
  last_proven: { began_at: at, recovery_seconds: 40 },
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
});
