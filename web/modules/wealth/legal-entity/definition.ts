import { legalEntity as contract } from '../../../../src/modules/wealth/legal-entity/contract.ts';
import type { RecordDetails } from '../../../platform/record/definition.ts';
import { lazyPart } from '../../../text/lazy.ts';
import { t } from '../../../text/text.ts';

const entityKindOptions = [
  { value: 'trust', label: t('Trust') },
  { value: 'llc', label: t('LLC') },
  { value: 'partnership', label: t('Partnership') },
  { value: 'foundation', label: t('Foundation') },
  { value: 'estate', label: t('Estate') },
  { value: 'company', label: t('Company') },
];

export const details: RecordDetails = {
  contract,
  indefinite: t('a legal entity'),
  emptyText: t('Add the trusts and companies of the families whom you advise.'),
  fields: [
    { key: 'name', label: t('Name'), inTable: true, inForm: true },
    { key: 'kind', label: t('Kind'), options: entityKindOptions, inTable: true, inForm: true, width: 130 },
    { key: 'household_id', label: t('Household'), inTable: true, inForm: true, width: 190 },
    { key: 'jurisdiction', label: t('Jurisdiction'), inTable: true, inForm: true },
    { key: 'formed_on', label: t('Formed on'), inTable: true, inForm: true },
    { key: 'dissolved_on', label: t('Dissolved on') },
    { key: 'purpose', label: t('Purpose') },
    { key: 'tags', label: t('Tags') },
    { key: 'external_id', label: t('External ID'), section: t('Record') },
  ],
  views: () => [{ id: 'all', label: t('All') }],
  searched: ['name', 'jurisdiction', 'external_id'],
  facts: ['kind', 'jurisdiction', 'formed_on'],
  useStart: () => start,
  Related: lazyPart(() => import('./EntityRelated.tsx')),
  narrow: { details: ['household_id'], standing: 'kind' },
};

const start = { kind: 'trust' };
