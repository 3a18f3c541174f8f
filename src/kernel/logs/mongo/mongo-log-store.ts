import { setTimeout as sleep } from 'node:timers/promises';
import type { Db, Document, MongoBulkWriteError, MongoClient, OptionalUnlessRequiredId } from 'mongodb';
import type { BaseLogger } from 'pino';
import { sql } from '../../database/database.ts';
import { Problem, problems } from '../../errors/problem.ts';
import type { Context } from '../../tenancy/context.ts';
import type { LogLine } from '../line.ts';
import type { AuditLine, LogFilter, LogSearch, LogStore } from '../log-store.ts';
import {
  audit_days,
  type CollectionName,
  collectionNames,
  collectionOf,
  type Expiry,
  ensureCollections,
  type LineCollection,
  type LineDocument,
} from './collections.ts';
import { countLines, findLines, type Searched, slotOf } from './find.ts';
import { parseMongoUrl } from './url.ts';

const connect_ms_max = 5_000;
const write_ms_max = 20_000;
const read_ms_max = 5_000;
const day_ms = 86_400_000;
/** Documents that are deleted at once, where the server does not delete them by itself. */
const expired_batch = 1_000;
const between_batches_ms = 20;
/** Codes of MongoDB's errors. */
const [duplicateKey, unauthorized, authenticationFailed] = [11_000, 13, 18];

export interface MongoLogStoreOptions {
  /** Asked at each connection, because the password in it may change. */
  url: () => string;
  /** For how many days lines are kept. */
  days: number;
  /** Says what the server lacks, once. */
  log?: Pick<BaseLogger, 'warn'> | undefined;
}

interface Connection extends Searched {
  client: MongoClient;
  expiry: Expiry;
}

/** Keeps lines in MongoDB. The driver is loaded with the first connection, because most installations do without it. */
export function openMongoLogStore(options: MongoLogStoreOptions): LogStore {
  return new MongoLogStore(options);
}

class MongoLogStore implements LogStore {
  private readonly options: MongoLogStoreOptions;
  private connecting: Promise<Connection> | undefined;
  private closed = false;
  private warned = false;

  constructor(options: MongoLogStoreOptions) {
    this.options = options;
  }

  async append(lines: readonly LogLine[]): Promise<void> {
    const documents = new Map<LineCollection, LineDocument[]>();
    // A clock that is far ahead must not have its lines kept for years.
    const latest = Date.now() + day_ms;
    for (const { id, at: written, ...rest } of lines) {
      const at = new Date(Math.min(Date.parse(written), latest));
      const name = collectionOf(rest);
      const some = documents.get(name) ?? [];
      documents.set(name, some);
      some.push({ _id: id, at, slot: slotOf(at), ...rest });
    }
    await this.use(async ({ db }) => {
      for (const [name, some] of documents) await insertNew(db, name, some);
    });
  }

  async copyAudit(events: readonly AuditLine[]): Promise<void> {
    const oldest = Date.now() - audit_days * day_ms;
    const documents = events
      .filter(({ at }) => Date.parse(at) > oldest)
      .map(({ at, ...rest }) => ({ _id: `${rest.tenant_id}:${rest.seq}`, at: new Date(at), ...rest }));
    await this.use(({ db }) => insertNew(db, 'audit_logs', documents));
  }

  search(ctx: Context, search: LogSearch, before: Pick<LogLine, 'at' | 'id'> | undefined, limit: number) {
    return this.read(ctx, search, (searched, filter) => findLines(searched, filter, before, limit));
  }

  histogram(ctx: Context, search: LogSearch, bars: number) {
    return this.read(ctx, search, (searched, filter) => countLines(searched, filter, bars));
  }

  async expire(signal: AbortSignal): Promise<number> {
    return this.use(async ({ db, expiry }) => {
      let gone = 0;
      if (expiry === 'server') return gone;
      for (const name of collectionNames) {
        const collection = db.collection<{ _id: string; at: Date }>(name);
        const old = { at: { $lt: new Date(Date.now() - this.daysOf(name) * day_ms) } };
        while (true) {
          signal.throwIfAborted();
          const some = await collection
            .find(old, { projection: { _id: 1 } })
            .limit(expired_batch)
            .toArray();
          if (some.length === 0) break;
          gone += (await collection.deleteMany({ _id: { $in: some.map(({ _id }) => _id) } })).deletedCount;
          await sleep(between_batches_ms);
        }
      }
      return gone;
    });
  }

