import { t } from '../../../text/text.ts';

/** As its form and its page call the fields of a profile. */
export const profileLabels = {
  ssn: t('Social security number'),
  tax_id: t('Tax id'),
  date_of_birth: t('Date of birth'),
  died_on: t('Died on'),
  risk_class: t('Risk class'),
  kyc_checked_on: t('Identity checked on'),
  kyc_due_on: t('Next identity check'),
};

const riskClasses: Readonly<Record<string, string>> = { low: t('Low'), medium: t('Medium'), high: t('High') };
export const riskClassText = (risk: string | null): string => (risk === null ? '—' : (riskClasses[risk] ?? risk));

const documentKinds: Readonly<Record<string, string>> = {
  passport: t('Passport'),
  identity_card: t('Identity card'),
  driving_licence: t('Driving licence'),
  residence_permit: t('Residence permit'),
  other: t('Other document'),
};
export const documentKindText = (kind: string): string => documentKinds[kind] ?? kind;

const optionsOf = (words: Readonly<Record<string, string>>) =>
  Object.entries(words).map(([value, label]) => ({ value, label }));
export const riskClassOptions = optionsOf(riskClasses);
export const documentKindOptions = optionsOf(documentKinds);
