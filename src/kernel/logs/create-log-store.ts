import type { BaseLogger } from 'pino';
import type { Config } from '../config/config.ts';
import type { LogStore } from './log-store.ts';
import { openMongoLogStore } from './mongo/mongo-log-store.ts';
import { openPostgresLogStore } from './postgres-log-store.ts';

export interface CreateLogStoreOptions {
  config: Pick<Config, 'MONGODB_URL' | 'LOG_DAYS'>;
  /** The address of the database for the application's role. */
  databaseUrl: string;
  log?: Pick<BaseLogger, 'warn'>;
}

/** The store for lines of the log: MongoDB where it is configured, else the database. */
export const createLogStore = ({ config, databaseUrl, log }: CreateLogStoreOptions): LogStore =>
  config.MONGODB_URL
    ? openMongoLogStore({ url: () => config.MONGODB_URL!, days: config.LOG_DAYS, log })
    : openPostgresLogStore({ url: databaseUrl, days: config.LOG_DAYS });