  async check(): Promise<string> {
    return this.use(async ({ db, expiry }) => {
      const info = await db.command({ buildInfo: 1 });
      const name = info.ferretdbVersion ? `FerretDB ${info.ferretdbVersion}` : `MongoDB ${info.version}`;
      const lacks =
        expiry === 'job' ? '. It has no TTL indexes: housekeeping deletes each hour what is past its time' : '';
      return `In ${name}${lacks}`;
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.disconnect();
  }

  private readonly daysOf = (name: CollectionName): number => (name === 'audit_logs' ? audit_days : this.options.days);

  /** What the caller may see, PostgreSQL says, before anything is looked for. */
  private async read<R>(
    { tx }: Context,
    { everything, filter }: LogSearch,
    find: (connection: Connection, filter: LogFilter) => Promise<R>,
  ): Promise<R> {
    const { given } = await tx.one<{ given: LogFilter }>(
      sql`select app.log_scope(${everything}, ${JSON.stringify(filter)}::jsonb) as given`,
    );
    // A filter without a workspace finds those of all.
    if (!everything && !given.tenant_id) throw problems.forbidden();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('No answer in time')), read_ms_max);
    });
    try {
      return await Promise.race([this.use((connection) => find(connection, given)), late]);
    } catch (cause) {
      throw cause instanceof Problem ? cause : unreachable(cause);
    } finally {
      clearTimeout(timer);
    }
  }

  /** After a failure the next use connects anew. */
  private async use<R>(work: (connection: Connection) => Promise<R>): Promise<R> {
    if (this.closed) throw new Error('The log store is closed');
    this.connecting ??= this.connect();
    const mine = this.connecting;
    try {
      return await work(await mine);
    } catch (error) {
      if (this.connecting === mine && isOfConnection(error)) void this.disconnect();
      throw error;
    }
  }

  private async connect(): Promise<Connection> {
    const url = this.options.url();
    const { MongoClient } = await import('mongodb');
    const client = new MongoClient(url, {
      appName: 'holdfast-log',
      maxPoolSize: 8,
      connectTimeoutMS: connect_ms_max,
      serverSelectionTimeoutMS: connect_ms_max,
      socketTimeoutMS: write_ms_max,
      // A line is stored when it will outlive the server that took it.
      writeConcern: { w: 'majority', journal: true, wtimeoutMS: write_ms_max },
      readPreference: 'primaryPreferred',
    });
    try {
      await client.connect();
      const db = client.db(parseMongoUrl(url)?.database);
      const expiry = await ensureCollections(db, this.daysOf);
      if (expiry === 'job' && !this.warned) {
        this.warned = true;
        this.options.log?.warn('the log store has no TTL indexes: housekeeping deletes what is past its time');
      }
      // A server that knows no such indexes is FerretDB 1, which looks at each document for a time.
      return { client, db, expiry, byParts: expiry === 'server' };
    } catch (error) {
      await client.close().catch(() => {});
      throw error;
    }
  }

  private async disconnect(): Promise<void> {
    const connection = this.connecting;
    this.connecting = undefined;
    await connection?.then(({ client }) => client.close()).catch(() => {});
  }
}

/** Stores documents, apart from those that are there. */
async function insertNew<D extends Document & { _id: string }>(
  db: Db,
  name: CollectionName,
  documents: D[],
): Promise<void> {
  if (documents.length === 0) return;
  try {
    await db.collection<D>(name).insertMany(documents as OptionalUnlessRequiredId<D>[], { ordered: false });
  } catch (error) {
    const { code, writeErrors, result } = error as MongoBulkWriteError;
    const each = [writeErrors ?? []].flat();
    const isKnown = each.length > 0 && each.every((one) => one.code === duplicateKey);
    if (code !== duplicateKey || !isKnown || result?.getWriteConcernError()) throw error;
  }
}

/** Whether a new connection may help: not where the server itself refused what it was asked, except for who asked. */
function isOfConnection(error: unknown): boolean {
  const { name, code, writeErrors } = error as { name?: string; code?: unknown; writeErrors?: unknown[] };
  if (name === 'MongoBulkWriteError' && [writeErrors ?? []].flat().length > 0) return false;
  return name !== 'MongoServerError' || code === unauthorized || code === authenticationFailed;
}

const unreachable = (cause: unknown): Problem =>
  Object.assign(
    problems.unavailable('The log store cannot be reached. Lines are kept until it can be: try again in a while.'),
    { cause },
  );
