import type { JobRun } from '../../../kernel/jobs/kind.ts';
import { enqueue } from '../../../kernel/jobs/queue.ts';
import { sealingState } from '../../../kernel/resource/personal.ts';
import { type Context, systemActor, withContext } from '../../../kernel/tenancy/context.ts';
import { type VectorAsker, vectorAskerOf } from './by-endpoint.ts';
import { type Model, type TermStatistics, unpackNumbers } from './model.ts';
import type { Source, WrittenText } from './passages.ts';
import { insertModel, insertTerms, type ModelRow, nextTexts, replaceStatistics } from './queries.ts';

export const learn_kind = 'meaning.learn';
/** Nobody waits for these. */
export const priority = -10;

/** Fewer texts say nothing about what words have to do with each other. */
export const texts_min = 30;
const batch_texts = 100;
const terms_at_once = 2_000;

export type Run = Pick<JobRun, 'db' | 'job' | 'signal'>;

/** A run that stores words of texts, and what `sealingState` said before it read them. */
export type Learning = Run & { sealing: string };

/** Of texts that the workspace began to seal since they were read, no word is stored. */
async function refuseSealedSince(ctx: Context, { sealing }: Learning): Promise<void> {
  if ((await sealingState(ctx)) !== sealing) throw new Error('The workspace began to seal or open texts meanwhile');
}

/**
 * Passages are made of texts whatever the person who wrote them may see: their readers are known when somebody asks.
 */
export const asProgram = <R>({ db, job }: Run, work: (ctx: Context) => Promise<R>): Promise<R> =>
  withContext(db, systemActor(job.tenant_id), work);

/** The endpoint for vectors, asked by nobody in particular. */
export const programsAsker = ({ db, job: { tenant_id } }: Run): Promise<VectorAsker | null> =>
  vectorAskerOf({ db, tenant_id, actor: systemActor(tenant_id) });

/** Texts of a kind by the hundred, until `work` answers false. Returns whether it came to the end. */
export async function eachText(
  run: Run,
  resource: Source,
  work: (texts: WrittenText[]) => Promise<unknown>,
): Promise<boolean> {
  for (let after: string | null = null; ; ) {
    run.signal.throwIfAborted();
    const from: string | null = after;
    const texts: WrittenText[] = await asProgram(run, (ctx) => nextTexts(ctx, resource, from, batch_texts));
    if (texts.length > 0 && (await work(texts)) === false) return false;
    if (texts.length < batch_texts) return true;
    after = texts.at(-1)!.id;
  }
}

/** A model with its words, which serves nobody yet. */
export async function storeModel(run: Learning, model: Model, row: Parameters<typeof insertModel>[2]): Promise<string> {
  return asProgram(run, async (ctx) => {
    await refuseSealedSince(ctx, run);
    const id = await insertModel(ctx, model, row);
    await storeTerms(ctx, id, model);
    return id;
  });
}

/** How often words occur, in place of what was counted before: vectors stay as they are. */
export const replaceTerms = (run: Learning, row: ModelRow, model: Model): Promise<void> =>
  asProgram(run, async (ctx) => {
    await refuseSealedSince(ctx, run);
    await replaceStatistics(ctx, row, model);
    await storeTerms(ctx, row.id, model);
  });

async function storeTerms(ctx: Context, id: string, { terms }: Model): Promise<void> {
  const all: (readonly [number, TermStatistics])[] = [...terms];
  for (let at = 0; at < all.length; at += terms_at_once) await insertTerms(ctx, id, all.slice(at, at + terms_at_once));
}

export const unpackCells = ({ cells }: ModelRow): Float32Array | null => cells && unpackNumbers(cells);

export const enqueueLearn = (ctx: Context, delayMs: number): Promise<string | null> =>
  enqueue(ctx, learn_kind, {}, { dedupeKey: 'all', priority, delayMs });
