import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Config } from '../../kernel/config/config.ts';
import type { FileStore } from '../../kernel/files/file-store.ts';
import type { BackupStore } from './backup-store.ts';
import { newestFirst } from './contents.ts';
import { FileShipper } from './file-shipper.ts';
import { LossMeter } from './loss.ts';
import { coverage, formatLsn, type Piece, parseLsn, parsePiece, segmentStart } from './lsn.ts';
import { baseOnly, ifDamaged, readManifest } from './manifest.ts';
import { refuseStoreOfOriginal } from './own-store.ts';
import { ReplicationConnection } from './replication.ts';
import { flush_seconds, WalStream } from './wal-stream.ts';

/** The server keeps the log for it until it is in the backup store. */
export const slot_name = 'holdfast_backup';
/** At most as long as changes that are sent well wait to be sent: once the store is back, so it is with them. */
const retry_ms = { least: 1_000, most: flush_seconds * 1_000 };
/** How often is looked whether a new backup leads up to what was sent behind a gap. */
const look_ms = 5_000;
const already_exists = '42710';
const undefined_file = '58P01';

/** Where the log of a timeline that is in the backup store ends, or nowhere. */
function lastShipped(pieces: readonly Piece[], timeline: number): bigint | undefined {
  const ends = pieces.filter((piece) => piece.timeline === timeline);
  return ends.reduce<bigint | undefined>((last, { to }) => (last === undefined || to > last ? to : last), undefined);
}

/** The server's cluster, timeline and end of the log. */
export async function identify(url: string): Promise<{ installation: string; timeline: number; lsn: bigint }> {
  const connection = new ReplicationConnection(url);
  await connection.connect();
  try {
    const [row] = await connection.rows('IDENTIFY_SYSTEM');
    return { installation: row![0]!, timeline: Number(row![1]), lsn: parseLsn(row![2]!) };
  } finally {
    await connection.end();
  }
}

interface Slot {
  /** From where the server keeps the log. */
  kept: bigint;
  /** Whether it did so before. */
  wasThere: boolean;
}

/**
 * The server keeps the log from the slot on. One that leads nowhere is made anew: when the backup store was away for
 * longer than the server keeps the log, and when the database went on as a new timeline behind it, as after going back
 * to the copy from before an upgrade. What is missing then, only a new full backup replaces, which begins by itself.
 */
async function ensureSlot(url: string, log: Logger): Promise<Slot> {
  const connection = new ReplicationConnection(url);
  await connection.connect();
  const create = () => connection.rows(`CREATE_REPLICATION_SLOT ${slot_name} PHYSICAL RESERVE_WAL`);
  const read = async () => {
    const [row] = await connection.rows(`READ_REPLICATION_SLOT ${slot_name}`);
    return row?.[1] == null ? undefined : { kept: parseLsn(row[1]), timeline: Number(row[2]) };
  };
  try {
    const wasThere = await create().then(
      () => false,
      (error: { code?: string }) => {
        if (error.code !== already_exists) throw error;
        return true;
      },
    );
    const [system] = await connection.rows('IDENTIFY_SYSTEM');
    const timeline = Number(system![1]);
    const found = await read();
    if (found?.timeline === timeline) return { kept: found.kept, wasThere };
    log.warn(
      found
        ? `The database went on as timeline ${timeline}, and the log was sent up to timeline ${found.timeline}: it is sent anew from here, and a full backup begins by itself`
        : 'The server no longer has all of the log that was not sent to the backup store: it is sent anew from here, and a full backup begins by itself',
    );
    await connection.rows(`DROP_REPLICATION_SLOT ${slot_name}`);
    await create();
    return { kept: (await read())!.kept, wasThere };
  } finally {
    await connection.end();
  }
}

/** What the server says of log that it does not have (any more). */
const isLogRemoved = (error: unknown): boolean => (error as { code?: string }).code === undefined_file;

