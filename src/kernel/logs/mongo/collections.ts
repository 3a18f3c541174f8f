import type { Collection, Db, IndexDescription, IndexDirection } from 'mongodb';
import type { LogLine } from '../line.ts';

const day_seconds = 86_400;
/** Codes of MongoDB's errors. */
const notImplemented = 238;
const namespaceMissing = 26;

/** For how long the copy of the audit trail is kept; the trail itself stays in the database. */
export const audit_days = 90;
export const lineCollections = ['app_logs', 'event_logs', 'error_logs'] as const;
export type LineCollection = (typeof lineCollections)[number];
export type CollectionName = LineCollection | 'audit_logs';

/** A line as it is stored. */
export interface LineDocument extends Omit<LogLine, 'id' | 'at'> {
  _id: string;
  at: Date;
  /** The five minutes that it belongs to, by which lines are counted. */
  slot: Date;
}

const isRequest = (route: string): boolean => /^[A-Z]+ \//.test(route);

/** Errors by themselves; what requests did; and what happened without one: jobs, consumers, start and stop. */
export const collectionOf = ({ level, route }: Pick<LogLine, 'level' | 'route'>): LineCollection =>
  level >= 50 ? 'error_logs' : route !== null && isRequest(route) ? 'app_logs' : 'event_logs';

/** The collections that may hold lines of a level or worse, and of a route. */
export const collectionsFor = ({ level, route }: { level?: number | undefined; route?: string | undefined }) =>
  lineCollections.filter(
    (name) =>
      name === 'error_logs' ||
      ((level ?? 0) < 50 && (route === undefined || name === collectionOf({ level: 30, route }))),
  );

/** Newest first within what an index selects. */
const newest = { at: -1, _id: -1 } as const;
const line = {
  newest,
  tenant: { tenant_id: 1, ...newest },
  user: { user_id: 1, ...newest },
  request: { request_id: 1 },
  trace: { trace_id: 1 },
  route: { route: 1, ...newest },
} as const;
const searched: Record<CollectionName, Record<string, Record<string, IndexDirection>>> = {
  app_logs: { ...line, level: { level: 1, ...newest } },
  event_logs: { ...line, level: { level: 1, ...newest } },
  error_logs: line,
  audit_logs: {
    tenant: line.tenant,
    record: { tenant_id: 1, record_id: 1, ...newest },
    actor: { tenant_id: 1, actor_id: 1, ...newest },
    request: line.request,
  },
};
export const collectionNames = Object.keys(searched) as CollectionName[];

/** What deletes documents that are past their time: the server, or a job. */
export type Expiry = 'server' | 'job';

/**
 * Makes the collections' indexes that are missing, and changes for how long documents are kept where that was set anew.
 * Two processes may do so at once. Says who deletes what is past its time.
 */
export async function ensureCollections(db: Db, daysOf: (name: CollectionName) => number): Promise<Expiry> {
  let expiry: Expiry = 'server';
  for (const name of collectionNames) {
    const collection = db.collection(name);
    const there = new Set((await collection.indexes().catch(noneIfMissing)).map((index) => index.name));
    const missing: IndexDescription[] = Object.entries(searched[name]).flatMap(([index, key]) =>
      there.has(index) ? [] : [{ name: index, key }],
    );
    if (missing.length > 0) await collection.createIndexes(missing);
    if (!(await ensureExpiry(db, collection, daysOf(name) * day_seconds))) expiry = 'job';
  }
  return expiry;
}

/**
 * Answers whether the server deletes what is past its time: some do not know how, and some do not say that they do not.
 */
async function ensureExpiry(db: Db, collection: Collection, seconds: number): Promise<boolean> {
  const [name, key] = ['expiry', { at: 1 } as const];
  const find = async () => (await collection.indexes()).find((index) => index.name === name);
  const there = await find();
  if (!there) {
    try {
      await collection.createIndex(key, { name, expireAfterSeconds: seconds });
    } catch (error) {
      if ((error as { code?: unknown }).code !== notImplemented) throw error;
      // The job finds old documents by it.
      await collection.createIndex(key, { name });
    }
  } else if (there.expireAfterSeconds !== undefined && there.expireAfterSeconds !== seconds) {
    await db.command({ collMod: collection.collectionName, index: { name, expireAfterSeconds: seconds } });
  }
  return (await find())?.expireAfterSeconds === seconds;
}

function noneIfMissing(error: { code?: unknown }): { name?: string }[] {
  if (error.code !== namespaceMissing) throw error;
  return [];
}
