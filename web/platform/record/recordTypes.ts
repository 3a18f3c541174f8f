import { inSentence, t } from '../../text/text.ts';
import type { AttachedType, RecordLink } from '../product/manifest.ts';
import { products } from '../product/products.ts';
import type { Resource } from '../query/resources.ts';
import type { RecordType } from './definition.ts';

/**
 * All record types that have a list and pages, of the products that are switched on, in the order of the navigation.
 */
export const recordTypes = (): RecordType[] => products().flatMap(({ records = [] }) => records);

export const findType = (resource: string | null | undefined): RecordType | undefined =>
  recordTypes().find((type) => type.resource === resource);

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
  const { singular: Type, plural: Types, newLabel } = findType(resource) ?? attached()[resource] ?? any;
  return { Type, Types, type: inSentence(Type), types: inSentence(Types), newLabel };
}

/** "3 contacts" */
export function countOf(resource: Resource, count: number): string {
  const { type, types } = wordsOf(resource);
  return t('{count, plural, one {# {type}} other {# {types}}}', { count, type, types });
}
