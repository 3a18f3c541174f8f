import { join } from 'node:path';
import { sql } from 'kysely';
import { type Config, configWarnings } from '../../kernel/config/config.ts';
import type { Database } from '../../kernel/database/database.ts';
import { diskSpace } from '../../kernel/files/disk-space.ts';
import { isDatabaseAway } from '../../kernel/http/errors.ts';
import type { LogStore } from '../../kernel/logs/log-store.ts';
import { redactText } from '../../kernel/logs/redact.ts';
import { readWaitingLog } from '../../kernel/logs/waiting.ts';
import type { SecretState } from '../../kernel/services.ts';
import type { Rule } from '../alerts/rules.ts';
import { isAhead } from '../backup/contents.ts';
import { gap_advice, openGaps } from '../backup/log-archive.ts';
import { lossNow, lossOfDay } from '../backup/loss.ts';
import type { Proof } from '../backup/prove.ts';
import type { BackupStatus } from '../backup/status.ts';
import { feedTroubles } from './feed-troubles.ts';
import { countFailedJobs, jobTroubles } from './job-troubles.ts';

/** What was found about a part of the installation. `doctor` and the operator's page say the same. */
export interface Finding {
  check: string;
  ok: boolean;
  detail: string;
  /** What to do when it is not ok. */
  advice?: string;
  /**
   * How urgent that is, in the words of alerts: a `ticket` can wait for the morning. Without it, as urgent as can be.
   */
  severity?: Rule['severity'];
}

/** Whether something is wrong that cannot wait. */
export const isUrgent = ({ ok, severity = 'page' }: Finding): boolean => !ok && severity === 'page';

const disk_free_share_min = 0.2;
const disk_free_bytes_enough = 50e9;
const proof_hours_max = 30;
/** Twice what is promised; a moment without the store is none. */
const loss_seconds_max = 120;
/** After a moment without the store, lines are stored within a minute. */
const log_waits_ms_max = 60_000;
const hour_ms = 3_600_000;
const check_ms_max = 10_000;

/** What to do when the database does not answer. */
export const database_advice = 'Look whether PostgreSQL runs and its disk has room.';

/** A check that fails or takes too long is itself what was found. */
export async function boundedFinding(check: string, look: () => Promise<Finding>): Promise<Finding> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding>((resolve) => {
    timer = setTimeout(
      () => resolve({ check, ok: false, detail: `No answer within ${check_ms_max / 1000} s` }),
      check_ms_max,
    );
  });
  const done = look().catch((error: Error): Finding => {
    const { message: detail } = error;
    return { check, ok: false, detail, ...(isDatabaseAway(error) && { advice: database_advice }) };
  });
  return Promise.race([done, late]).finally(() => clearTimeout(timer));
}

export async function diskFinding({ HOLDFAST_DATA }: Pick<Config, 'HOLDFAST_DATA'>): Promise<Finding> {
  const { free_bytes, size_bytes } = await diskSpace(HOLDFAST_DATA);
  const share = free_bytes / size_bytes;
  return {
    check: 'disk',
    ok: share >= disk_free_share_min || free_bytes > disk_free_bytes_enough,
    detail: `${Math.round(free_bytes / 1e9)} GB free (${Math.round(share * 100)}%)`,
    advice: 'Make room: PostgreSQL stops when the disk is full.',
  };
}

export async function logFinding({ HOLDFAST_DATA }: Pick<Config, 'HOLDFAST_DATA'>, now = Date.now()): Promise<Finding> {
  const { bytes, since } = await readWaitingLog(join(HOLDFAST_DATA, 'log'));
  const ok = since === null || now - since.getTime() < log_waits_ms_max;
  return {
    check: 'logs',
    ok,
    severity: 'ticket',
    detail: ok
      ? 'Lines are stored as they come'
      : `${Math.ceil(bytes / 1e3)} KB of lines wait on disk since ${since?.toISOString()}: the log store cannot be reached`,
    advice:
      'Look on stdout why the store cannot be reached. Lines wait in the data directory and are stored when it is back.',
  };
}

/** Where lines are searched, and what that store lacks. */
export async function logStoreFinding(store: LogStore, { MONGODB_URL }: Pick<Config, 'MONGODB_URL'>): Promise<Finding> {
  const advice = MONGODB_URL
    ? 'Check MONGODB_URL and the server. Lines wait in the data directory meanwhile, and none is lost.'
    : 'Lines wait in the data directory meanwhile, and none is lost.';
  try {
    return { check: 'log store', ok: true, detail: await store.check(), advice };
  } catch (error) {
    return { check: 'log store', ok: false, severity: 'ticket', detail: redactText((error as Error).message), advice };
  }
}

/**
 * What is half set, and how it stands with secrets that change while the program runs. Names settings, never values.
 */
