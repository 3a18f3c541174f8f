import { type Database, sql } from '../database/database.ts';
import { Problem } from '../errors/problem.ts';
import { FairLane, type Release } from '../fairness/fair-lane.ts';
import { type Actor, systemActor, withContext } from '../tenancy/context.ts';

const uploads_per_process_max = 200;
const uploads_per_tenant_max = 40;
const uploads_per_caller_max = 10;
const megabyte = 1024 ** 2;
const day_seconds = 86_400;
/** How long the sum of the sizes of a workspace's files is used again while there is ample room. */
const known_ms = 10_000;
const known_max = 1_000;

export interface UploadLimits {
  /** For all files of a workspace. */
  storageMegabytesMax: number;
  /** For the files of the last day that were not deleted. */
  dayMegabytesMax: number;
}

interface Stored {
  bytes: number;
  day_bytes: number;
}

/** Limits what uploads take of the process and of the store. */
export class UploadBudget {
  private readonly db: Database;
  private readonly limits: UploadLimits;
  /** By workspace: what was stored at a moment, and what uploads may have added that began here since. */
  private readonly known = new Map<string, Stored & { at: number; begun_bytes: number }>();
  private readonly lane = new FairLane({
    slots: uploads_per_process_max,
    perTenant: uploads_per_tenant_max,
    perCaller: uploads_per_caller_max,
    code: 'too_many_uploads',
    message: 'Too many files are being uploaded at once. Wait until some of them are done.',
  });

  constructor(db: Database, limits: UploadLimits) {
    this.db = db;
    this.limits = limits;
  }

  /**
   * To be called before an upload is read; the result is to be called when it has ended. Throws 429 `too_many_uploads`,
   * 429 `upload_quota` or 507 `storage_full`. Uploads in progress do not count yet, so a workspace may exceed its
   * storage by these, and by those of other processes for some seconds. `bytesMax`: of this one.
   */
  async begin(actor: Actor, bytesMax: number): Promise<Release> {
    const { tenant_id, user_id, credential_id } = actor;
    const end = await this.lane.acquire({ tenant: tenant_id, caller: user_id ?? credential_id ?? '' }, 0);
    try {
      if (this.hasAmpleRoom(tenant_id, bytesMax)) return end;
      const stored = await this.stored(tenant_id);
      if (stored.bytes >= this.limits.storageMegabytesMax * megabyte) throw storageFull();
      if (stored.day_bytes >= this.limits.dayMegabytesMax * megabyte) throw quotaUsedUp();
      if (this.known.size >= known_max) this.known.clear();
      this.known.set(tenant_id, { ...stored, at: performance.now(), begun_bytes: bytesMax });
      return end;
    } catch (error) {
      end();
      throw error;
    }
  }

  /**
   * Whether this upload and all that began here since would fit, were they as large as they may be; then it counts as
   * begun.
   */
  private hasAmpleRoom(tenant_id: string, bytesMax: number): boolean {
    const known = this.known.get(tenant_id);
    if (!known || performance.now() - known.at > known_ms) return false;
    const begun = known.begun_bytes + bytesMax;
    const { storageMegabytesMax, dayMegabytesMax } = this.limits;
    if (known.bytes + begun > storageMegabytesMax * megabyte || known.day_bytes + begun > dayMegabytesMax * megabyte)
      return false;
    known.begun_bytes = begun;
    return true;
  }

  /** The files of everybody in the workspace, whatever the caller may see. */
  private stored(tenant_id: string): Promise<Stored> {
    return withContext(
      this.db,
      systemActor(tenant_id),
      ({ tx }) =>
        tx.one(sql`select coalesce(sum(size_bytes), 0)::float8 as bytes,
          coalesce(sum(size_bytes) filter (where created_at > now() - make_interval(secs => ${day_seconds})), 0)::float8 as day_bytes
          from file where tenant_id = ${tenant_id}`),
      { mode: 'read' },
    );
  }
}

const storageFull = () =>
  new Problem(
    507,
    'storage_full',
    'The storage is full',
    'The files of your workspace take all the storage it has. Delete some of them, or ask whoever runs Holdfast for more.',
  );

const quotaUsedUp = () =>
  new Problem(
    429,
    'upload_quota',
    'Enough uploads for today',
    'Your workspace has uploaded as much as it may within a day. Continue tomorrow, or ask whoever runs Holdfast for more.',
    { headers: { 'retry-after': String(day_seconds / 24) } },
  );
