import type { JobRun } from '../../../kernel/jobs/kind.ts';
import { enqueue } from '../../../kernel/jobs/queue.ts';
import { type Context, systemActor, withContext } from '../../../kernel/tenancy/context.ts';
import { cellsOf, embed, type Model, nearestCells, packVector, signatureOf, train, unpackNumbers } from './model.ts';
import { passagesOf, type Source, sources, type WrittenText } from './passages.ts';
import {
  changedSince,
  countPassages,
  countTexts,
  forgetRetired,
  insertModel,
  insertTerms,
  type ModelRow,
  modelsInMaking,
  nextTexts,
  type PassageRow,
  replacePassages,
  retire,
  serve,
  servingModel,
  termsOf,
  textsById,
} from './queries.ts';
import { countsOf, type WordCounts, wordsOf } from './words.ts';

export const learn_kind = 'meaning.learn';
export const embed_kind = 'meaning.embed';
/** Nobody waits for these. */
const priority = -10;

/** Fewer texts say nothing about what words have to do with each other. */
export const texts_min = 30;
/** A model is made anew when there are so many more passages, or fewer, than it was made of. */
const growth_share = 0.3;
/** The passages that a model is made of: of more, every second or third. They take some 300 bytes each. */
const training_max = 50_000;
const batch_texts = 100;
export const embed_ids_max = 500;
const terms_at_once = 2_000;
const forgotten_at_once = 2_000;
const changed_max = 100_000;
/** While a mailbox is imported texts come by the second, and a model of a part of them is soon out of date. */
const first_ms = 5_000;
const again_ms = 15_000;

type Run = Pick<JobRun, 'db' | 'job' | 'signal'>;

/**
 * Passages are made of texts whatever the person who wrote them may see: their readers are known when somebody asks.
 */
const asProgram = <R>({ db, job }: Run, work: (ctx: Context) => Promise<R>): Promise<R> =>
  withContext(db, systemActor(job.tenant_id), work);

/**
 * Makes a model where there is none yet, or where the texts have become others; `anew`: in any case. The one before
 * serves until the new one is whole.
 */
export async function learn(run: Run, anew: boolean): Promise<void> {
  while (await asProgram(run, (ctx) => forgetRetired(ctx, forgotten_at_once))) run.signal.throwIfAborted();
  if (!(anew || (await asProgram(run, isDue)))) return;
  // What an attempt that was broken off has left.
  for (const { id } of await asProgram(run, modelsInMaking)) await asProgram(run, (ctx) => retire(ctx, id));
  const started_at = new Date().toISOString();
  const texts = await gather(run);
  if (texts.length < texts_min) return;
  const model = await train(texts, run.signal);
  if (model.dimensions === 0) return;
  const cells = await cellsOf(model, texts);
  const id = await asProgram(run, (ctx) => insertModel(ctx, model, cells, started_at));
  const terms = [...model.terms];
  for (let at = 0; at < terms.length; at += terms_at_once)
    await asProgram(run, (ctx) => insertTerms(ctx, id, terms.slice(at, at + terms_at_once)));
  for (const resource of sources)
    await eachText(run, resource, (found) =>
      asProgram(run, (ctx) => replacePassages(ctx, id, found.map((text) => text.id), rowsOf(found, model, cells))),
    ); // biome-ignore format: one statement
  await asProgram(run, async (ctx) => {
    await serve(ctx, id);
    // Texts that changed meanwhile were embedded by the model before, or read before they changed.
    for (const resource of sources)
      await enqueueEmbed(ctx, resource, await changedSince(ctx, resource, started_at, changed_max));
  });
  while (await asProgram(run, (ctx) => forgetRetired(ctx, forgotten_at_once))) run.signal.throwIfAborted();
}

