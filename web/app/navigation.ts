import {
  Building2,
  ChartColumn,
  CircleDollarSign,
  House,
  Inbox,
  type LucideIcon,
  SquareCheck,
  Users,
} from 'lucide-react';
import { t } from '../text/text.ts';

export interface Destination {
  to: string;
  label: string;
  /** As a command. */
  goTo: string;
  icon: LucideIcon;
  /** Shown to those who may read it; without one, to all. */
  resource?: string;
  /** Pressed after g. */
  key: string;
}

export const destinations: Destination[] = [
  { to: '/', label: t('Home'), goTo: t('Go to home'), icon: House, key: 'h' },
  { to: '/inbox', label: t('Inbox'), goTo: t('Go to inbox'), icon: Inbox, key: 'i' },
  { to: '/tasks', label: t('Tasks'), goTo: t('Go to tasks'), icon: SquareCheck, resource: 'task', key: 't' },
  { to: '/contacts', label: t('Contacts'), goTo: t('Go to contacts'), icon: Users, resource: 'contact', key: 'c' },
  {
    to: '/companies',
    label: t('Companies'),
    goTo: t('Go to companies'),
    icon: Building2,
    resource: 'company',
    key: 'o',
  },
  { to: '/deals', label: t('Deals'), goTo: t('Go to deals'), icon: CircleDollarSign, resource: 'deal', key: 'd' },
  {
    to: '/dashboard',
    label: t('Dashboard'),
    goTo: t('Go to dashboard'),
    icon: ChartColumn,
    resource: 'dashboard',
    key: 'b',
  },
];
