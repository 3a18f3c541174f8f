import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { z } from 'zod';
import type { Config } from '../../kernel/config/config.ts';
import { connect } from '../connection.ts';
import { parseLsn } from './lsn.ts';

/** How much of the last changes would be lost with the machine, as it was measured. */
export interface Loss {
  /** All that was committed before then is in the backup store. */
  durable_until: string;
  /** The most that could have been lost at any time of the last day, until `durable_until`. */
  day_seconds: number;
  /**
   * What was sent since then does not continue the newest backup: it brings nothing back until a new backup is made.
   */
  gap: boolean;
}

const fileShape = z.object({
  durable_until: z.iso.datetime(),
  /** The most of each hour, of the last day. */
  hours: z.record(z.iso.datetime(), z.number()),
  gap: z.boolean().default(false),
});
type LossFile = z.infer<typeof fileShape>;

const hour_ms = 3_600_000;
const hours_max = 24;
const sample_ms = 5_000;
/**
 * Some hours of a store that is away. Above that every second one is forgotten: the measure becomes coarser, never too
 * small.
 */
const marks_max = 2_000;

/**
 * In the data directory, because only where that is the log is sent on; in the database it would make log that has to
 * be sent on.
 */
const fileOf = ({ HOLDFAST_DATA }: Pick<Config, 'HOLDFAST_DATA'>) => join(HOLDFAST_DATA, 'backup-loss.json');

/** Null before it was measured. */
export async function readLoss(config: Pick<Config, 'HOLDFAST_DATA'>): Promise<Loss | null> {
  const file = await readLossFile(fileOf(config));
  if (!file) return null;
  const oldest = Date.now() - hours_max * hour_ms;
  const day = Object.entries(file.hours).flatMap(([hour, seconds]) => (Date.parse(hour) > oldest ? [seconds] : []));
  return { durable_until: file.durable_until, day_seconds: Math.max(0, ...day), gap: file.gap };
}

/** How old the newest change is that is surely in the backup store: how much could be lost now. */
export const lossNow = ({ durable_until }: Loss, now = Date.now()): number =>
  Math.max(0, Math.ceil((now - Date.parse(durable_until)) / 1_000));

/** The most that could have been lost at any time of the last day, now included. */
export const lossOfDay = (loss: Loss, now = Date.now()): number => Math.max(lossNow(loss, now), loss.day_seconds);

async function readLossFile(path: string): Promise<LossFile | undefined> {
  try {
    return fileShape.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    // Not measured yet, or written by another version: the next measurement writes it anew.
    return undefined;
  }
}

interface Mark {
  at: number;
  lsn: bigint;
}

/**
 * Notes where the log ends at a time; once all up to there is in the backup store, so is every change of before that
 * time.
 */
export class LossMeter {
  private readonly path: string;
  private readonly url: string;
  private marks: Mark[] = [];
  private sent = 0n;
  private client: pg.Client | undefined;
  private file: LossFile | undefined;
  private timer: NodeJS.Timeout | undefined;
  private tail: Promise<void> = Promise.resolve();
  /** Since when changes were looked at: the database may have been off before. */
  private since = 0;
  private gap = false;

  constructor(config: Pick<Config, 'HOLDFAST_DATA'>, url: string) {
    this.path = fileOf(config);
    this.url = url;
  }

  async start(): Promise<void> {
    this.file = await readLossFile(this.path);
    this.next(() => this.sample());
    this.timer = setInterval(() => this.next(() => this.sample()), sample_ms);
  }

  /** What is sent continues no backup: it does not count before `shipped` is called. */
  broken(): void {
    this.next(async () => {
      this.gap = true;
      await this.noteGap();
    });
  }

  /** All before a place in the log is in the backup store, and a backup leads there. */
  shipped(lsn: bigint): void {
    this.next(async () => {
      this.gap = false;
      if (lsn > this.sent) this.sent = lsn;
      await this.settle();
    });
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.tail;
    await this.client?.end().catch(() => {});
  }

  /** One after the other; a database that does not answer now does so later. */
  private next(work: () => Promise<void>): void {
    this.tail = this.tail.then(work).catch(async () => {
      await this.client?.end().catch(() => {});
      this.client = undefined;
    });
  }

  private async sample(): Promise<void> {
    this.client ??= await connect(this.url, 'holdfast-backup');
    // The time first: what is committed until then lies before the place.
    const { rows } = await this.client.query<{ at: number; lsn: string; began: number }>(
      `select (extract(epoch from clock_timestamp()) * 1000)::float8 as at, pg_current_wal_flush_lsn()::text as lsn,
         (extract(epoch from pg_postmaster_start_time()) * 1000)::float8 as began`,
    );
    const { at, lsn, began } = rows[0]!;
    this.since = began;
    this.marks.push({ at, lsn: parseLsn(lsn) });
    if (this.marks.length > marks_max) this.marks = this.marks.filter((_, place) => place % 2 === 0);
    await this.noteGap();
    await this.settle();
  }

  /** What was never measured here is as it was when the database began, as after a restore. */
  private async noteGap(): Promise<void> {
    if (!this.gap || this.file?.gap || this.since === 0) return;
    await this.write({ durable_until: new Date(this.since).toISOString(), hours: {}, ...this.file, gap: true });
  }

  private async settle(): Promise<void> {
    const done = this.marks.findLastIndex(({ lsn }) => lsn <= this.sent);
    if (done < 0) return;
    const { at } = this.marks[done]!;
    this.marks = this.marks.slice(done + 1);
    const now = Date.now();
    // Just before, so much could have been lost. What an earlier process left undone counts; a night in which the
    // database was off does not.
    const before = Math.max(this.file ? Date.parse(this.file.durable_until) : at, this.since);
    const seconds = Math.max(0, Math.ceil((now - before) / 1_000));
    const hour = new Date(Math.floor(now / hour_ms) * hour_ms).toISOString();
    const hours = Object.entries(this.file?.hours ?? {}).filter(([one]) => Date.parse(one) > now - hours_max * hour_ms);
    await this.write({
      durable_until: new Date(at).toISOString(),
      hours: { ...Object.fromEntries(hours), [hour]: Math.max(seconds, this.file?.hours[hour] ?? 0) },
      gap: false,
    });
  }

  private async write(file: LossFile): Promise<void> {
    this.file = file;
    await writeFile(`${this.path}.new`, JSON.stringify(file), { mode: 0o600 });
    await rename(`${this.path}.new`, this.path);
  }
}
