import type { z } from 'zod';
import { definedResources } from '../../kernel/contract/resource.ts';
import { sql } from '../../kernel/database/database.ts';
import { problems } from '../../kernel/errors/problem.ts';
import { enqueue } from '../../kernel/jobs/queue.ts';
import { markSql } from '../../kernel/resource/personal.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { listClosed } from './closed.ts';
import type { PersonalSealing, personalSealingPut, sealingStates } from './contract.ts';
import { sealableResources, sealableTexts, sealedInHistory } from './history.ts';

export const personal_sealing_kind = 'personal_sealing';
type State = (typeof sealingStates)[number];
type Wanted = z.output<typeof personalSealingPut>;

export async function readSealing(ctx: Context): Promise<PersonalSealing> {
  const { state, remnants } = await readState(ctx);
  let [texts, sealed_texts] = [0, 0];
  for (const resource of sealableResources()) {
    const fields = sealableTexts(resource).map((text) => sql.raw(text));
    const sum = (of: (field: (typeof fields)[number]) => typeof markSql) => sql.join(fields.map(of), sql` + `);
    const all = sum((field) => sql`count(${field})`);
    const sealed = sum((field) => sql`count(*) filter (where starts_with(${field}, ${markSql}))`);
    const counted = await ctx.tx.one<{
      texts: number;
      sealed: number;
    }>(sql`select (${all})::int as texts, (${sealed})::int as sealed
      from ${sql.table(resource.table)} r where r.tenant_id = ${ctx.tenant_id}`);
    texts += counted.texts;
    sealed_texts += counted.sealed;
  }
  const fields = definedResources().flatMap((resource) =>
    [...resource.meta].flatMap(([field, { title, sensitivity, sealable = false }]) =>
      sensitivity === 'personal' ? [{ resource: resource.name, field, title, of: resource.title, sealable }] : [],
    ),
  );
  const named = (wanted: boolean) =>
    fields.filter(({ sealable }) => sealable === wanted).map(({ sealable: _, ...field }) => field);
  const areClosed = state === 'opening' && remnants.length > 0;
  return {
    state,
    sealable: named(true),
    not_yet: named(false),
    texts,
    sealed_texts,
    closed: areClosed ? await listClosed(ctx) : [],
    closed_texts: areClosed ? sealed_texts + (await countSealedHistory(ctx)) : 0,
    remnants: areClosed ? [] : remnants,
  };
}

async function countSealedHistory(ctx: Context): Promise<number> {
  const { count } = await ctx.tx.one<{ count: number }>(sql`select (${sql.raw(sealedInHistory())})::int as count
    from record_history h where h.tenant_id = ${ctx.tenant_id}`);
  return count;
}

/**
 * Begins to seal the personal texts of the workspace, or to open them. From the commit on, what is written has the new
 * form; the job gives it to the rest.
 */
export async function switchSealing(ctx: Context, { on, give_up_damaged }: Wanted): Promise<void> {
  const { state } = await readState(ctx, 'for no key update');
  if (give_up_damaged) return giveUpDamaged(ctx, on, state);
  const isSo = on ? state === 'on' || state === 'sealing' : state === 'off' || state === 'opening';
  if (isSo) return;
  await setState(ctx, state, on ? 'sealing' : 'opening');
  await enqueue(ctx, personal_sealing_kind, {}, { dedupeKey: personal_sealing_kind });
}

/** Texts that are damaged for good keep a workspace on its way back, until somebody gives them up. */
async function giveUpDamaged(ctx: Context, on: boolean, state: State): Promise<void> {
  if (on || state !== 'opening') throw problems.conflict('Texts are given up only while they are opened.');
  await recordChange(ctx, { damaged_texts_given_up: false }, { damaged_texts_given_up: true });
  await enqueue(ctx, personal_sealing_kind, { gives_up: true }, { dedupeKey: `${personal_sealing_kind} gives up` });
}

interface Stored {
  state: State;
  /** Of a workspace that seals, tables whose files may have earlier texts; of one on its way back, see `noteClosed`. */
  remnants: string[];
}

const readState = (ctx: Context, lock?: 'for no key update'): Promise<Stored> =>
  ctx.tx.one(sql`select personal_sealing as state, personal_sealing_remnants as remnants from tenant
    where id = ${ctx.tenant_id} ${sql.raw(lock ?? '')}`);

async function setState(ctx: Context, from: State, to: State, remnants: readonly string[] = []): Promise<boolean> {
  const changed =
    await ctx.tx.run(sql`update tenant set personal_sealing = ${to}, personal_sealing_remnants = ${remnants}::text[]
    where id = ${ctx.tenant_id} and personal_sealing = ${from}`);
  if (changed === 0) return false;
  await recordChange(ctx, { personal_sealing: from }, { personal_sealing: to });
  return true;
}

/** The table is not the tenant's own, so its event is written here and not by a trigger. */
const recordChange = (ctx: Context, before: object, after: object): Promise<number> =>
  ctx.tx.run(sql`select app.record_event('update', 'tenant', ${ctx.tenant_id}, ${JSON.stringify(before)}::jsonb,
    ${JSON.stringify(after)}::jsonb)`);

/** Whether the switch has ended; not where somebody has turned it back meanwhile. */
export const endSwitch = (ctx: Context, from: 'sealing' | 'opening', remnants: readonly string[]): Promise<boolean> =>
  setState(ctx, from, from === 'sealing' ? 'on' : 'off', remnants);

/** Notes the tables with texts that did not open when all the others did. What is sealed from here on is closed. */
export const noteClosed = (ctx: Context, tables: readonly string[]): Promise<number> =>
  ctx.tx.run(sql`update tenant set personal_sealing_remnants = ${tables}::text[]
    where id = ${ctx.tenant_id} and personal_sealing = 'opening' and personal_sealing_remnants <> ${tables}::text[]`);

export const readSwitch = async (ctx: Context): Promise<State> => (await readState(ctx)).state;
