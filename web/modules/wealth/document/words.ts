import { t } from '../../../text/text.ts';

const types: Readonly<Record<string, string>> = {
  statement: t('Statement'),
  confirmation: t('Confirmation'),
  agreement: t('Agreement'),
  identity: t('Identity'),
  tax: t('Tax'),
  trust_deed: t('Trust deed'),
  will: t('Will'),
  power_of_attorney: t('Power of attorney'),
  other: t('Other'),
};
export const documentTypeText = (type: string): string => types[type] ?? type;
export const documentTypeOptions = Object.entries(types).map(([value, label]) => ({ value, label }));

const ages: Readonly<Record<string, string>> = {
  hot: t('Recent'),
  warm: t('Two to six years old'),
  cold: t('Older than six years'),
};
export const ageText = (tier: string | null): string => (tier ? (ages[tier] ?? tier) : '');
