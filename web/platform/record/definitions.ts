import { inSentence, t } from '../../text/text.ts';
import type { AttachedType, Manifest, RecordLink } from '../product/manifest.ts';
import { products } from '../product/products.ts';
import type { Resource } from '../query/resources.ts';
import { resourceOf } from './contractFields.ts';
import type { RecordDefinition, RecordExtension, Relation } from './definition.ts';

const none = new Map<Resource, RecordDefinition>();
let known: { of: readonly Manifest[]; byName: ReadonlyMap<Resource, RecordDefinition> } = { of: [], byName: none };

/** Those of all products that are switched on, with what the others add to them. */
function declared(): ReadonlyMap<Resource, RecordDefinition> {
  const manifests = products();
  if (known.of !== manifests) {
    const all = manifests.flatMap(({ records = [] }) => records);
    const extensions = manifests.flatMap((manifest) => manifest.extensions ?? []);
    known = { of: manifests, byName: new Map(all.map((each) => [each.resource, extended(each, extensions)])) };
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
 * What a record type is connected to, by the names that filters use: its own references, then the record types that refer to it. The API
 * finds them in the same way, from all contracts.
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

/** What can be attached to records of any type, beside what products add. */
const ownAttached: Readonly<Record<Resource, Words>> = {
  note: { singular: t('Note'), plural: t('Notes'), newLabel: t('New note') },
  comment: { singular: t('Comment'), plural: t('Comments'), newLabel: t('New comment') },
  attachment: { singular: t('File'), plural: t('Files'), newLabel: t('New file') },
  activity: { singular: t('Activity'), plural: t('Activities'), newLabel: t('New activity') },
};
type Words = Pick<AttachedType, 'singular' | 'plural' | 'newLabel'>;
const any = { singular: t('Record'), plural: t('Records'), newLabel: t('New record') };

/** Record types that are shown with others and have no pages of their own. */
const attached = (): Readonly<Record<Resource, Words>> =>
  Object.assign({}, ...products().map((manifest) => manifest.attached), ownAttached) as Record<Resource, Words>;

/** Where a record opens that has no page of its own. */
export const findLink = (resource: Resource): RecordLink | undefined =>
  products()
    .map(({ links, attached }) => links?.[resource] ?? attached?.[resource]?.link)
    .find((link) => link !== undefined);

/** In the order in which pages list them. */
export const attachedTypes = (): Resource[] => Object.keys(attached());

/** How a record type is called: as titles have it, and within a sentence. */
export function wordsOf(resource: Resource) {
  const { singular: Type, plural: Types, newLabel } = declared().get(resource) ?? attached()[resource] ?? any;
  return { Type, Types, type: inSentence(Type), types: inSentence(Types), newLabel };
}

/** "3 contacts" */
export function countOf(resource: Resource, count: number): string {
  const { type, types } = wordsOf(resource);
  return t('{count, plural, one {# {type}} other {# {types}}}', { count, type, types });
}
