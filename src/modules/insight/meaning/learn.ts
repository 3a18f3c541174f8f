import { setImmediate as turn } from 'node:timers/promises';
import { enqueue } from '../../../kernel/jobs/queue.ts';
import { sealingState } from '../../../kernel/resource/personal.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { ModelServices } from '../language-model/index.ts';
import type { VectorAsker } from './by-endpoint.ts';
import { beginByEndpoint, embedAll, embedByEndpoint, embedMissing, refreshStatistics } from './learn-by-endpoint.ts';
import { cellsOf, embed, type Model, train } from './model.ts';
import {
  asProgram,
  eachText,
  enqueueLearn,
  type Learning,
  learn_kind,
  priority,
  programsAsker,
  type Run,
  storeModel,
  texts_min,
  unpackCells,
} from './model-run.ts';
import { passagesOf, type Source, sources } from './passages.ts';
import {
  changedSince,
  countPassages,
  countTexts,
  forgetRetired,
  isEmbeddingWaiting,
  type ModelRow,
  modelsInMaking,
  type PassageRow,
  replacePassages,
  retire,
  serve,
  servingModel,
  termsOf,
  textsById,
} from './queries.ts';
import { type CountedPassage, countedPassages, passageRow } from './rows.ts';
import { countsOf, type WordCounts, wordsOf } from './words.ts';

export const embed_kind = 'meaning.embed';
/** A model is made anew when there are so many more passages, or fewer, than it was made of. */
const growth_share = 0.3;
/** The passages that a model is made of: of more, every second or third. They take some 300 bytes each. */
const training_max = 50_000;
export const embed_ids_max = 500;
const forgotten_at_once = 2_000;
const changed_max = 100_000;
/** While a mailbox is imported texts come by the second, and a model of a part of them is soon out of date. */
const first_ms = 5_000;
const again_ms = 15_000;

/**
 * Makes a model where there is none yet, or where the texts have become others; `anew`: in any case. The one before
 * serves until the new one is whole.
 */
export async function learn(run: Run, services: ModelServices, anew: boolean): Promise<void> {
  while (await asProgram(run, (ctx) => forgetRetired(ctx, forgotten_at_once))) run.signal.throwIfAborted();
  const sealing = await asProgram(run, sealingState);
  // The words of what is about to be sealed are forgotten when it is done; then it is learnt what is left.
  if (sealing === 'sealing') return;
  const learning = { ...run, sealing };
  const asker = await programsAsker(run);
  if (!(anew || (await asProgram(run, (ctx) => isDue(ctx, asker))))) return;
  if (asker) await learnByEndpoint(learning, services, asker, anew);
  else await learnHere(learning);
  while (await asProgram(run, (ctx) => forgetRetired(ctx, forgotten_at_once))) run.signal.throwIfAborted();
}

async function learnHere(run: Learning): Promise<void> {
  // What an attempt that was broken off has left.
  await retireMaking(run);
  const started_at = new Date().toISOString();
  const texts = await gather(run);
  if (texts.length < texts_min) return;
  const model = await train(texts, run.signal);
  if (model.dimensions === 0) return;
  const cells = await cellsOf(model, texts);
  const id = await storeModel(run, model, { cells, started_at, vector_model: null });
  for (const resource of sources)
    await eachText(run, resource, async (found) => {
      const ids = found.map((text) => text.id);
      const rows = await inSlices(found, (some) =>
        countedPassages(some).map((passage) => rowOf(passage, model, cells)),
      );
      await asProgram(run, (ctx) => replacePassages(ctx, id, ids, rows));
    });
  await takeOver(run, id, started_at);
}

/** Goes on with a model that an earlier run began: what it embedded was paid for. */
async function learnByEndpoint(
  run: Learning,
  services: ModelServices,
  asker: VectorAsker,
  anew: boolean,
): Promise<void> {
  const serving = await asProgram(run, servingModel);
  if (serving?.vector_model === asker.model && !anew) {
    await embedMissing(run, services, serving);
    if (await asProgram(run, (ctx) => hasGrown(ctx, serving))) await refreshStatistics(run, serving, await gather(run));
    return;
  }
  const begun = (await asProgram(run, modelsInMaking)).find((row) => row.vector_model === asker.model);
  await retireMaking(run, begun?.id);
  const model = begun ?? (await beginByEndpoint(run, services, asker, await gather(run)));
  if (model && (await embedAll(run, services, asker, model))) await takeOver(run, model.id, model.started_at);
}

