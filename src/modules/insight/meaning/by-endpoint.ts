import type { Context } from '../../../kernel/tenancy/context.ts';
import { type Asker, askerOf, type Called, type ModelServices, vectorsOf } from '../language-model/index.ts';

/** Whom to ask for vectors, and of which model. */
export interface VectorAsker {
  asker: Asker;
  model: string;
}

const texts_per_call = 64;

/**
 * The endpoint whose vectors the search of a workspace uses: one that is set up, switched on for search, and whose cost
 * somebody has agreed to. null: words get vectors learnt here.
 */
export async function vectorAskerOf(ctx: Pick<Context, 'db' | 'tenant_id' | 'actor'>): Promise<VectorAsker | null> {
  const asker = await askerOf(ctx);
  if (!asker) return null;
  const { vector_model: model, confirmed_vector_model, features } = asker.settings;
  return model && model === confirmed_vector_model && features.includes('search') ? { asker, model } : null;
}

export interface SentText {
  /** The record whose text leaves; null for a question. */
  id: string | null;
  text: string;
}

/** Why there are no vectors. */
export type Trouble = Exclude<Called<never>['outcome'], 'ok'>;
export type Vectors = { outcome: 'ok'; value: Float32Array[] } | { outcome: Trouble };

/**
 * A vector for each text, or why there are none. `dimensions`: of the vectors that these are compared with; undefined
 * for the first ones.
 */
export async function askVectors(
  services: ModelServices,
  { asker, model }: VectorAsker,
  sent: readonly SentText[],
  dimensions?: number,
): Promise<Vectors> {
  const value: Float32Array[] = [];
  for (let at = 0; at < sent.length; at += texts_per_call) {
    const some = sent.slice(at, at + texts_per_call);
    const called = await vectorsOf(services, asker, model, {
      feature: 'search',
      sources: [...new Set(some.flatMap(({ id }) => id ?? []))],
      texts: some.map(({ text }) => text),
      dimensions: dimensions ?? value[0]?.length,
    });
    if (called.outcome !== 'ok') return { outcome: called.outcome };
    value.push(...called.value);
  }
  return { outcome: 'ok', value };
}
