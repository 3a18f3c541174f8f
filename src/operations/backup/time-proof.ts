import { randomBytes, randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../kernel/config/config.ts';
import { problems } from '../../kernel/errors/problem.ts';
import { connect } from '../connection.ts';
import { ownDatabase } from './backup.ts';
import type { BackupStore } from './backup-store.ts';
import { Checks, type Found } from './checks.ts';
import { isAhead, newBackupId, newestFirst } from './contents.ts';
import { awaitArchived, noteMoment } from './foreign/mark.ts';
import { foreignTool } from './foreign/tool.ts';
import { coverage, parseLsn, parsePiece, segmentStart } from './lsn.ts';
import { type BackupManifest, type BaseManifest, readManifests } from './manifest.ts';
import type { TimeProof } from './proof.ts';
import { type ProofOptions, restoreAndCheck, withProofFolder } from './prove.ts';
import { slot_name } from './wal.ts';

/** Within that the log is in the backup store, or something is wrong. */
const shipped_seconds_max = 120;
const shipped_poll_ms = 500;
const kept_proofs = 30;

export type { TimeProof };

/** Why no second can be proven; undefined where it can. */
export function whyNoTimeProof(config: Config): string | undefined {
  if (!config.DATABASE_URL || config.BACKUP_RESTORE_COMMAND) return undefined;
  return 'Logical backups lead to their own moments and to none between, and each is proven at its own: there is no other second to prove';
}

interface Window {
  from: Date;
  to: Date;
}

/**
 * Restores how things were at a second, named or drawn from all that can be had back, by the backup before it and the
 * log up to it, and keeps how that went. Where a backup recorded that very moment, all it holds is compared.
 */
export async function proveTime(
  backups: BackupStore,
  wanted: Date | 'random',
  options: ProofOptions,
): Promise<TimeProof> {
  const why = whyNoTimeProof(options.config);
  if (why) throw problems.conflict(why);
  // It would be restored for nothing, and kept as a proof that failed.
  if (wanted instanceof Date && wanted.getTime() > Date.now())
    throw problems.conflict(`${wanted.toISOString()} is still to come. Name a time that is past.`);
  return withProofFolder(options, async (dir) => {
    const manifests = await readableManifests(backups, options.say);
    const checks = new Checks(options.say);
    const drawn = wanted === 'random' ? await draw(backups, manifests, options.config, checks) : { at: wanted };
    const { at } = drawn;
    const manifest = manifests.findLast((one) => Date.parse(one.at) <= at.getTime());
    if (!manifest) throw problems.conflict(`The backup store has no backup of ${at.toISOString()} or before.`);
    options.say(`Restoring ${at.toISOString()}, from the backup ${manifest.id}`);
    const target = Date.parse(manifest.at) === at.getTime() ? 'recorded' : at;
    const checked = await restoreAndCheck({ backups, manifest, target, dir }, options, checks);
    const id = newBackupId(new Date(checked.began_at), randomBytes(3).toString('hex'));
    const proof: TimeProof = {
      id,
      at: at.toISOString(),
      ...('window' in drawn && { window: drawn.window }),
      ...checked,
    };
    await backups.putJson('time-proof', id, proof);
    await deleteOld(backups);
    return proof;
  });
}

async function readableManifests(backups: BackupStore, say: ProofOptions['say']): Promise<BackupManifest[]> {
  const { manifests: all, unreadable } = await readManifests(backups);
  const manifests = all.filter(({ at }) => !isAhead(Date.parse(at)));
  for (const { id, at } of all.filter((one) => !manifests.includes(one)))
    say(`The backup ${id} is of ${at}, which is in the future, and is passed over: the clock was wrong`);
  for (const { id, why } of unreadable) say(`The backup ${id} cannot be read and is passed over: ${why}`);
  const [first] = unreadable;
  if (manifests.length === 0)
    throw first
      ? problems.conflict(`The backup store has no backup that can be read. ${first.why}`)
      : problems.conflict('There is no backup in the backup store.');
  return manifests;
}

async function deleteOld(backups: BackupStore): Promise<void> {
  for (const id of newestFirst(await backups.list('time-proof')).slice(kept_proofs))
    await backups.delete('time-proof', id);
}

/** Any second as likely as any other, between the oldest backup and now. */
async function draw(backups: BackupStore, manifests: BackupManifest[], config: Config, checks: Checks) {
  const newest = await checks.run('log', () => newestMoment(config));
  // Without the log of the last minutes, the rest can still be looked at.
  const to = newest ?? new Date(manifests.at(-1)!.at);
  const windows = (await windowsOf(backups, manifests, to)).filter((one) => secondsIn(one) > 0);
  const [first] = windows;
  if (!first) throw problems.conflict('Nothing can be drawn yet: no second lies between the oldest backup and now.');
  const total = windows.reduce((sum, one) => sum + secondsIn(one), 0);
  const from = manifests[0]!.at;
  const without_log_seconds = Math.max(
    0,
    Math.floor((to.getTime() - Date.parse(from)) / 1_000) - total - windows.length,
  );
  return { at: secondOf(windows, randomInt(total)), window: { from, to: to.toISOString(), without_log_seconds } };
}

/** Whole seconds after its beginning and before its end. */
const secondsIn = ({ from, to }: Window): number =>
  Math.max(0, Math.ceil(to.getTime() / 1_000) - Math.floor(from.getTime() / 1_000) - 1);

function secondOf(windows: readonly Window[], place: number): Date {
  let left = place;
  for (const one of windows) {
    if (left < secondsIn(one)) return new Date((Math.floor(one.from.getTime() / 1_000) + 1 + left) * 1_000);
    left -= secondsIn(one);
  }
  throw new RangeError(`There is no second ${place}`);
}

/** Up to when changes can be had back: a moment just before a change that is in the backup store or the archive. */
async function newestMoment(config: Config): Promise<Found<Date>> {
  const tool = foreignTool(config);
  if (tool) {
    const moment = await noteMoment(tool.ownerUrl);
    return { detail: await awaitArchived(moment, tool), result: new Date(moment.at) };
  }
  return shippedMoment(ownDatabase(config)!);
}

async function shippedMoment(superuserUrl: string): Promise<Found<Date>> {
  const client = await connect(superuserUrl, 'holdfast-proof');
  try {
    const { rows: moment } = await client.query<{ at: Date }>('select clock_timestamp() as at');
    const { at } = moment[0]!;
    await client.query('select pg_current_xact_id()');
    const { rows: end } = await client.query<{ lsn: string }>('select pg_switch_wal()::text as lsn');
    for (;;) {
      const { rows } = await client.query<{ shipped: boolean }>(
        'select restart_lsn >= $2::pg_lsn as shipped from pg_replication_slots where slot_name = $1',
        [slot_name, end[0]!.lsn],
      );
      const waited = Math.max(0, Date.now() - at.getTime());
      if (rows[0]?.shipped) {
        const seconds = Math.max(1, Math.ceil(waited / 1_000));
        return { detail: `The log up to ${at.toISOString()} was in the backup store ${seconds} s later`, result: at };
      }
      if (waited > shipped_seconds_max * 1_000)
        throw new Error(
          `The log up to ${at.toISOString()} was not in the backup store within ${shipped_seconds_max} s: no worker runs, or it does not reach the store`,
        );
      await sleep(shipped_poll_ms);
    }
  } finally {
    await client.end();
  }
}

/** From one backup to the next where the log leads from one to the other, and from the last one on. */
async function windowsOf(backups: BackupStore, manifests: BackupManifest[], newest: Date): Promise<Window[]> {
  const marks = manifests.filter(({ kind }) => kind === 'mark');
  if (marks.length > 0) return [{ from: new Date(marks[0]!.at), to: newest }];
  const bases = manifests.filter((one): one is BaseManifest => one.kind === 'base');
  const pieces = (await backups.list('wal')).map(parsePiece);
  return bases.flatMap((base, place): Window[] => {
    const next = bases[place + 1];
    const from = new Date(base.at);
    if (!next) return [{ from, to: newest }];
    const { to } = coverage(pieces, base.timeline, segmentStart(parseLsn(base.start_lsn)));
    // After a restore, or when the store was away for too long, no log leads to the next one.
    const leadsOn = next.timeline === base.timeline && to >= parseLsn(next.at_lsn);
    return leadsOn ? [{ from, to: new Date(Math.min(Date.parse(next.at), newest.getTime())) }] : [];
  });
}
