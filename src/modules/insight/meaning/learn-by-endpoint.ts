import type { Context } from '../../../kernel/tenancy/context.ts';
import { isRefusal, type ModelServices } from '../language-model/index.ts';
import { askVectors, type Trouble, type VectorAsker, type Vectors } from './by-endpoint.ts';
import { cell_sample, middlesOf, nearestCells, passages_without_cells, trainWords, unpackVector } from './model.ts';
import {
  asProgram,
  eachText,
  type Learning,
  programsAsker,
  type Run,
  replaceTerms,
  storeModel,
  texts_min,
  unpackCells,
} from './model-run.ts';
import { type Source, sources, type WrittenText } from './passages.ts';
import {
  countPassages,
  embeddedOf,
  type ModelRow,
  nextVectors,
  putCells,
  putInCells,
  replacePassages,
  sampleVectors,
  servingModel,
  storedPassages,
  textsById,
  unembedded,
} from './queries.ts';
import { type CountedPassage, countedPassages, passageRow } from './rows.ts';
import type { WordCounts } from './words.ts';

const cells_at_once = 1_000;
const texts_at_once = 500;

/** A model whose passages get their vectors. */
type Begun = Pick<ModelRow, 'id' | 'started_at' | 'dimensions'>;

/**
 * Embeds all texts by the model of an endpoint; those that an earlier run embedded were paid for, and stay. Returns
 * whether all are: not where the quotas of today are used up, or nothing may be asked any more.
 */
export async function embedAll(run: Run, services: ModelServices, asker: VectorAsker, model: Begun): Promise<boolean> {
  for (const resource of sources) {
    const isWhole = await eachText(run, resource, (texts) => embedSome(run, services, asker, model, texts));
    if (!isWhole) return false;
  }
  await makeCells(run, model);
  return true;
}

async function embedSome(run: Run, services: ModelServices, asker: VectorAsker, model: Begun, texts: WrittenText[]) {
  const all = texts.map(({ id }) => id);
  const done = await asProgram(run, (ctx) => embeddedOf(ctx, model.id, all));
  const missing = texts.filter(({ id }) => !done.has(id));
  const passages = countedPassages(missing);
  const asked = await askVectors(services, asker, passages.map(sentText), model.dimensions);
  if (asked.outcome !== 'ok') return refuseTrouble(asked.outcome);
  const rows = passages.map((passage, at) => passageRow(passage, asked.value[at]!, null));
  const ids = missing.map(({ id }) => id);
  await asProgram(run, (ctx) => replacePassages(ctx, model.id, ids, rows));
  return true;
}

const sentText = ({ written, text }: CountedPassage) => ({ id: written.id, text });

/**
 * What the endpoint may have got over by the next attempt fails the job, which is tried again: not a quota that is used
 * up, nor that nothing may be asked.
 */
function refuseTrouble(outcome: Trouble): false {
  if (!isRefusal(outcome)) throw new Error(`The endpoint gave no vectors: ${outcome}`);
  return false;
}

/** A model without passages, with the words of these texts. A first vector says how many dimensions there are. */
export async function beginByEndpoint(
  run: Learning,
  services: ModelServices,
  asker: VectorAsker,
  texts: readonly WordCounts[],
): Promise<Begun | undefined> {
  const started_at = new Date().toISOString();
  if (texts.length < texts_min) return undefined;
  const first = await askVectors(services, asker, [{ id: null, text: 'ready' }]);
  if (first.outcome !== 'ok') {
    refuseTrouble(first.outcome);
    return undefined;
  }
  const dimensions = first.value[0]!.length;
  const model = trainWords(texts, dimensions);
  const id = await storeModel(run, model, { cells: null, started_at, vector_model: asker.model });
  return { id, started_at, dimensions };
}

/**
 * Embeds texts by the endpoint whose model serves. Where it gives no vector they are found by their words until it
 * does; a text that changed meanwhile is left to the job of that change. Returns what came of asking.
 */
