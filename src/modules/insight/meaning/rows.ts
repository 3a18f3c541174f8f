import { nearestCells, packVector, signatureOf } from './model.ts';
import { passagesOf, type WrittenText } from './passages.ts';
import type { PassageRow } from './queries.ts';
import { countsOf, type WordCounts, wordsOf } from './words.ts';

/** A passage with its words counted, before it has a vector. */
export interface CountedPassage {
  written: WrittenText;
  starts_at: number;
  ends_at: number;
  text: string;
  counted: WordCounts;
}

/** The passages of texts that have any word. */
export const countedPassages = (texts: readonly WrittenText[]): CountedPassage[] =>
  texts.flatMap((written) =>
    passagesOf(written).flatMap((passage) => {
      const counted = countsOf(wordsOf(passage.text));
      return counted.size === 0 ? [] : [{ written, ...passage, counted }];
    }),
  );

/** `vector`: of length 1, or of zeros where nothing is known of its words; null: an endpoint has still to give one. */
export function passageRow(
  { written, starts_at, ends_at, counted }: CountedPassage,
  vector: Float32Array | null,
  cells: Float32Array | null,
): PassageRow {
  return {
    resource: written.resource,
    record_id: written.id,
    starts_at,
    ends_at,
    size: counted.size,
    cell: cells && vector ? nearestCells(cells, vector, 1)[0]! : 0,
    signature: signatureOf(vector ?? new Float32Array(1)),
    vector: vector ? packVector(vector) : Buffer.alloc(0),
    words: [...counted.words],
    counts: Buffer.from(counted.counts),
  };
}
