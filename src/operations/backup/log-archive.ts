import { connect } from '../connection.ts';
import type { BackupStore } from './backup-store.ts';
import { type BackupSummary, readCatalogue } from './catalogue.ts';
import { formatLsn, type Piece, parseLsn, parsePiece, segmentStart } from './lsn.ts';
import type { BaseManifest } from './manifest.ts';
import { ifDamaged } from './manifest.ts';
import { slot_name } from './wal.ts';

/** Log that is missing in the backup store, though backups before it are kept. */
export interface LogGap {
  timeline: number;
  from_lsn: string;
  to_lsn: string;
  /** About when its first change was made: until then all can be had back. */
  from: string;
  /** The moment of the first full backup behind it; null while there is none, and so nothing since can be had back. */
  until: string | null;
}

/** Between which any moment can be had back; `to` is null where that goes on. */
export interface RestorableRange {
  from: string;
  to: string | null;
}

export interface LogArchive {
  checked_at: string;
  gaps: LogGap[];
  ranges: RestorableRange[];
}

/** Those behind which nothing can be had back yet. */
export const openGaps = ({ gaps }: Pick<LogArchive, 'gaps'>): LogGap[] => gaps.filter(({ until }) => until === null);

export const gapText = ({ from }: LogGap): string =>
  `Log of changes is missing in the backup store: what was changed since ${from} cannot be had back`;

export const gap_advice =
  'Make a full backup, which ends that: on the page Backups, or with holdfast backup now. Then find out who deletes in the backup store: Holdfast deletes no log that a backup needs.';

type Base = Pick<BaseManifest, 'id' | 'at' | 'timeline' | 'start_lsn' | 'at_lsn'>;
interface StoredPiece extends Piece {
  /** When it was stored. */
  at: number;
}
/** Up to where the program has sent the log. */
type Sent = Pick<Piece, 'timeline' | 'to'>;

interface Hole extends Piece {
  at: number;
}

/** Where pieces of one timeline do not go on where the ones before ended, between two positions. */
function holesIn(pieces: readonly StoredPiece[], { timeline, from, to: end }: Piece, since: number): Hole[] {
  const holes: Hole[] = [];
  let to = from;
  // A piece holds what was written after the one before it was stored.
  let [at, before] = [since, since];
  const inOrder = pieces.filter((one) => one.to > from).sort((a, b) => byPosition(a.from, b.from));
  for (const piece of inOrder) {
    if (piece.from > to) holes.push({ timeline, from: to, to: piece.from, at: before });
    if (piece.to <= to) continue;
    to = piece.to;
    [before, at] = [Math.max(since, at), Math.max(at, piece.at)];
  }
  if (to < end) holes.push({ timeline, from: to, to: end, at: before });
  return holes;
}

const startOf = ({ start_lsn }: Base): bigint => segmentStart(parseLsn(start_lsn));
const byPosition = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
const iso = (at: number): string => new Date(at).toISOString();