/** Whether a model should be made: there is none and enough text, or the text has grown by a share. */
async function isDue(ctx: Context): Promise<boolean> {
  const model = await servingModel(ctx);
  if (!model) return (await countTexts(ctx, texts_min)) >= texts_min;
  const passages = await countPassages(ctx, model.id);
  // Of very many texts a model is made of a part, which says nothing of how many there were.
  if (model.documents >= training_max / 2 && passages < 4 * model.documents) return false;
  return Math.abs(passages - model.documents) > growth_share * model.documents;
}

async function eachText(run: Run, resource: Source, work: (texts: WrittenText[]) => Promise<void>): Promise<void> {
  for (let after: string | null = null; ; ) {
    run.signal.throwIfAborted();
    const from: string | null = after;
    const texts: WrittenText[] = await asProgram(run, (ctx) => nextTexts(ctx, resource, from, batch_texts));
    if (texts.length > 0) await work(texts);
    if (texts.length < batch_texts) return;
    after = texts.at(-1)!.id;
  }
}

/** The words of the passages that a model is made of: whenever there are too many, every second of them is left out. */
async function gather(run: Run): Promise<WordCounts[]> {
  let kept: WordCounts[] = [];
  let step = 1;
  let seen = 0;
  for (const resource of sources)
    await eachText(run, resource, async (texts) => {
      for (const passage of texts.flatMap(passagesOf)) {
        if (seen++ % step !== 0) continue;
        const counts = countsOf(wordsOf(passage.text));
        if (counts.size > 0) kept.push(counts);
      }
      if (kept.length <= training_max) return;
      kept = kept.filter((_, at) => at % 2 === 0);
      step *= 2;
    });
  return kept;
}

function rowsOf(texts: readonly WrittenText[], model: Model, cells: Float32Array | null): PassageRow[] {
  return texts.flatMap((text) =>
    passagesOf(text).flatMap(({ starts_at, ends_at, text: letters }): PassageRow[] => {
      const counted = countsOf(wordsOf(letters));
      if (counted.size === 0) return [];
      const vector = embed(model, counted) ?? new Float32Array(model.dimensions);
      return [
        {
          resource: text.resource,
          record_id: text.id,
          starts_at,
          ends_at,
          size: counted.size,
          cell: cells ? nearestCells(cells, vector, 1)[0]! : 0,
          signature: signatureOf(vector),
          vector: packVector(vector),
          words: [...counted.words],
          counts: Buffer.from(counted.counts),
        },
      ];
    }),
  );
}

/** Embeds texts by the model that serves; those that are gone, or in the trash, lose their passages. */
export async function embedTexts(ctx: Context, resource: Source, ids: readonly string[]): Promise<void> {
  const model = await servingModel(ctx);
  if (model) {
    const texts = await textsById(ctx, resource, ids);
    await replacePassages(ctx, model.id, ids, rowsOf(texts, await knowing(ctx, model, texts), unpackCells(model)));
  }
  await enqueueLearn(ctx, model ? again_ms : first_ms);
}

export const unpackCells = ({ cells }: ModelRow): Float32Array | null => cells && unpackNumbers(cells);

/** A model as far as the words of these texts need it. */
async function knowing(ctx: Context, model: ModelRow, texts: readonly WrittenText[]): Promise<Model> {
  const words = new Set(texts.flatMap(passagesOf).flatMap(({ text }) => [...countsOf(wordsOf(text)).words]));
  return { ...model, terms: await termsOf(ctx, model.id, [...words]) };
}

const enqueueLearn = (ctx: Context, delayMs: number): Promise<string | null> =>
  enqueue(ctx, learn_kind, {}, { dedupeKey: 'all', priority, delayMs });

/** Whatever the model was made of: while the product was off, new texts passed it by. */
export const enqueueAnew = (ctx: Context): Promise<string | null> =>
  enqueue(ctx, learn_kind, { anew: true }, { dedupeKey: 'anew', priority });

export async function enqueueEmbed(ctx: Context, resource: Source, ids: readonly string[]): Promise<void> {
  for (let at = 0; at < ids.length; at += embed_ids_max)
    await enqueue(ctx, embed_kind, { resource, ids: ids.slice(at, at + embed_ids_max) }, { priority });
}