/** Brings the backup store up to a position at once, while no program runs that would. */
export async function shipUntil(
  backups: BackupStore,
  url: string,
  until: bigint,
  beforePut: () => Promise<void>,
): Promise<void> {
  const { timeline, last } = await shippedLog(backups, url);
  if (last === undefined) throw new Error('There is no backup yet that the changes would belong to');
  if (last < until) await new WalStream(backups, url, timeline, last, beforePut).run({ until });
}

interface ShippedLog {
  pieces: Piece[];
  timeline: number;
  /** Up to where the log of this timeline is in the backup store. */
  last: bigint | undefined;
}

/**
 * What the backup store has of the log. Throws where that is ahead of the server, as when a snapshot of its disk was
 * put back, or when another server began as a copy of it: pieces of the one would replace those of the other. A restore
 * gives a database a timeline of its own.
 */
export async function shippedLog(backups: BackupStore, url: string): Promise<ShippedLog> {
  const pieces = (await backups.list('wal')).map(parsePiece);
  // Only now: what was sent meanwhile must not seem to be ahead.
  const { timeline, lsn } = await identify(url);
  const last = lastShipped(pieces, timeline);
  if (last !== undefined && last > lsn)
    throw new Error(
      `The backup store has log up to ${formatLsn(last)}, and this database has written none beyond ${formatLsn(lsn)}: it would overwrite the log of another life of it. ` +
        'Give it a backup store of its own, or restore it with holdfast restore (docs/operating/restore.md).',
    );
  return { pieces, timeline, last };
}

export interface WalShipperOptions {
  /** The address of the database, while one runs. */
  url: () => string | null;
  open: (installation: string) => BackupStore;
  /** Called when the log that is shipped from now on does not continue that of the newest backup. */
  backupNeeded: () => Promise<void>;
  /** The store of the files of the application. */
  files: FileStore;
  log: Logger;
  config: Pick<Config, 'HOLDFAST_DATA'>;
}

/**
 * Keeps the log in the backup store up to date for as long as the program runs, through losses of the server and of the
 * store.
 */
export class WalShipper {
  private readonly options: WalShipperOptions;
  private readonly ending = new AbortController();
  private loop: Promise<void> = Promise.resolve();
  /** Longer after each failure in a row. */
  private retryMs: number = retry_ms.least;

  constructor(options: WalShipperOptions) {
    this.options = options;
  }

  start(): void {
    this.loop = this.follow();
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.loop;
  }

  private async follow(): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      try {
        await this.ship(signal);
      } catch (error) {
        this.options.log.warn({ err: error }, 'shipping the write-ahead log to the backup store failed; trying again');
      }
      const wait = this.retryMs;
      this.retryMs = Math.min(wait * 2, retry_ms.most);
      await sleep(wait, undefined, { signal }).catch(() => {});
    }
  }

  private async ship(signal: AbortSignal): Promise<void> {
    const url = this.options.url();
    if (!url) return;
    const backups = this.options.open((await identify(url)).installation);
    await refuseStoreOfOriginal(url, backups);
    const { kept, wasThere } = await ensureSlot(url, this.options.log);
    const { files: store, log } = this.options;
    const { pieces, timeline } = await shippedLog(backups, url).catch(async (error: unknown) => {
      await noteBroken(this.options.config, url);
      throw error;
    });
    // Not from the last piece on: a backup that was made meanwhile sent the log of its own time, and not what came
    // before it.
    let from = coverage(pieces, timeline, segmentStart(kept)).to;
    if (from < kept) from = kept;
    const [newest] = newestFirst(await backups.list('backup'));
    const isLost = newest === undefined && wasThere;
    if (isLost)
      log.warn(
        'The backup store holds no backup, though changes were sent to one before: is its disk mounted? A backup begins',
      );
    const continues =
      newest !== undefined &&
      !(await ifDamaged(isBroken(backups, newest, pieces, timeline, from), (error) => {
        log.warn({ err: error }, `the backup ${newest} cannot be read: a new one begins`);
        return true;
      }));
    if (isLost || (newest && !continues)) await this.options.backupNeeded();
    const files = new FileShipper({ url, store, backups, log });
    const caughtUp = files.catchUp();
    const meter = new LossMeter(this.options.config, url);
    await meter.start();
    const reached = new ReachedLog(backups, meter, { timeline, from, newest, continues, isLost });
    try {
      await new WalStream(
        backups,
        url,
        timeline,
        from,
        () => files.ship(),
        (to) => {
          this.retryMs = retry_ms.least;
          reached.shipped(to);
        },
      ).run({ slotName: slot_name, signal });
    } catch (error) {
      // The next try makes the slot anew.
      if (isLogRemoved(error)) await forgetSlot(url);
      throw error;
    } finally {
      reached.close();
      await meter.stop();
      await files.close();
      await caughtUp;
    }
  }
}

