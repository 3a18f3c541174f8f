import type { FieldMeta } from '../../kernel/contract/fields.ts';
import type { Resource } from '../../kernel/contract/resource.ts';

/** Where a card lies among others says nothing to people, nor does the time that goes with another change. */
export const isSilent = (meta: FieldMeta): boolean =>
  meta.sensitivity === 'secret' || meta.type === 'rank' || (meta.type === 'time' && meta.readOnly === true);

/** The fields of which no change is told. */
export const silentFields = ({ meta }: Resource): string[] =>
  [...meta].flatMap(([name, field]) => (isSilent(field) ? [name] : []));
