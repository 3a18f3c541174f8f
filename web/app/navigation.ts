import { ChartColumn, House, Inbox, type LucideIcon, SquareCheck } from 'lucide-react';
import { attachedTypes, definitions, wordsOf } from '../platform/record/definitions.ts';
import { t } from '../text/text.ts';

export interface Destination {
  to: string;
  label: string;
  /** The name of the command that goes there. */
  goTo: string;
  icon: LucideIcon;
  /** Shown to those who may read it; without one, to all. */
  resource?: string;
  /** Pressed after g. */
  key?: string;
  /** Among the few places at the bottom of a phone. */
  atBottom?: boolean;
}

const first: Destination[] = [
  { to: '/', label: t('Home'), goTo: t('Go to home'), icon: House, key: 'h', atBottom: true },
  { to: '/inbox', label: t('Inbox'), goTo: t('Go to inbox'), icon: Inbox, key: 'i', atBottom: true },
  { to: '/tasks', label: t('Tasks'), goTo: t('Go to tasks'), icon: SquareCheck, resource: 'task', key: 't' },
];

const last: Destination[] = [
  {
    to: '/dashboard',
    label: t('Dashboard'),
    goTo: t('Go to dashboard'),
    icon: ChartColumn,
    resource: 'dashboard',
    key: 'b',
  },
];

/** Asked for once the modules have declared their record types. */
export const destinations = (): Destination[] => [
  ...first,
  ...definitions().map(({ path, plural, icon, resource, shortcut, atBottom }) => ({
    to: path,
    label: plural,
    goTo: t('Go to {types}', { types: wordsOf(resource).types }),
    icon,
    resource,
    key: shortcut,
    atBottom,
  })),
  ...last,
];

type May = (resource: string, action: string) => boolean;

/** Whether there are records for somebody that may be the same as others. */
export const hasDuplicates = (may: May): boolean =>
  definitions().some(({ compared, resource }) => compared.length > 0 && may(resource, 'read'));

/** Whether there can be anything in the trash that somebody may see. */
export const mayReadTrash = (may: May): boolean =>
  [...definitions().map(({ resource }) => resource), ...attachedTypes].some((resource) => may(resource, 'read'));

/** Whether there is anything that somebody may bring back: what they may delete. */
export const hasTrash = (may: May): boolean =>
  [...definitions().map(({ resource }) => resource), ...attachedTypes].some((resource) => may(resource, 'delete'));
