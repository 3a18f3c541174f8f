import type { FieldView } from '../../../platform/record/contractFields.ts';
import { t } from '../../../text/text.ts';

export const companyFields: FieldView[] = [
  { key: 'name', label: t('Name'), inTable: true, inForm: true },
  { key: 'domain', label: t('Domain'), inForm: true, inTable: true, width: 180, placeholder: 'example.com' },
  { key: 'industry', label: t('Industry'), inForm: true, inTable: true, width: 160 },
  { key: 'employee_count', label: t('Employees'), inForm: true, inTable: true, width: 110 },
  { key: 'annual_revenue', label: t('Annual revenue'), inForm: true, inTable: true, width: 150 },
  { key: 'currency', label: t('Currency'), inForm: true, filterable: false },
  { key: 'founded_year', label: t('Founded'), width: 100 },
  { key: 'phone', label: t('Phone'), inForm: true },
  { key: 'website', label: t('Website'), placeholder: 'https://example.com' },
  { key: 'parent_id', section: t('Relationship'), inForm: true, width: 180 },
  { key: 'owner_id', label: t('Owner'), section: t('Relationship'), inForm: true, inTable: true, width: 170 },
  { key: 'tags', label: t('Tags'), section: t('Relationship'), inTable: true, width: 200 },
  { key: 'description', label: t('Description'), section: t('Relationship') },
  { key: 'street', label: t('Street'), section: t('Address') },
  { key: 'postal_code', label: t('Postal code'), section: t('Address') },
  { key: 'city', label: t('City'), section: t('Address'), inTable: true, width: 140 },
  { key: 'region', label: t('Region'), section: t('Address') },
  { key: 'country', label: t('Country'), section: t('Address'), inTable: true, width: 120 },
  {
    key: 'external_id',
    label: t('External ID'),
    section: t('Record'),
    help: t('The id this company has in another system'),
  },
];
