import { z } from 'zod';
import { type Asker, type Call, type Called, callModel, type ModelServices } from './call.ts';
import { ModelTrouble } from './endpoint.ts';

export const dimensions_max = 4096;
/** A number of a vector takes some 24 bytes as text. */
const number_bytes_max = 32;

const embeddings = z.object({
  data: z.array(
    z.object({ index: z.int().min(0), embedding: z.array(z.number()).min(1).max(dimensions_max) }), // z.number() takes finite ones alone
  ),
});

interface Texts extends Pick<Call<unknown>, 'feature' | 'sources'> {
  texts: readonly string[];
  /** Of the vectors that these are compared with; undefined for the first ones. */
  dimensions: number | undefined;
}

/** A vector for each of these texts, of length 1. */
export const vectorsOf = (
  services: ModelServices,
  asker: Asker,
  model: string,
  { feature, sources, texts, dimensions }: Texts,
): Promise<Called<Float32Array[]>> =>
  callModel(services, asker, {
    feature,
    subject: null,
    sources,
    model,
    path: 'embeddings',
    tokensOut: 0,
    bytesMax: texts.length * dimensions_max * number_bytes_max + 10_000,
    body: { input: texts, encoding_format: 'float' },
    read: (answer) => readVectors(answer, texts.length, dimensions),
  });

function readVectors(answer: unknown, count: number, dimensions: number | undefined): Float32Array[] {
  const parsed = embeddings.safeParse(answer);
  if (!parsed.success) throw new ModelTrouble('invalid');
  const rows = parsed.data.data.toSorted((a, b) => a.index - b.index);
  if (rows.length !== count || rows.some(({ index }, at) => index !== at)) throw new ModelTrouble('invalid');
  const wanted = dimensions ?? rows[0]!.embedding.length;
  if (rows.some(({ embedding }) => embedding.length !== wanted)) throw new ModelTrouble('dimension');
  return rows.map(({ embedding }) => normalised(embedding));
}

function normalised(numbers: readonly number[]): Float32Array {
  const norm = Math.hypot(...numbers);
  if (!Number.isFinite(norm) || norm === 0) throw new ModelTrouble('invalid');
  return Float32Array.from(numbers, (value) => value / norm);
}
