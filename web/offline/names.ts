import type { Resource } from '../app/resources.ts';
import { companyFields } from '../modules/directory/company/fields.ts';
import { contactFields } from '../modules/directory/contact/fields.ts';
import { dealFields } from '../modules/sales/deal/fields.ts';
import { type FieldDef, readField } from '../record/field.ts';
import { textOf } from '../record/sheet/text.ts';
import { t } from '../text/text.ts';
import type { Fields, PendingMutation } from './waiting.ts';

const fields: Partial<Record<Resource, readonly FieldDef[]>> = {
  contact: contactFields,
  company: companyFields,
  deal: dealFields,
};

const find = (resource: Resource, name: string) => fields[resource]?.find(({ key }) => key === name);

/** A value as one reads it; `names` has what ids stand for. */
export function shownValue(resource: Resource, name: string, value: unknown, names: Fields): string {
  const field = find(resource, name);
  if (field) return textOf(field, named(field, value, names));
  if (Array.isArray(value)) return value.join(', ');
  return value === null || value === undefined ? '' : String(value);
}

function named(field: FieldDef, value: unknown, names: Fields): unknown {
  if (field.kind === 'tags') return names[field.key] ?? [];
  return field.kind === 'reference' && value !== null ? readField(names, field) : value;
}

export function titleOf(kind: PendingMutation['kind'], noun: Resource): string {
  if (kind === 'create')
    return t(
      '{noun, select, contact {New contact} company {New company} deal {New deal} task {New task} note {New note} other {New entry}}',
      { noun },
    );
  if (kind === 'delete')
    return t(
      '{noun, select, contact {Contact to delete} company {Company to delete} deal {Deal to delete} task {Task to delete} note {Note to delete} other {Entry to delete}}',
      { noun },
    );
  return t(
    '{noun, select, contact {Change of a contact} company {Change of a company} deal {Change of a deal} task {Change of a task} note {Change of a note} other {Change of an entry}}',
    { noun },
  );
}
