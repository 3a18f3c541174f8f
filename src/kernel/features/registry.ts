import type { Right } from '../access/rights.ts';
import type { RecordType } from '../record-type/record-type.ts';
import type { Context } from '../tenancy/context.ts';

/** What can be switched off: for the whole installation by FEATURES_OFF, for a workspace by its administrators. */
export interface Feature {
  name: string;
  title: string;
  description: string;
}

/** A feature that has record types of its own; `Product` has the rest of what it declares. */
export interface ProductFeature extends Feature {
  recordTypes: readonly RecordType[];
  /** Beside those of its record types. */
  rights: readonly Right[];
  /**
   * Catches up with what its consumers passed over. Runs as whoever switches it on, in the same transaction: leave long
   * work to a job.
   */
  whenSwitchedOn?: (ctx: Context) => Promise<unknown>;
}

const declared = new Map<string, Feature>();
const products = new Map<string, ProductFeature>();

/** To be called once, while modules load. */
export function declareFeatures(newProducts: readonly ProductFeature[], others: readonly Feature[]): void {
  for (const feature of [...newProducts, ...others]) {
    if (declared.has(feature.name)) throw new Error(`The feature "${feature.name}" is declared twice`);
    declared.set(feature.name, feature);
  }
  for (const product of newProducts) products.set(product.name, product);
}

/** In the order of declaration, products first. */
export function listDeclared(): Feature[] {
  if (declared.size === 0) throw new Error('No features are declared yet: import src/modules/index.ts first');
  return [...declared.values()];
}

export const featureNames = (): string[] => listDeclared().map(({ name }) => name);
export const productNames = (): string[] => [...products.keys()];
export const findProduct = (name: string): ProductFeature | undefined => products.get(name);

/** The record types of products that are off. */
export const typesOf = (off: readonly string[]): RecordType[] =>
  off.flatMap((name) => products.get(name)?.recordTypes ?? []);

/** The rights of products that are off. */
export const rightsOf = (off: readonly string[]): string[] =>
  off.flatMap((name) => {
    const { recordTypes = [], rights = [] } = products.get(name) ?? {};
    return [
      ...recordTypes.flatMap(({ resource, right }) => (right ? resource.name : [])),
      ...rights.map((right) => right.name),
    ];
  });
