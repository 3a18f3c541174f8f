import { factorise, randomNumbers, type SparseMatrix } from './factorise.ts';
import { pace } from './pace.ts';
import type { WordCounts } from './words.ts';

export interface TermStatistics {
  /** In how many texts the word stands. */
  documents: number;
  /** Where the word stands among the meanings; null for those that are counted only. */
  vector: Float32Array | null;
}

/** What was learnt of the texts of one workspace. */
export interface Model {
  documents: number;
  average_length: number;
  dimensions: number;
  terms: ReadonlyMap<number, TermStatistics>;
}

const dimensions_max = 128;
/** The words that get a vector: of more, those that stand in most texts. */
const vocabulary_max = 20_000;
/** The words that are counted; a word that is not is as rare as can be. */
const terms_max = 100_000;
const texts_with_word_min = 2;
/** A word that stands in more of the texts than this says nothing about them. */
const share_max = 0.4;

/** The weight of a word for vectors: rare words say more, and the tenth time says less than the first. */
const weightOf = (count: number, documents: number, all: number): number =>
  (1 + Math.log(count)) * Math.log((all + 1) / (documents + 0.5));

/**
 * Learns from texts what words have to do with each other: those that stand in the same texts, or in texts with the
 * same words, get vectors that point alike (latent semantic analysis: TF-IDF with truncated singular value
 * decomposition). The strongest directions, which tell the subject of the whole workspace, count a little less than by
 * their strength.
 */
export async function train(texts: readonly WordCounts[], signal?: AbortSignal): Promise<Model> {
  const { documents, counted, average_length } = countWords(texts);
  const known = counted.filter(([, n]) => n <= Math.max(share_max * texts.length, 20)).slice(0, vocabulary_max);
  const columns = new Map(known.map(([word], at) => [word, at]));
  const { width, values, strengths } = await factorise(weigh(texts, columns, documents), dimensions_max, signal);
  const terms = countedTerms(counted);
  for (const [word, at] of columns) {
    const vector = values.slice(at * width, (at + 1) * width);
    for (let k = 0; k < width; k++) vector[k]! /= Math.sqrt(strengths[k]!);
    terms.set(word, { documents: documents.get(word)!, vector });
  }
  return { documents: texts.length, average_length, dimensions: width, terms };
}

/** What BM25 needs to know of texts whose vectors an endpoint gives: how often their words occur. */
export function trainWords(texts: readonly WordCounts[], dimensions: number): Model {
  const { counted, average_length } = countWords(texts);
  return { documents: texts.length, average_length, dimensions, terms: countedTerms(counted) };
}

/** In how many of the texts each word stands; `counted`: of those that are in several, the most frequent first. */
function countWords(texts: readonly WordCounts[]) {
  const documents = new Map<number, number>();
  let length = 0;
  for (const { words, size } of texts) {
    length += size;
    for (const word of words) documents.set(word, (documents.get(word) ?? 0) + 1);
  }
  const counted = [...documents].filter(([, n]) => n >= texts_with_word_min).sort(([a, n], [b, m]) => m - n || a - b);
  return { documents, counted, average_length: length / Math.max(texts.length, 1) };
}

const countedTerms = (counted: readonly (readonly [number, number])[]): Map<number, TermStatistics> =>
  new Map(counted.slice(0, terms_max).map(([word, documents]) => [word, { documents, vector: null }]));

/** The rows of the matrix are the texts, each of length 1; its columns are the words. */
function weigh(
  texts: readonly WordCounts[],
  known: ReadonlyMap<number, number>,
  documents: ReadonlyMap<number, number>,
): SparseMatrix {
  const starts = new Int32Array(texts.length + 1);
  for (const [row, { words }] of texts.entries())
    starts[row + 1] = starts[row]! + words.reduce((found, word) => found + (known.has(word) ? 1 : 0), 0);
  const size = starts[texts.length]!;
  const columns = new Int32Array(size);
  const values = new Float32Array(size);
  let at = 0;
  for (const { words, counts } of texts) {
    const from = at;
    let squares = 0;
    for (const [place, word] of words.entries()) {
      const column = known.get(word);
      if (column === undefined) continue;
      const weight = weightOf(counts[place]!, documents.get(word)!, texts.length);
      columns[at] = column;
      values[at++] = weight;
      squares += weight * weight;
    }
    const norm = Math.sqrt(squares) || 1;
    for (let k = from; k < at; k++) values[k]! /= norm;
  }
  return { rows: texts.length, width: known.size, starts, columns, values };
}

/** The vector of a text, of length 1; null where the model knows none of its words. */
export function embed({ documents, dimensions, terms }: Model, { words, counts }: WordCounts): Float32Array | null {
  const vector = new Float32Array(dimensions);
  for (const [place, word] of words.entries()) {
    const term = terms.get(word);
    if (!term?.vector) continue;
    const weight = weightOf(counts[place]!, term.documents, documents);
    for (let k = 0; k < dimensions; k++) vector[k]! += weight * term.vector[k]!;
  }
  return normalise(vector);
}

function normalise(vector: Float32Array): Float32Array | null {
  let squares = 0;
  for (const value of vector) squares += value * value;
  if (squares < 1e-12) return null;
  const norm = Math.sqrt(squares);
  return vector.map((value) => value / norm);
}

const saturation = 1.4;
const length_share = 0.7;

/**
 * How well a text answers words that were asked for (BM25). `counts`: how often it has each of them; `size`: how many
 * words it has.
 */
