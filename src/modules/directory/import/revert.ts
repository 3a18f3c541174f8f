import type { Database } from '../../../kernel/database/database.ts';
import { type Actor, type Context, systemActor, withContext } from '../../../kernel/tenancy/context.ts';
import type { KindReversal, ReversalReport } from './contract.ts';
import { endImport } from './queries.ts';
import { type Link, type PartLink, partLinks, throughWholes, toWholes } from './revert-parts.ts';
import {
  changedBy,
  countMade,
  deleteMade,
  linksBetween,
  madeBy,
  madeKinds,
  memberships,
  restoreChanged,
  stillThere,
  type TableKind,
} from './revert-queries.ts';
import { beforeMemberships, membershipParts, stayingPeople } from './revert-teams.ts';

const batch_rows = 2_000;
const samples_max = 100;

export interface RevertOptions {
  db: Database;
  tenant_id: string;
  /** Who takes it back, for the audit. */
  user_id: string | null;
  import_id: string;
  signal?: AbortSignal;
}

/**
 * Takes an import back by its audit events: what it changed is put back, what it made is deleted. What somebody has changed since, or
 * what something else now refers to, is left alone and named, with its parts and with what it refers to. Safe to run again.
 */
export async function revertImport({ db, tenant_id, user_id, import_id, signal }: RevertOptions): Promise<void> {
  const actor: Actor = { ...systemActor(tenant_id), user_id };
  const request_id = `import:${import_id}:reversal`;
  const transact = <R>(work: (ctx: Context) => Promise<R>): Promise<R> => {
    signal?.throwIfAborted();
    return withContext(db, actor, work, { request_id });
  };
  const kinds = await transact((ctx) => madeKinds(ctx, import_id));
  const tally: Tally = { counts: new Map(kinds.map((kind) => [kind, nothingOf(kind)])), kept_samples: [] };
  for (const kind of kinds) await restoreAll(transact, kind, import_id, tally);
  const parts = partLinks();
  const between = await transact((ctx) => linksBetween(ctx));
  const links = [...between, ...toWholes(between, parts)];
  const order = referrersFirst(kinds, [...links, ...throughWholes(links, parts), ...beforeMemberships(links)]);
  for (const kind of order) {
    const left = await deleteAll(transact, kind, { kinds, links, parts }, import_id, tally);
    // Parts go with their wholes, and are counted with them.
    if (partsOfAll(parts).some(({ from }) => from === kind.table)) continue;
    const { made, deleted } = await transact((ctx) => countMade(ctx, kind, import_id, request_id));
    Object.assign(tally.counts.get(kind)!, { deleted, gone: made - deleted - left });
  }
  await transact((ctx) => endImport(ctx, import_id, { state: 'reverted', reversal: reportOf(tally) }));
}

interface Tally {
  counts: Map<TableKind, KindReversal>;
  kept_samples: ReversalReport['kept_samples'];
}

const nothingOf = ({ resource }: TableKind): KindReversal => ({ resource, deleted: 0, restored: 0, kept: 0, gone: 0 });

function reportOf({ counts, kept_samples }: Tally): ReversalReport {
  const kinds = [...counts.values()].filter(
    ({ deleted, restored, kept, gone }) => deleted + restored + kept + gone > 0,
  );
  const sum = (of: 'deleted' | 'restored' | 'kept') => kinds.reduce((total, kind) => total + kind[of], 0);
  return { deleted: sum('deleted'), restored: sum('restored'), kept: sum('kept'), kinds, kept_samples };
}

const partsOfAll = (parts: PartLink[]): PartLink[] => [...parts, ...membershipParts];

type Transact = <R>(work: (ctx: Context) => Promise<R>) => Promise<R>;

async function restoreAll(transact: Transact, kind: TableKind, import_id: string, tally: Tally): Promise<void> {
  for (let after = '0'; ; ) {
    const done = await transact(async (ctx) => {
      const batch = await changedBy(ctx, kind, import_id, after, batch_rows);
      if (batch.length === 0) return undefined;
      const free = batch.filter((change) => !change.edited);
      tally.counts.get(kind)!.restored += await restoreChanged(
        ctx,
        kind,
        import_id,
        free.map(({ record_id }) => record_id),
      );
      keep(
        tally,
        kind,
        batch.filter((change) => change.edited),
        'It was changed after the import.',
      );
      return batch.at(-1)!.seq;
    });
    if (done === undefined) return;
    after = done;
  }
}

/**
 * Records of one kind may refer to each other, so that deleting some frees others: it goes on until nothing more can go. Answers how many of those
 * that were made are left.
 */
async function deleteAll(
  transact: Transact,
  kind: TableKind,
  { kinds, links, parts }: { kinds: TableKind[]; links: Link[]; parts: PartLink[] },
  import_id: string,
  tally: Tally,
): Promise<number> {
  const counts = tally.counts.get(kind)!;
  const referring = links.filter(({ to }) => to === kind.table);
  const staying: ReadonlySet<string> =
    kind.table === memberships ? await transact((ctx) => stayingPeople(ctx, kinds, links, import_id)) : new Set();
  const sweeps = referring.some(({ from }) => from === kind.table) ? Number.POSITIVE_INFINITY : 1;
  for (let sweep = 0; sweep < sweeps; sweep++) {
    let gone = 0;
    for (let after = '0'; ; ) {
      const next = await transact(async (ctx) => {
        const batch = await madeBy(ctx, kind, import_id, after, batch_rows);
        if (batch.length === 0) return undefined;
        gone += await deleteMade(
          ctx,
          kind,
          import_id,
          batch.map(({ record_id }) => record_id).filter((id) => !staying.has(id)),
          referring,
          parts,
        );
        return batch.at(-1)!.seq;
      });
      if (next === undefined) break;
      after = next;
    }
    counts.deleted += gone;
    if (gone === 0) break;
  }
  const left = await transact((ctx) => stillThere(ctx, kind, import_id, partsOfAll(parts), samples_max));
  counts.kept += left.total;
  for (const { id, name, edited } of left.samples) {
    const reason = edited ? 'It was changed after the import.' : 'Something that stays refers to it.';
    sample(tally, { resource: kind.resource, id, name, reason });
  }
  return left.total;
}

function keep(
  tally: Tally,
  kind: TableKind,
  records: { record_id: string; name: string | null }[],
  reason: string,
): void {
  tally.counts.get(kind)!.kept += records.length;
  for (const { record_id, name } of records) sample(tally, { resource: kind.resource, id: record_id, name, reason });
}

function sample({ kept_samples }: Tally, entry: ReversalReport['kept_samples'][number]): void {
  if (kept_samples.length < samples_max) kept_samples.push(entry);
}

/** Tables that refer to others before those, so that what is deleted is not held any more. */
function referrersFirst(kinds: TableKind[], links: Link[]): TableKind[] {
  const ordered: TableKind[] = [];
  let waiting = kinds;
  while (waiting.length > 0) {
    const isHeld = (kind: TableKind) =>
      links.some(({ from, to }) => to === kind.table && from !== to && waiting.some(({ table }) => table === from));
    const free = waiting.filter((kind) => !isHeld(kind));
    const next = free.length > 0 ? free : waiting;
    ordered.push(...next);
    waiting = waiting.filter((kind) => !next.includes(kind));
  }
  return ordered;
}
