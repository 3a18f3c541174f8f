import { problems } from '../../../kernel/errors/problem.ts';
import { findProduct } from '../../../kernel/features/registry.ts';
import { refuseSwitchedOff } from '../../../kernel/features/switches.ts';
import type { BareContext } from '../../../kernel/http/route.ts';
import { type Context, systemActor, withContext } from '../../../kernel/tenancy/context.ts';
import type { MeaningAnswer } from '../../../platform/search/contract.ts';
import type { SearchByMeaning } from '../../../platform/search/index.ts';
import type { ModelServices } from '../language-model/index.ts';
import { askVectors, vectorAskerOf } from './by-endpoint.ts';
import {
  bm25,
  embed,
  fuse,
  likenessOf,
  nearestCells,
  signatureOf,
  type TermStatistics,
  unpackNumbers,
} from './model.ts';
import { texts_min, unpackCells } from './model-run.ts';
import { lettersOf, readable } from './passages.ts';
import {
  type AskedWord,
  askedWords,
  candidates,
  countTexts,
  type FoundPassage,
  type ModelRow,
  reachOf,
  readPassages,
  servingModel,
  subjectsOf,
  wordsRead,
} from './queries.ts';
import { countsOf, type WordCounts, wordsOf } from './words.ts';

/** Each of the two ways to find candidates finds so many. */
const candidates_max = 500;
/** The share of all cells in which passages are looked at. */
const cells_share = 0.12;
/** Passages whose policies are asked at once, and in all. */
const read_at_once = 40;
const read_max = 2_000;
const passage_letters_max = 400;

/** The passages that say what was asked for, in whatever words; of each text the best one. */
export const searchByMeaning =
  (services: ModelServices): SearchByMeaning =>
  async (bare, q, limit) => {
    const question = await askQuestion(services, bare, q);
    const asked = countsOf(wordsOf(q));
    const answerBy = async (ctx: Context, model: ModelRow | undefined): Promise<MeaningAnswer> => {
      if (!model) {
        const state = (await countTexts(ctx, texts_min)) < texts_min ? 'too_little_text' : 'learning';
        return { state, words_only: false, passages: [] };
      }
      const vector = question?.model === model.vector_model ? question.vector : null;
      const ask = async () => (asked.size === 0 && !vector ? [] : find(ctx, model, asked, vector, limit));
      let passages = await ask();
      // Passages that are made anew between two statements have other ids in the second.
      if (passages.length === 0) passages = await ask();
      const words_only = model.vector_model !== null && !vector;
      return { state: 'ready', words_only, passages: await present(ctx, passages) };
    };
    return async (ctx) => {
      const model = await servingModel(ctx);
      const answer = await answerBy(ctx, model);
      const current = await servingModel(ctx);
      // Passages of a model that another one took over from are deleted at once.
      return current?.id === model?.id ? answer : answerBy(ctx, current);
    };
  };

/** The vector of a question by the endpoint that gave those of the passages; undefined where words are learnt here. */
async function askQuestion(services: ModelServices, { db, actor }: BareContext, q: string) {
  if (!actor) throw problems.notSignedIn();
  refuseSwitchedOff(actor, ['insight']);
  const asker = await vectorAskerOf({ db, actor, tenant_id: actor.tenant_id });
  if (!asker) return undefined;
  const serving = await withContext(db, systemActor(actor.tenant_id), servingModel, { mode: 'read' });
  if (serving?.vector_model !== asker.model) return undefined;
  const asked = await askVectors(services, asker, [{ id: null, text: q }], serving.dimensions);
  return { model: asker.model, vector: asked.outcome === 'ok' ? asked.value[0]! : null };
}

/** `byEndpoint`: the vector of the question, where an endpoint gives vectors. */
async function find(
  ctx: Context,
  model: ModelRow,
  asked: WordCounts,
  byEndpoint: Float32Array | null,
  limit: number,
): Promise<FoundPassage[]> {
  const reach = await reachOf(ctx);
  const known = await askedWords(ctx, model.id, [...asked.words], reach);
  // A word that stands in nothing that the caller reads has no meaning for them: what is like it would tell what it is
  // about.
  const read = await wordsRead(ctx, known);
  const terms = new Map(known.map((term) => [term.word, statistics(term, read)]));
  const vector = model.vector_model === null ? embed({ ...model, terms }, asked) : byEndpoint;
  const cells = unpackCells(model);
  const order = rarestFirst(asked, terms);
  const found = await candidates(ctx, model.id, {
    words: order,
    signature: vector && signatureOf(vector),
    cells: cells && vector && nearestCells(cells, vector, Math.ceil((cells_share * cells.length) / model.dimensions)),
    reach,
    rows_max: candidates_max,
  });
  const inOrder: WordCounts = {
    ...asked,
    words: Int32Array.from(order),
    counts: Uint8Array.from(order, (word) => asked.counts[asked.words.indexOf(word)]!),
  };
  const scored = found.map((each) => ({
    id: each.id,
    words: bm25({ ...model, terms }, inOrder, each),
    likeness: vector ? Math.max(likenessOf(vector, each.vector), 0) : 0,
    complete: order.length > 0 && each.counts.every((count) => count > 0),
  }));
  return readBest(ctx, fuse(scored.filter(({ words, likeness }) => words > 0 || likeness > likeness_min)), limit);
}

/** What is less like the question has nothing to do with it. */
const likeness_min = 0.25;

const statistics = ({ word, documents, vector }: AskedWord, read: ReadonlySet<number>): TermStatistics => ({
  documents,
  vector: vector && read.has(word) ? unpackNumbers(vector) : null,
});

const rarestFirst = ({ words }: WordCounts, terms: ReadonlyMap<number, TermStatistics>): number[] =>
  [...words].sort((a, b) => (terms.get(a)?.documents ?? 1) - (terms.get(b)?.documents ?? 1));

/** The best that the caller reads: asks by and by, until there are enough. */
async function readBest(ctx: Context, best: readonly { id: string }[], limit: number): Promise<FoundPassage[]> {
  const product = findProduct('mail');
  const hidden = product && ctx.actor.features_off?.includes(product.name) ? ['mail_message'] : [];
  const passages = new Map<string, FoundPassage>();
  for (let at = 0; at < Math.min(best.length, read_max) && passages.size < limit; at += read_at_once) {
    const ids = best.slice(at, at + read_at_once).map(({ id }) => id);
    const rows = new Map((await readPassages(ctx, ids, hidden)).map((row) => [row.id, row]));
    for (const id of ids) {
      const row = rows.get(id);
      if (row && passages.size < limit && !passages.has(row.record_id)) passages.set(row.record_id, row);
    }
  }
  return [...passages.values()];
}

async function present(ctx: Context, found: readonly FoundPassage[]): Promise<MeaningAnswer['passages']> {
  const subjects = await subjectsOf(ctx, found);
  return found.map((each) => {
    const subject = subjects.get(each.id);
    const text = readable(lettersOf(each).slice(each.starts_at, each.ends_at));
    return {
      resource: each.resource,
      id: each.record_id,
      title: each.title,
      passage: text.length > passage_letters_max ? `${text.slice(0, passage_letters_max)}…` : text,
      at: each.at,
      subject: subject ? { resource: subject.type, id: subject.id, name: subject.name } : null,
    };
  });
}