/** Looks at the log of each timeline from its oldest full backup to its end, and what that leads to. */
export function examineLog(
  bases: readonly Base[],
  stored: readonly StoredPiece[],
  sent?: Sent,
): Omit<LogArchive, 'checked_at'> {
  const inOrder = [...bases].sort((a, b) => (a.at < b.at ? -1 : 1));
  const gaps: LogGap[] = [];
  const ranges: RestorableRange[] = [];
  const newest = inOrder.at(-1);
  for (const timeline of new Set(inOrder.map((base) => base.timeline))) {
    const own = inOrder.filter((base) => base.timeline === timeline);
    const pieces = stored.filter((piece) => piece.timeline === timeline);
    const from = own.map(startOf).sort(byPosition)[0]!;
    const ends = [...pieces.map(({ to }) => to), ...own.map(({ at_lsn }) => parseLsn(at_lsn))];
    const to = (sent?.timeline === timeline ? [...ends, sent.to] : ends).sort(byPosition).at(-1)!;
    const holes = holesIn(pieces, { timeline, from, to }, Date.parse(own[0]!.at));
    for (const hole of holes) {
      const behind = inOrder.find((base) =>
        base.timeline === timeline
          ? startOf(base) >= hole.to
          : base.timeline > timeline && Date.parse(base.at) >= hole.at,
      );
      gaps.push({
        timeline,
        from_lsn: formatLsn(hole.from),
        to_lsn: formatLsn(hole.to),
        from: iso(hole.at),
        until: behind?.at ?? null,
      });
    }
    const goesOn = timeline === newest?.timeline && (sent === undefined || sent.timeline === timeline);
    const last = Math.max(...pieces.map(({ at }) => at));
    for (const base of own) {
      const hole = holes.find((one) => one.to > startOf(base));
      // Not even the moment that it recorded.
      if (hole && hole.from < parseLsn(base.at_lsn)) continue;
      if (!hole) addRange(ranges, { from: base.at, to: goesOn ? null : iso(Math.max(last, Date.parse(base.at))) });
      else addRange(ranges, { from: base.at, to: iso(Math.max(hole.at, Date.parse(base.at))) });
    }
  }
  return { gaps, ranges: ranges.sort((a, b) => (a.from < b.from ? -1 : 1)) };
}

/** One that begins within another makes that longer. */
function addRange(ranges: RestorableRange[], added: RestorableRange): void {
  const around = ranges.find(({ from, to }) => from <= added.from && (to === null || to >= added.from));
  if (!around) ranges.push(added);
  else if (around.to !== null && (added.to === null || added.to > around.to)) around.to = added.to;
}

const isBase = (backup: BackupSummary) => backup.kind === 'base';

/**
 * Looks whether the log in the backup store is whole. Without the address of the database that sends it, up to the last
 * that is there.
 */
export async function examineStore(backups: BackupStore, superuserUrl: string | null): Promise<LogArchive> {
  const checked_at = new Date().toISOString();
  // In this order: what is sent or deleted meanwhile must not seem to be missing. Where old backups are deleted, their
  // log goes after them.
  const sent = superuserUrl ? await readSent(superuserUrl) : undefined;
  const pieces = [...(await backups.listInfo('wal'))].map(([name, { modifiedAt }]) => ({
    ...parsePiece(name),
    at: modifiedAt.getTime(),
  }));
  const { backups: catalogue } = await readCatalogue(backups);
  const bases = catalogue.map(({ backup }) => backup).filter(isBase);
  return {
    checked_at,
    ...examineLog(
      bases.filter(({ at }) => at <= checked_at),
      pieces,
      sent,
    ),
  };
}

async function readSent(superuserUrl: string): Promise<Sent | undefined> {
  const client = await connect(superuserUrl, 'holdfast-backup');
  try {
    const { rows } = await client.query<{ lsn: string; timeline: number }>(
      `select restart_lsn::text as lsn, (select timeline_id from pg_control_checkpoint()) as timeline
       from pg_replication_slots where slot_name = $1 and restart_lsn is not null`,
      [slot_name],
    );
    return rows[0] && { timeline: rows[0].timeline, to: parseLsn(rows[0].lsn) };
  } finally {
    await client.end();
  }
}

const latest = 'latest';

/** The same, kept beside the backups: with weeks of log the store is not listed for each look at a page. */
export async function recordLogArchive(backups: BackupStore, superuserUrl: string | null): Promise<LogArchive> {
  const found = await examineStore(backups, superuserUrl);
  await backups.putJson('log-archive', latest, found);
  return found;
}

/** As it was looked at last; null before the first time. */
export async function readLogArchive(backups: BackupStore): Promise<LogArchive | null> {
  if ((await backups.list('log-archive')).length === 0) return null;
  return ifDamaged(backups.getJson<LogArchive>('log-archive', latest), () => null);
}