export async function embedByEndpoint(
  run: Run,
  services: ModelServices,
  model: ModelRow,
  resource: Source,
  ids: readonly string[],
): Promise<Vectors['outcome']> {
  const [texts, kept] = await asProgram(run, async (ctx) => {
    const all = await textsById(ctx, resource, ids);
    return [all, await unchangedOf(ctx, model.id, all)] as const;
  });
  const passages = countedPassages(texts.filter(({ id }) => !kept.has(id)));
  const asker = await programsAsker(run);
  const asked: Vectors =
    asker?.model === model.vector_model
      ? await askVectors(services, asker, passages.map(sentText), model.dimensions)
      : { outcome: 'not_configured' };
  const vectors = asked.outcome === 'ok' ? asked.value : [];
  const cells = unpackCells(model);
  const rows = passages.map((passage, at) => passageRow(passage, vectors[at] ?? null, cells));
  await asProgram(run, async (ctx) => {
    if ((await servingModel(ctx))?.id !== model.id) return;
    const sent = new Map(texts.map((text) => [text.id, text]));
    const present = new Map((await textsById(ctx, resource, ids)).map((text) => [text.id, text]));
    const replaced = ids.filter((id) => {
      const [before, now] = [sent.get(id), present.get(id)];
      return !kept.has(id) && before?.title === now?.title && before?.body === now?.body;
    });
    const wanted = new Set(replaced);
    const stored = rows.filter(({ record_id }) => wanted.has(record_id));
    await replacePassages(ctx, model.id, replaced, stored);
  });
  return asked.outcome;
}

/** Texts that the endpoint gave no vectors for when they were new; fails the job where it still does not answer. */
export async function embedMissing(run: Run, services: ModelServices, model: ModelRow): Promise<void> {
  const texts = await asProgram(run, (ctx) => unembedded(ctx, model.id, texts_at_once));
  for (const [resource, some] of Map.groupBy(texts, (text) => text.resource)) {
    const ids = some.map(({ record_id }) => record_id);
    const outcome = await embedByEndpoint(run, services, model, resource, ids);
    if (outcome !== 'ok') refuseTrouble(outcome);
  }
}

/** Texts whose passages have the words that they had when they were embedded: to send them again would cost again. */
async function unchangedOf(ctx: Context, model: string, texts: readonly WrittenText[]): Promise<Set<string>> {
  const ids = texts.map(({ id }) => id);
  const stored = Map.groupBy(await storedPassages(ctx, model, ids), ({ record_id }) => record_id);
  const isSame = (text: WrittenText) => {
    const before = stored.get(text.id) ?? [];
    const now = countedPassages([text]);
    return (
      now.length === before.length &&
      now.every(({ starts_at, ends_at, counted }, at) => {
        const one = before[at]!;
        const hasSameWords = counted.words.every(
          (word, n) => word === one.words[n] && counted.counts[n] === one.counts[n],
        );
        return (
          one.starts_at === starts_at &&
          one.ends_at === ends_at &&
          one.words.length === counted.words.length &&
          hasSameWords
        );
      })
    );
  };
  return new Set(texts.filter(isSame).map(({ id }) => id));
}

/** How often words occur, counted again: vectors stay as they are. */
export const refreshStatistics = (run: Learning, model: ModelRow, texts: readonly WordCounts[]): Promise<void> =>
  replaceTerms(run, model, trainWords(texts, model.dimensions));

/** Once there are many passages, says in which cell each of them lies. */
async function makeCells(run: Run, { id, dimensions }: Begun): Promise<void> {
  const passages = await asProgram(run, (ctx) => countPassages(ctx, id));
  if (passages < passages_without_cells) return;
  const step = Math.ceil(passages / cell_sample);
  const sample = await asProgram(run, (ctx) => sampleVectors(ctx, id, step, 2 * cell_sample));
  const vectors = sample.map(({ vector }) => unpackVector(vector));
  const cells = await middlesOf(vectors, dimensions);
  if (!cells) return;
  let after: string | null = null;
  do {
    run.signal.throwIfAborted();
    after = await placeInCells(run, id, cells, after);
  } while (after !== null);
  await asProgram(run, (ctx) => putCells(ctx, id, cells));
}

/** The next passages by their ids. Returns the last of them. */
async function placeInCells(run: Run, model: string, cells: Float32Array, after: string | null) {
  const rows = await asProgram(run, (ctx) => nextVectors(ctx, model, after, cells_at_once));
  const placed = rows.map(({ vector }) => nearestCells(cells, unpackVector(vector), 1)[0]!);
  const ids = rows.map(({ id }) => id);
  await asProgram(run, (ctx) => putInCells(ctx, ids, placed));
  return ids.at(-1) ?? null;
}
