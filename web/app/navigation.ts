import { Building2, ChartColumn, CircleDollarSign, House, type LucideIcon, SquareCheck, Users } from 'lucide-react';

export interface Destination {
  to: string;
  label: string;
  icon: LucideIcon;
  /** Shown to those who may read it; without one, to all. */
  resource?: string;
  /** Pressed after g. */
  key: string;
}

export const destinations: Destination[] = [
  { to: '/', label: 'Home', icon: House, key: 'h' },
  { to: '/tasks', label: 'Tasks', icon: SquareCheck, resource: 'task', key: 't' },
  { to: '/contacts', label: 'Contacts', icon: Users, resource: 'contact', key: 'c' },
  { to: '/companies', label: 'Companies', icon: Building2, resource: 'company', key: 'o' },
  { to: '/deals', label: 'Deals', icon: CircleDollarSign, resource: 'deal', key: 'd' },
  { to: '/dashboard', label: 'Dashboard', icon: ChartColumn, resource: 'dashboard', key: 'b' },
];
