import { products } from '../product/products.ts';
import { type Resource, resourceOf } from '../query/resources.ts';
import type { RecordDefinition, RecordExtension, RecordType, Relation } from './definition.ts';
import { recordTypes } from './recordTypes.ts';

/** Those whose details have come. */
const loaded = new Map<RecordType, RecordDefinition>();
let isWanted = false;

/**
 * Fetches all that the page needs to know of the record types that are on. Every part of the page that comes later
 * waits for it.
 */
export async function loadDefinitions(): Promise<void> {
  isWanted = true;
  const missing = recordTypes().filter((type) => !loaded.has(type));
  if (missing.length === 0) return;
  const { defineRecord } = await import('./defineRecord.ts');
  for (const [type, { details }] of await Promise.all(
    missing.map(async (type) => [type, await type.details()] as const),
  ))
    loaded.set(type, defineRecord(type, details));
}

/** The same once a product was switched on, if something has come already that needs it. */
export const completeDefinitions = async (): Promise<void> => {
  if (isWanted) await loadDefinitions();
};

let known: { of: readonly RecordType[]; byName: ReadonlyMap<Resource, RecordDefinition> } = {
  of: [],
  byName: new Map(),
};

/** Those of all products that are switched on, with what the others add to them. */
function declared(): ReadonlyMap<Resource, RecordDefinition> {
  const types = recordTypes().filter((type) => loaded.has(type));
  if (types.length !== known.of.length || types.some((type, at) => type !== known.of[at])) {
    const extensions = products().flatMap((manifest) => manifest.extensions ?? []);
    known = {
      of: types,
      byName: new Map(types.map((type) => [type.resource, extended(loaded.get(type)!, extensions)])),
    };
  }
  return known.byName;
}

function extended(definition: RecordDefinition, extensions: readonly RecordExtension[]): RecordDefinition {
  const own = extensions.filter(({ of }) => of === definition.resource);
  if (own.length === 0) return definition;
  return {
    ...definition,
    bulkActions: [...definition.bulkActions, ...own.flatMap(({ bulkActions = [] }) => bulkActions)],
    relatedParts: [...definition.relatedParts, ...own.flatMap(({ relatedParts = [] }) => relatedParts)],
    tabs: [...definition.tabs, ...own.flatMap(({ tabs = [] }) => tabs)],
  };
}

/** All record types that have a list and pages, in the order of the navigation. */
export const definitions = (): RecordDefinition[] => [...declared().values()];

export const findDefinition = (resource: string | null | undefined): RecordDefinition | undefined =>
  declared().get(resource ?? '');

export function definitionOf(resource: Resource): RecordDefinition {
  const definition = declared().get(resource);
  if (!definition) throw new Error(`No product that is switched on declares ${resource}`);
  return definition;
}

/**
 * What a record type is connected to, by the names that filters use: its own references, then the record types that
 * refer to it. The API finds them in the same way, from all contracts.
 */
export function relationsOf({ contract, fields, relationLabels }: RecordDefinition): Relation[] {
  const own = fields.flatMap(({ of, expand, label }) =>
    expand && declared().has(of ?? '') ? [{ name: expand, label, resource: of! }] : [],
  );
  const others = definitions()
    .filter((other) => referencesTo(contract.name, other).length > 0)
    .map(({ contract: { plural }, plural: label, resource }) => ({ name: plural, label, resource }));
  const unlike = others.filter(({ name }) => own.every((relation) => relation.name !== name));
  return [...own, ...unlike].map((relation) => ({
    ...relation,
    label: relationLabels[relation.name] ?? relation.label,
  }));
}

/** The fields of a record type that refer to another. */
export const referencesTo = (resource: Resource, { contract }: RecordDefinition): string[] =>
  [...contract.meta]
    .filter(([, { type, table }]) => type === 'reference' && table !== undefined && resourceOf(table) === resource)
    .map(([key]) => key);