async function retireMaking(run: Run, except?: string): Promise<void> {
  for (const { id } of await asProgram(run, modelsInMaking))
    if (id !== except) await asProgram(run, (ctx) => retire(ctx, id));
}

const takeOver = (run: Run, id: string, started_at: string): Promise<void> =>
  asProgram(run, async (ctx) => {
    if (!(await serve(ctx, id))) return;
    // Texts that changed meanwhile were embedded by the model before, or read before they changed.
    for (const resource of sources)
      await enqueueEmbed(ctx, resource, await changedSince(ctx, resource, started_at, changed_max));
  });

/**
 * Whether a model should be made: there is none and enough text, the text has grown by a share, or vectors come from
 * elsewhere now. With an endpoint there may be passages that it gave no vector for.
 */
async function isDue(ctx: Context, asker: VectorAsker | null): Promise<boolean> {
  const model = await servingModel(ctx);
  if (!model) return (await countTexts(ctx, texts_min)) >= texts_min;
  return asker !== null || model.vector_model !== null || hasGrown(ctx, model);
}

async function hasGrown(ctx: Context, model: ModelRow): Promise<boolean> {
  const passages = await countPassages(ctx, model.id);
  // Of very many texts a model is made of a part, which says nothing of how many there were.
  if (model.documents >= training_max / 2 && passages < 4 * model.documents) return false;
  return Math.abs(passages - model.documents) > growth_share * model.documents;
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

function rowOf(passage: CountedPassage, model: Model, cells: Float32Array | null): PassageRow {
  const vector = embed(model, passage.counted) ?? new Float32Array(model.dimensions);
  return passageRow(passage, vector, cells);
}

const slice_max = 50;

/** The event loop goes on after each slice: people wait for other jobs of the worker, such as mail that arrives. */
async function inSlices<T, R>(all: readonly T[], work: (some: readonly T[]) => R[]): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < all.length; at += slice_max) {
    results.push(...work(all.slice(at, at + slice_max)));
    await turn();
  }
  return results;
}

/** Embeds texts by the model that serves; those that are gone, or in the trash, lose their passages. */
export async function embedTexts(
  run: Run,
  services: ModelServices,
  resource: Source,
  ids: readonly string[],
): Promise<void> {
  const model = await asProgram(run, servingModel);
  if (model?.vector_model) await embedByEndpoint(run, services, model, resource, ids);
  else if (model)
    await asProgram(run, async (ctx) => {
      const passages = await inSlices(await textsById(ctx, resource, ids), countedPassages);
      const words = new Set(passages.flatMap(({ counted }) => [...counted.words]));
      // A model as far as the words of these texts need it.
      const known = { ...model, terms: await termsOf(ctx, model.id, [...words]) };
      const cells = unpackCells(model);
      const rows = await inSlices(passages, (some) => some.map((passage) => rowOf(passage, known, cells)));
      await replacePassages(ctx, model.id, ids, rows);
    });
  await asProgram(run, async (ctx) => {
    // Of an imported mailbox the last batch says so: a model of a part of it would soon be made anew.
    if (!(await isEmbeddingWaiting(ctx, embed_kind))) await enqueueLearn(ctx, model ? again_ms : first_ms);
  });
}

/** Whatever the model was made of: while the product was off, new texts passed it by. */
export const enqueueAnew = (ctx: Context): Promise<string | null> =>
  enqueue(ctx, learn_kind, { anew: true }, { dedupeKey: 'anew', priority });

export async function enqueueEmbed(
  ctx: Context,
  resource: Source,
  ids: readonly string[],
  { waits_until, delayMs = 0 }: { waits_until?: string; delayMs?: number } = {},
): Promise<void> {
  for (let at = 0; at < ids.length; at += embed_ids_max) {
    const some = ids.slice(at, at + embed_ids_max);
    await enqueue(ctx, embed_kind, { resource, ids: some, waits_until }, { priority, delayMs });
  }
}