/** Records that nothing is sent, for the figure of how much could be lost. */
async function noteBroken(config: Pick<Config, 'HOLDFAST_DATA'>, url: string): Promise<void> {
  const meter = new LossMeter(config, url);
  await meter.start();
  meter.broken();
  await meter.stop();
}

/** The log in the backup store when shipping began. */
interface FoundLog {
  timeline: number;
  from: bigint;
  newest: string | undefined;
  /** Whether the newest backup leads up to there. */
  continues: boolean;
  /** There was a backup before, which is gone. */
  isLost: boolean;
}

/**
 * How far the log in the backup store reaches, for the meter, once a backup leads there: behind a gap it brings nothing
 * back. After one, and before the first backup, it looks again and again whether the newest backup leads there.
 */
class ReachedLog {
  private readonly backups: BackupStore;
  private readonly meter: LossMeter;
  private readonly timeline: number;
  private to: bigint;
  /** The newest backup that was looked at. */
  private newest: string | undefined;
  private continues: boolean;
  private readonly timer: NodeJS.Timeout | undefined;

  constructor(backups: BackupStore, meter: LossMeter, { timeline, from, newest, continues, isLost }: FoundLog) {
    this.backups = backups;
    this.meter = meter;
    this.timeline = timeline;
    this.to = from;
    this.newest = newest;
    this.continues = continues;
    if (continues) meter.shipped(from);
    else this.timer = setInterval(() => void this.look().catch(() => {}), look_ms);
    if (!continues && (newest || isLost)) meter.broken();
  }

  shipped(to: bigint): void {
    this.to = to;
    if (this.continues) this.meter.shipped(to);
  }

  close(): void {
    clearInterval(this.timer);
  }

  /** A store that does not answer is asked again. */
  private async look(): Promise<void> {
    const { backups, timeline, to } = this;
    const [newest] = newestFirst(await backups.list('backup'));
    // A gap behind a backup does not close: only another one leads beyond it.
    if (!newest || newest === this.newest) return;
    const pieces = (await backups.list('wal')).map(parsePiece);
    this.continues = !(await isBroken(backups, newest, pieces, timeline, to));
    this.newest = newest;
    if (!this.continues) return;
    this.close();
    this.meter.shipped(this.to);
  }
}

/**
 * Whether the newest backup cannot be brought beyond a position: the database was restored, or part of its log is lost.
 */
async function isBroken(
  backups: BackupStore,
  newest: string,
  pieces: readonly Piece[],
  timeline: number,
  from: bigint,
): Promise<boolean> {
  const manifest = baseOnly(await readManifest(backups, newest));
  const start = segmentStart(parseLsn(manifest.start_lsn));
  return manifest.timeline !== timeline || coverage(pieces, timeline, start).to < from;
}

/** Lets the server throw its log away again, when nobody ships it any more. */
export async function forgetSlot(url: string): Promise<void> {
  const connection = new ReplicationConnection(url);
  await connection.connect();
  try {
    const [row] = await connection.rows(`READ_REPLICATION_SLOT ${slot_name}`);
    if (row?.[0] != null) await connection.rows(`DROP_REPLICATION_SLOT ${slot_name}`);
  } finally {
    await connection.end();
  }
}
