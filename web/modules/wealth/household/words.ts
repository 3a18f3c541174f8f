import { t } from '../../../text/text.ts';

const memberRoles: Readonly<Record<string, string>> = {
  head: t('Head'),
  spouse: t('Spouse'),
  child: t('Child'),
  parent: t('Parent'),
  dependant: t('Dependant'),
  other: t('Other'),
};
export const memberRoleText = (role: string): string => memberRoles[role] ?? role;
export const memberRoleOptions = Object.entries(memberRoles).map(([value, label]) => ({ value, label }));

const adviserRoles: Readonly<Record<string, string>> = {
  primary: t('Primary adviser'),
  secondary: t('Secondary adviser'),
  grant: t('Granted access'),
};
export const adviserRoleText = (role: string): string => adviserRoles[role] ?? role;
export const adviserRoleOptions = ['secondary', 'grant'].map((value) => ({ value, label: adviserRoleText(value) }));

const tiers: Readonly<Record<string, string>> = {
  platinum: t('Platinum'),
  gold: t('Gold'),
  silver: t('Silver'),
  bronze: t('Bronze'),
};
export const tierText = (tier: string): string => tiers[tier] ?? tier;
export const tierOptions = Object.entries(tiers).map(([value, label]) => ({ value, label }));
