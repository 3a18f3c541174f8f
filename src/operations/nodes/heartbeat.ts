import { createHmac, type KeyObject } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Config } from '../../kernel/config/config.ts';
import { describeSettings, type Surroundings, unreadVariables } from '../../kernel/config/sources.ts';
import type { Database } from '../../kernel/database/database.ts';
import { uuidV7 } from '../../kernel/database/uuid.ts';
import { deriveKey, type MasterKeys } from '../../kernel/vault/master-key.ts';
import { readCommit } from './commit.ts';
import { removeProcess, seeProcess, type ToldSetting, writeProcess } from './queries.ts';

export const beat_ms = 15_000;

interface Options {
  db: Database;
  log: Logger;
  config: Config;
  masterKeys: MasterKeys;
  version: string;
  surroundings: Surroundings;
  /** Where this process serves. */
  address: string | undefined;
}

/**
 * Tells that this process runs, as what, and with which settings: once at the start, then by one small update a time.
 */
export class Heartbeat {
  private readonly id = uuidV7();
  private readonly options: Options;
  private readonly key: KeyObject;
  private readonly ending = new AbortController();
  private told = '';
  private hasFailed = false;
  private loop: Promise<void> = Promise.resolve();

  constructor(options: Options) {
    const { keys } = options.masterKeys;
    this.options = options;
    this.key = deriveKey(keys.get(Math.min(...keys.keys()))!, 'digests of settings');
  }

  start(): void {
    this.loop = this.run();
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.loop;
    // Whoever ends without it is gone after a while.
    await removeProcess(this.options.db, this.id).catch(() => {});
  }

  private async run(): Promise<void> {
    const { signal } = this.ending;
    const { log } = this.options;
    while (!signal.aborted) {
      await this.beat().then(
        () => {
          this.hasFailed = false;
        },
        (error: Error) => {
          if (!this.hasFailed) log.warn({ err: error }, 'this process could not tell that it runs; trying again');
          this.hasFailed = true;
        },
      );
      await sleep(beat_ms, undefined, { signal }).catch(() => {});
    }
  }

  private async beat(): Promise<void> {
    const { db, config, surroundings } = this.options;
    const settings = JSON.stringify(this.settings());
    const memory_bytes = process.memoryUsage.rss();
    // Changed secrets are taken over while the program runs, and whoever was away for long was forgotten.
    if (settings === this.told && (await seeProcess(db, this.id, memory_bytes))) return;
    const { address, version } = this.options;
    await writeProcess(db, {
      id: this.id,
      host: hostname().slice(0, 200),
      pid: process.pid,
      role: config.HOLDFAST_ROLE,
      version,
      commit: await readCommit(surroundings.env),
      node_version: process.version,
      address: address ?? null,
      up_seconds: process.uptime(),
      memory_bytes,
      settings,
      unread: JSON.stringify(unreadVariables(surroundings.env)),
    });
    this.told = settings;
  }

  private settings(): ToldSetting[] {
    const { config, surroundings } = this.options;
    return describeSettings(config, surroundings).map((setting) => {
      const { name, secret } = setting;
      const value = config[name as keyof Config];
      const digest =
        secret && value !== undefined
          ? createHmac('sha256', this.key).update(`${name}\n${value}`).digest('hex').slice(0, 32)
          : null;
      return { ...setting, digest };
    });
  }
}