export function settingsFinding(config: Config, secrets: SecretState): Finding {
  const { trouble, refused, wantRestart } = secrets;
  const troubles = [
    ...(trouble
      ? [`${trouble.detail}; ${trouble.settings.join(', ')} as known before ${trouble.since.toISOString()} stay in use`]
      : []),
    ...(refused ? [`Changed secrets were not taken over: ${refused}`] : []),
    ...(wantRestart.length > 0 ? [`${wantRestart.join(', ')} changed and count from the next start on`] : []),
    ...configWarnings(config, secrets),
  ];
  return {
    check: 'settings',
    ok: troubles.length === 0,
    severity: 'ticket',
    detail: troubles.join('; ') || 'Complete',
    advice: 'docs/operating/keys.md says how secrets change, docs/configuration.md what each setting is.',
  };
}

export async function copyFinding(db: Database): Promise<Finding> {
  const [copy] = await db.call<{ source: string; sends: boolean; done: boolean }>(
    sql`select source, sends, replaced_at is not null as done from pseudonymised_copy`,
  );
  if (copy?.done === false)
    return {
      check: 'copy',
      ok: false,
      detail: `A copy of ${copy.source} whose pseudonymisation was not finished: it holds real people. It sends nothing`,
      advice: 'Stop it, empty its database or data directory, and restore and pseudonymise it again.',
    };
  return {
    check: 'copy',
    ok: true,
    detail: copy?.sends
      ? `A pseudonymised copy of ${copy.source}. It sends e-mails, webhooks and alerts`
      : `A pseudonymised copy of ${copy?.source}. It sends nothing: holdfast copy send`,
  };
}

export async function feedFinding(db: Database): Promise<Finding> {
  const troubles = await feedTroubles(db);
  return {
    check: 'feed',
    ok: troubles.length === 0,
    severity: 'ticket',
    detail: troubles.length === 0 ? 'All changes are processed' : troubles.join('; '),
    advice:
      'Run: holdfast feed list. A worker has to run for consumers to go on. That the database was restored is said for seven days.',
  };
}

export const workerFinding = (connections: number): Finding => ({
  check: 'worker',
  ok: connections > 0,
  detail: connections > 0 ? 'Runs' : 'No worker is connected to the database',
  advice: 'Start one: HOLDFAST_ROLE=worker npm start. Mail, imports, backups and change processing wait for it.',
});

export async function jobFinding(db: Database): Promise<Finding> {
  const [trouble, failed] = await Promise.all([jobTroubles(db), countFailedJobs(db)]);
  const check = 'jobs';
  if (trouble)
    return {
      check,
      ok: false,
      detail: trouble,
      advice: 'Run: holdfast jobs list. Ask the other system, then: holdfast jobs resolve.',
    };
  return {
    check,
    ok: failed === 0,
    severity: 'ticket',
    detail:
      failed === 0
        ? 'All outcomes are known, and no job failed in the last day'
        : failed === 1
          ? 'A job failed for good in the last day'
          : `${failed} jobs failed for good in the last day`,
    advice: 'Fix what its error says, then run it again: on the page Health, or see holdfast jobs list --state failed.',
  };
}

const reasonsOf = ({ checks }: Proof) =>
  checks.flatMap((one) => (one.passed ? [] : `${one.name}: ${one.detail}`)).join('; ');

export function backupFinding(status: BackupStatus, now = Date.now()): Finding {
  const { backups, unreadable } = status;
  const [lost] = unreadable;
  if (!lost) return recoveryFinding(status, now);
  const damaged = { check: 'backups', ok: false, detail: `The backup ${lost.id} cannot be read: ${lost.why}` };
  // A restore begins with the newest.
  if (!backups[0] || lost.id > backups[0].backup.id) return { ...damaged, advice: backup_anew };
  const others = recoveryFinding(status, now);
  if (!others.ok) return others;
  // Nobody has to do anything about it any more: it stays until its age is over.
  if (backups.some(({ backup, proof }) => backup.id > lost.id && proof?.passed))
    return {
      ...others,
      detail: `${others.detail}; the older backup ${lost.id} cannot be read, and a restore passes it over`,
    };
  return {
    ...damaged,
    severity: 'ticket',
    advice: 'A restore passes it over, and it is deleted at its age. Look at the disk of the backup store.',
  };
}

const backup_anew =
  'Make a new one: on the page Backups, or with holdfast backup now. If that fails, holdfast jobs list --state failed says why.';