export function bm25(
  { documents, average_length, terms }: Omit<Model, 'dimensions'>,
  asked: WordCounts,
  { counts, size }: { counts: ArrayLike<number>; size: number },
): number {
  const norm = saturation * (1 - length_share + (length_share * size) / Math.max(average_length, 1));
  let score = 0;
  for (const [place, word] of asked.words.entries()) {
    const count = counts[place]!;
    if (count === 0) continue;
    const n = terms.get(word)?.documents ?? 1;
    const rarity = Math.log(1 + (documents - n + 0.5) / (n + 0.5));
    score += asked.counts[place]! * rarity * ((count * (saturation + 1)) / (count + norm));
  }
  return score;
}

/** What likeness counts beside words. */
const likeness_weight = 1;

/**
 * Orders texts by words and meaning together. A text that has every word asked for comes before one that has not:
 * whoever asks for a name or a number wants that.
 */
export function fuse<T extends { words: number; likeness: number; complete: boolean }>(found: readonly T[]): T[] {
  const best = Math.max(...found.map(({ words }) => words), 1e-9);
  const score = ({ words, likeness, complete }: T) => (complete ? 10 : 0) + words / best + likeness_weight * likeness;
  return found.toSorted((a, b) => score(b) - score(a));
}

const signature_bits = 256;

/**
 * On which side of random planes a vector lies, as text of 0 and 1: vectors that point alike have most of these in
 * common.
 */
export function signatureOf(vector: Float32Array): string {
  const planes = planesOf(vector.length);
  let bits = '';
  for (let bit = 0; bit < signature_bits; bit++) {
    let side = 0;
    for (let k = 0; k < vector.length; k++) side += vector[k]! * planes[bit * vector.length + k]!;
    bits += side > 0 ? '1' : '0';
  }
  return bits;
}

const planesKnown = new Map<number, Float32Array>();

function planesOf(dimensions: number): Float32Array {
  const known = planesKnown.get(dimensions);
  if (known) return known;
  const random = randomNumbers(2);
  const made = Float32Array.from({ length: signature_bits * dimensions }, () => random() + random() + random() - 1.5);
  planesKnown.set(dimensions, made);
  return made;
}

/**
 * A vector in a byte a value, as it is stored beside its passage. Only where it points is kept: its largest value takes
 * the whole byte, so that one of thousands of small values loses no more than one of few.
 */
export function packVector(vector: Float32Array): Buffer {
  const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  return Buffer.from(Int8Array.from(vector, (value) => Math.round((value / largest) * 127)).buffer);
}

/** A stored vector, of length 1 again. */
export function unpackVector(packed: Uint8Array): Float32Array {
  const values = Float32Array.from(new Int8Array(packed.buffer, packed.byteOffset, packed.byteLength));
  return normalise(values) ?? values;
}

/** How alike a vector and a stored one point: 1 where they are the same; 0 where none is stored. */
export function likenessOf(vector: Float32Array, packed: Uint8Array): number {
  if (packed.byteLength !== vector.length) return 0;
  const values = new Int8Array(packed.buffer, packed.byteOffset, packed.byteLength);
  let sum = 0;
  let squares = 0;
  for (let k = 0; k < vector.length; k++) {
    sum += vector[k]! * values[k]!;
    squares += values[k]! * values[k]!;
  }
  return squares === 0 ? 0 : sum / Math.sqrt(squares);
}

export const packNumbers = (numbers: Float32Array): Buffer =>
  Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
export const unpackNumbers = (packed: Uint8Array): Float32Array =>
  new Float32Array(packed.slice().buffer, 0, packed.byteLength / 4);

/** With fewer passages all of them are compared. */
export const passages_without_cells = 20_000;
const cells_max = 256;
const cell_rounds = 5;
/** How many passages the middles are learnt from. */
export const cell_sample = 10_000;

export async function cellsOf(model: Model, texts: readonly WordCounts[]): Promise<Float32Array | null> {
  if (texts.length < passages_without_cells) return null;
  const step = Math.ceil(texts.length / cell_sample);
  const sample = texts.filter((_, at) => at % step === 0).flatMap((text) => embed(model, text) ?? []);
  return middlesOf(sample, model.dimensions);
}

/**
 * The middles of the cells in which vectors of length 1 lie (k-means on the sphere), one after the other; null for few
 * of them.
 */
export async function middlesOf(sample: readonly Float32Array[], dimensions: number): Promise<Float32Array | null> {
  const cells = Math.min(cells_max, Math.floor(sample.length / 20));
  if (cells < 2) return null;
  const turn = pace();
  let middles = new Float32Array(cells * dimensions);
  for (let cell = 0; cell < cells; cell++)
    middles.set(sample[Math.floor((cell * sample.length) / cells)]!, cell * dimensions);
  for (let round = 0; round < cell_rounds; round++) {
    const sums = new Float32Array(cells * dimensions);
    for (const vector of sample) {
      await turn();
      const [cell] = nearestCells(middles, vector, 1);
      for (let k = 0; k < dimensions; k++) sums[cell! * dimensions + k]! += vector[k]!;
    }
    const next = middles.slice();
    for (let cell = 0; cell < cells; cell++) {
      const middle = normalise(sums.slice(cell * dimensions, (cell + 1) * dimensions));
      if (middle) next.set(middle, cell * dimensions);
    }
    middles = next;
  }
  return middles;
}

/** The cells whose middles are nearest to a vector, the nearest first. */
export function nearestCells(middles: Float32Array, vector: Float32Array, wanted: number): number[] {
  const { length } = vector;
  const likeness = Float32Array.from({ length: middles.length / length }, (_, cell) => {
    let sum = 0;
    for (let k = 0; k < length; k++) sum += middles[cell * length + k]! * vector[k]!;
    return sum;
  });
  if (wanted === 1) return [likeness.indexOf(likeness.reduce((a, b) => Math.max(a, b), -Infinity))];
  return [...likeness.keys()].sort((a, b) => likeness[b]! - likeness[a]!).slice(0, wanted);
}
