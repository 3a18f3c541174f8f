import { activeLocale } from '../../../text/locale.ts';
import { t } from '../../../text/text.ts';

/** The roles that every workspace starts with: what the server calls them, and how the page does. */
const presets: Readonly<Record<string, readonly [name: string, shown: string]>> = {
  admin: ['Administrator', t('Administrator')],
  manager: ['Manager', t('Manager')],
  member: ['Member', t('Member')],
  advisor: ['Adviser', t('Adviser')],
  assistant: ['Assistant', t('Assistant')],
  viewer: ['Viewer', t('Viewer')],
  operator: ['Operator', t('Operator')],
  support: ['Support', t('Support')],
  contractor: ['Contractor', t('Contractor')],
  kiosk: ['Kiosk', t('Kiosk')],
  customer: ['Customer', t('Customer')],
};

interface NamedRole {
  key: string;
  name: string;
}

/** In the reader's language, where it has the name it came with; else as somebody called it. */
export function roleName({ key, name }: NamedRole): string {
  const [original, shown] = presets[key] ?? [];
  return shown !== undefined && name === original ? shown : name;
}

/** The roles sorted by the names that are shown. */
export const inNameOrder = <R extends NamedRole>(roles: readonly R[]): R[] =>
  roles.toSorted((a, b) => roleName(a).localeCompare(roleName(b), activeLocale()));