function recoveryFinding(
  { state, kind, backups, last_proven, time_proofs, shipping, archive }: BackupStatus,
  now: number,
): Finding {
  const check = 'backups';
  if (state === 'elsewhere')
    return {
      check,
      ok: true,
      detail:
        'Of the PostgreSQL at DATABASE_URL, which Holdfast does not make without BACKUP_DIR or BACKUP_S3_…, nor prove those of another tool without BACKUP_RESTORE_COMMAND too',
    };
  const bad = (detail: string, advice: string): Finding => ({ check, ok: false, detail, advice });
  if (state === 'no_store')
    return bad('There is no backup store', 'Set BACKUP_DIR or BACKUP_S3_… (docs/operating/backup.md).');
  // Those of the future are the last: where one is the first, there is no other, and how old it is, nobody knows.
  const latest = Math.max(
    ...backups
      .slice(0, 1)
      .flatMap(({ backup, proof }) => [backup.at, proof?.began_at ?? backup.at])
      .map(Date.parse),
    ...time_proofs.slice(0, 1).map(({ began_at }) => Date.parse(began_at)),
  );
  if (isAhead(latest, now))
    return bad(
      `A backup or its proof is of ${new Date(latest).toISOString()}, which is in the future: the clock of this machine was set back`,
      'Set the clock right; then holdfast backup now, then holdfast backup prove.',
    );
  const [gap] = archive ? openGaps(archive) : [];
  // Where the sender knows it too, a backup begins at once, which is said below.
  if (gap && !shipping?.loss?.gap)
    return bad(
      `Log of changes is missing in the backup store: what was changed since ${gap.from} cannot be had back`,
      gap_advice,
    );
  const failed = backups.find(({ proof }) => proof);
  if (failed?.proof?.passed === false)
    return bad(`The restore of ${failed.backup.id} failed: ${reasonsOf(failed.proof)}`, backup_anew);
  const [second] = time_proofs;
  if (second && !second.passed)
    return bad(
      `The restore of ${second.at}, from ${second.backup}, failed: ${reasonsOf(second)}`,
      `holdfast backup prove --at ${second.at} tries it again. If part of the log is lost: holdfast backup now, then holdfast backup prove --random.`,
    );
  if (backups.length === 0) return bad('There is no backup in the backup store', backup_anew);
  const [newest] = backups;
  if (newest?.unreadable_proof !== undefined)
    return {
      ...bad(
        `What the proof of ${newest.backup.id} found cannot be read; the backup itself may be sound`,
        `Prove it again: holdfast backup prove ${newest.backup.id}`,
      ),
      severity: 'ticket',
    };
  if (!last_proven) return bad('None was restored and found well yet', backup_anew);
  const hours = (now - Date.parse(last_proven.began_at)) / hour_ms;
  const { recovery_seconds } = last_proven;
  const minutes = Math.round(hours * 60);
  const message =
    minutes <= 1
      ? `Last proven restore just now, back in ${recovery_seconds} s`
      : hours < 2
        ? `Last proven restore ${minutes} minutes ago, back in ${recovery_seconds} s`
        : `Last proven restore ${Math.round(hours)} hours ago, back in ${recovery_seconds} s`;
  if (hours > proof_hours_max) return bad(message, backup_anew);
  if (kind === 'mark')
    return shipping && !shipping.active
      ? bad(
          `Changes since ${shipping.inactive_since} may be in no backup: the archive_command of the server fails`,
          "The log of the PostgreSQL at DATABASE_URL says why; the tool's own check, such as pgbackrest check, too.",
        )
      : { check, ok: true, detail: `${message}; another tool backs up the database, and Holdfast only its files` };
  if (shipping && !shipping.active)
    return bad(
      shipping.inactive_since
        ? `Changes since ${shipping.inactive_since} are in no backup: the log is not sent to the backup store`
        : 'The log of changes is not sent to the backup store',
      'A worker has to run, and reach the backup store: its log says why it does not.',
    );
  if (kind !== 'logical') {
    const loss = shipping?.loss;
    if (!loss) return { check, ok: true, detail: message };
    if (loss.gap)
      return bad(
        `Changes since ${loss.durable_until} are in no backup: the log that is sent does not continue the newest backup`,
        'A new backup, which begins by itself, ends that. If it does not: holdfast jobs list --state failed says why.',
      );
    const [lost, day] = [lossNow(loss, now), lossOfDay(loss, now)];
    if (lost > loss_seconds_max)
      return bad(
        `The changes of the last ${lost} s are in no backup: the backup store is slow, or away`,
        'The log of the worker says why. Until then they would be lost with this machine.',
      );
    return {
      check,
      ok: true,
      detail: `${message}; could lose the changes of the last ${lost} s, and at most of ${day} s in the last day`,
    };
  }
  const lost = Math.ceil((now - Date.parse(newest!.backup.at)) / 60_000);
  return {
    check,
    ok: true,
    detail:
      lost <= 1
        ? `${message}; a logical backup leads to no later moment, so the changes of the last minute are in none`
        : lost < 120
          ? `${message}; a logical backup leads to no later moment, so the changes of the last ${lost} minutes are in none`
          : `${message}; a logical backup leads to no later moment, so the changes of the last ${Math.round(lost / 60)} hours are in none`,
  };
}
