import { fullName, splitEastAsian } from '../../../../src/kernel/contract/person-name.ts';
import { contact as contract } from '../../../../src/modules/directory/contact/contract.ts';
import type { RecordDetails } from '../../../platform/record/definition.ts';
import { lazyPart } from '../../../text/lazy.ts';
import { t } from '../../../text/text.ts';
import { contactFields } from './fields.ts';

type Part = string | null | undefined;

export const details: RecordDetails = {
  contract,
  indefinite: t('a contact'),
  emptyText: t('Add the people you work with, or import them from a file.'),
  fields: contactFields,
  searched: ['name', 'email', 'phone'],
  compared: [
    ...['given_name', 'family_name', 'email', 'phone', 'company_id', 'job_title'],
    ...['city', 'postal_code', 'country'],
  ],
  views: ({ user }) => [
    { id: 'all', label: t('All') },
    { id: 'mine', label: t('Mine'), filter: { field: 'owner_id', op: 'eq', value: user.id } },
    { id: 'leads', label: t('Leads'), filter: { field: 'lifecycle_stage', op: 'eq', value: 'lead' } },
    { id: 'customers', label: t('Customers'), filter: { field: 'lifecycle_stage', op: 'eq', value: 'customer' } },
    { id: 'recent', label: t('Recently updated'), sort: '-updated_at' },
  ],
  fromName: (name) => {
    const eastAsian = splitEastAsian(name);
    if (eastAsian) return eastAsian;
    const [given_name, ...family] = name.split(/\s+/);
    return family.length > 0 ? { given_name, family_name: family.join(' ') } : { given_name };
  },
  fullName: ({ given_name, family_name, middle_name: middle, suffix }) =>
    (middle || suffix) && (given_name || family_name)
      ? fullName(given_name as Part, family_name as Part, { middle: middle as Part, suffix: suffix as Part })
      : undefined,
  facts: ['company_id', 'lifecycle_stage', 'owner_id'],
  Related: lazyPart(() => import('./ContactRelated.tsx')),
  Banner: lazyPart(() => import('./PhoneActions.tsx')),
  cards: true,
  narrow: { details: ['company_id', 'email', 'phone'], standing: 'lifecycle_stage' },
};
