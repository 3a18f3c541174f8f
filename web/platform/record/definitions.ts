import { inSentence, t } from '../../text/text.ts';
import { declareRecordType, type Resource } from '../query/resources.ts';
import { resourceOf } from './contractFields.ts';
import type { RecordDefinition, Relation } from './definition.ts';

const declared = new Map<Resource, RecordDefinition>();

/** The modules declare their record types before the first page is drawn. */
export function declareRecords(definitions: readonly RecordDefinition[]): void {
  for (const definition of definitions) {
    declared.set(definition.resource, definition);
    const { right, appendOnly } = definition.contract;
    declareRecordType(definition.resource, definition.path, { right, isFixed: appendOnly !== undefined });
  }
}

/** All record types that have a list and pages, in the order of the navigation. */
export const definitions = (): RecordDefinition[] => [...declared.values()];

export const findDefinition = (resource: string | null | undefined): RecordDefinition | undefined =>
  declared.get(resource ?? '');

export function definitionOf(resource: Resource): RecordDefinition {
  const definition = declared.get(resource);
  if (!definition) throw new Error(`No module declares ${resource}`);
  return definition;
}

/**
 * What a record type is connected to, by the names that filters use: its own references, then the record types that refer to it. The API
 * finds them in the same way, from all contracts.
 */
export function relationsOf({ contract, fields, relationLabels }: RecordDefinition): Relation[] {
  const own = fields.flatMap(({ of, expand, label }) =>
    expand && declared.has(of ?? '') ? [{ name: expand, label, resource: of! }] : [],
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

/** Record types that are shown with others and have no pages of their own, beside tasks. */
const attached: Readonly<Record<string, Pick<RecordDefinition, 'singular' | 'plural' | 'newLabel'>>> = {
  task: { singular: t('Task'), plural: t('Tasks'), newLabel: t('New task') },
  note: { singular: t('Note'), plural: t('Notes'), newLabel: t('New note') },
  comment: { singular: t('Comment'), plural: t('Comments'), newLabel: t('New comment') },
  attachment: { singular: t('File'), plural: t('Files'), newLabel: t('New file') },
  activity: { singular: t('Activity'), plural: t('Activities'), newLabel: t('New activity') },
};
const any = { singular: t('Record'), plural: t('Records'), newLabel: t('New record') };
/** In the order in which pages list them. */
export const attachedTypes = Object.keys(attached);

/** How a record type is called: as titles have it, and within a sentence. */
export function wordsOf(resource: Resource) {
  const { singular: Type, plural: Types, newLabel } = declared.get(resource) ?? attached[resource] ?? any;
  return { Type, Types, type: inSentence(Type), types: inSentence(Types), newLabel };
}

/** "3 contacts" */
export function countOf(resource: Resource, count: number): string {
  const { type, types } = wordsOf(resource);
  return t('{count, plural, one {# {type}} other {# {types}}}', { count, type, types });
}
