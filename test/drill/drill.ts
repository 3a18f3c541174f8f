import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stopLeftovers } from '../../src/kernel/database/embedded/processes.ts';
import type { Proof } from '../../src/operations/backup/prove.ts';
import { client, unlimited } from '../harness/app.ts';
import { eventually } from '../harness/eventually.ts';
import { type HoldfastProcess, holdfast, startProcess } from '../harness/process.ts';
import { type Comparison, compare, DrillLedger, type Write } from './ledger.ts';

export interface DrillOptions {
  /** Of load, with a backup in the middle. */
  seconds: number;
  writers: number;
  say: (line: string) => void;
}

export interface DrillResult {
  began_at: string;
  load: {
    seconds: number;
    requests: number;
    per_second: number;
    failures: string[];
    p95_ms: number;
    p95_ms_during_backup: number;
    backup_seconds: number;
  };
  /** How long it took to restore the first backup, of an empty installation, when it was proven. */
  proven_recovery_seconds: number;
  recovery: { restore_seconds: number; start_seconds: number; total_seconds: number };
  comparison: Comparison;
  audit: { events: number; findings: number };
  /** Of the backup that the new machine makes of itself. */
  proof: { passed: boolean; seconds_after_loss: number; failed: string[] };
}

const proof_ms_max = 600_000;

interface Listed {
  timeline: number;
  proof: Proof | null;
}

/**
 * From a running installation under load to a lost machine to a proven new one, with the commands that an operator has.
 */
export async function runDrill({ seconds, writers, say }: DrillOptions): Promise<DrillResult> {
  const began_at = new Date().toISOString();
  const parent = await mkdtemp(join(tmpdir(), 'holdfast-drill-'));
  const [old, fresh, place] = ['lost', 'new', 'backups'].map((name) => join(parent, name)) as [string, string, string];
  const environment = (dir: string) => ({ HOLDFAST_DATA: dir, BACKUP_DIR: place });
  const list = async (dir: string): Promise<Listed[]> =>
    JSON.parse(await holdfast(['backup', 'list', '--json'], environment(dir)));
  let running: HoldfastProcess | undefined;
  try {
    say('Starting an installation and waiting for its first proven backup');
    running = await startProcess(['--empty', '--data', old], { BACKUP_DIR: place, ...unlimited });
    await holdfast(['tenant', 'create', '--name', 'drill'], environment(old));
    const key = await holdfast(['api-key', 'create', '--tenant', 'drill', '--role', 'admin'], environment(old));
    const masterKey = await readFile(join(old, 'master.key'));
    let first: Proof | null | undefined;
    await eventually(async () => {
      first = (await list(old)).at(-1)?.proof;
      return first?.passed;
    }, proof_ms_max);

    say(`Writing for ${seconds} s from ${writers} clients, with a backup in the middle`);
    const began = Date.now();
    const ledger = new DrillLedger(running.url, key, writers);
    await sleep((seconds * 1_000) / 3);
    const backupBegan = Date.now();
    await holdfast(['backup', 'now'], environment(old));
    const backupEnded = Date.now();
    await sleep(Math.max(0, began + seconds * 1_000 - Date.now()));

    say('Killing every process, and deleting the data directory');
    const processes = [running.pid, ...descendants(running.pid), ...(await serverOf(old))];
    for (const pid of new Set(processes)) killNow(pid);
    const lostAt = Date.now();
    await ledger.stop();
    await stopLeftovers(join(old, 'postgres'), () => {});
    await rm(old, { recursive: true, maxRetries: 10 });

    say('Restoring to a new one');
    const restoreBegan = Date.now();
    await mkdir(fresh);
    await writeFile(join(fresh, 'master.key'), masterKey, { mode: 0o600 });
    await holdfast(['restore', '--to', fresh], environment(fresh));
    const restored = Date.now();
    running = await startProcess(['--data', fresh], { BACKUP_DIR: place, ...unlimited });
    const api = client(running.url, key);
    await eventually(async () => (await api('POST', '/api/v1/companies', { name: 'After' })).status === 201);
    const served = Date.now();

    say(`Serving again after ${toSeconds(served - restoreBegan)} s; comparing with what the clients were told`);
    const comparison = await compare(ledger.writes, api, lostAt);
    const audit = JSON.parse(await auditOf(environment(fresh)));
    say('Waiting for the proof of the backup that it makes of itself');
    let newest: Listed | undefined;
    await eventually(async () => {
      newest = (await list(fresh)).at(-1);
      return newest!.timeline > 1 && newest!.proof !== null;
    }, proof_ms_max);
    const proven = Date.now();
    const { proof } = newest as { proof: Proof };
    const inBackup = (write: Write) => write.sentAt < backupEnded && write.answeredAt! > backupBegan;
    const before = ledger.answered.filter(({ answeredAt }) => answeredAt! < backupBegan);
    return {
      began_at,
      load: {
        seconds: toSeconds(lostAt - began),
        requests: ledger.answered.length,
        per_second: Math.round((ledger.answered.length * 1_000) / (lostAt - began)),
        failures: ledger.failures,
        p95_ms: p95(before),
        p95_ms_during_backup: p95(ledger.answered.filter(inBackup)),
        backup_seconds: toSeconds(backupEnded - backupBegan),
      },
      proven_recovery_seconds: first!.recovery_seconds,
      recovery: {
        restore_seconds: toSeconds(restored - restoreBegan),
        start_seconds: toSeconds(served - restored),
        total_seconds: toSeconds(served - restoreBegan),
      },
      comparison,
      audit: { events: audit.events, findings: audit.findings.length },
      proof: {
        passed: proof.passed,
        seconds_after_loss: toSeconds(proven - lostAt),
        failed: proof.checks.flatMap((check) => (check.passed ? [] : `${check.name}: ${check.detail}`)),
      },
    };
  } finally {
    await running?.stop();
    for (const dir of [old, fresh])
      if (existsSync(join(dir, 'postgres'))) await stopLeftovers(join(dir, 'postgres'), () => {});
    await rm(parent, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** With findings it ends with 1, and prints them all the same. */
const auditOf = (env: Record<string, string>): Promise<string> =>
  holdfast(['audit', 'verify', '--json'], env).catch((error: { stdout?: string }) => {
    if (error.stdout) return error.stdout;
    throw error;
  });

const toSeconds = (ms: number): number => Math.round(ms / 100) / 10;

function p95(writes: readonly Write[]): number {
  const sorted = writes.map(({ sentAt, answeredAt }) => answeredAt! - sentAt).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.95)] ?? 0;
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // One that ended with its parent.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function serverOf(dir: string): Promise<number[]> {
  const pid = Number((await readFile(join(dir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0]);
  return [pid, ...descendants(pid)];
}

function descendants(pid: number): number[] {
  const rows = spawnSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .stdout.trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  const found = [pid];
  for (const parent of found) for (const [child, of] of rows) if (of === parent) found.push(child);
  return found.slice(1);
}
