import {
  Archive,
  Bell,
  Boxes,
  Bug,
  Building,
  CalendarClock,
  CalendarDays,
  ChartNoAxesColumn,
  Coins,
  CopyCheck,
  Database,
  DatabaseBackup,
  FileClock,
  Fingerprint,
  Gauge,
  Globe,
  HeartPulse,
  KeyRound,
  ListTree,
  type LucideIcon,
  Route,
  ScrollText,
  ShieldCheck,
  Siren,
  SlidersHorizontal,
  Tag,
  ThumbsUp,
  UserCog,
  UserRound,
  Users,
  UsersRound,
  Webhook,
} from 'lucide-react';
import type { ComponentType, LazyExoticComponent } from 'react';
import { lazyPart } from '../../text/lazy.ts';
import { t } from '../../text/text.ts';

export interface SettingsSectionDef {
  id: string;
  label: string;
  icon: LucideIcon;
  /** Shown to those who may read it. */
  resource?: string;
  /** Tells what happened: there is nothing in it to change. */
  report?: true;
  /** Shown to operators of the installation. */
  operator?: true;
  /** Takes all the room, and scrolls by itself. */
  wide?: true;
  Page: LazyExoticComponent<ComponentType>;
}

export interface SettingsGroup {
  label: string;
  sections: SettingsSectionDef[];
}

export const settingsGroups: SettingsGroup[] = [
  {
    label: t('You'),
    sections: [
      {
        id: 'profile',
        label: t('Profile'),
        icon: UserRound,
        Page: lazyPart(() => import('../../modules/settings/profile/ProfilePage.tsx')),
      },
      {
        id: 'notifications',
        label: t('Notifications'),
        icon: Bell,
        Page: lazyPart(() => import('../../modules/settings/notifications/NotificationPage.tsx')),
      },
      {
        id: 'security',
        label: t('Security'),
        icon: Fingerprint,
        Page: lazyPart(() => import('../../modules/settings/security/SecurityPage.tsx')),
      },
      {
        id: 'calendar',
        label: t('Calendar'),
        icon: CalendarDays,
        Page: lazyPart(() => import('../../modules/settings/calendar/CalendarPage.tsx')),
      },
      {
        id: 'api-keys',
        label: t('API keys'),
        icon: KeyRound,
        resource: 'api_key',
        Page: lazyPart(() => import('../../modules/settings/api-keys/ApiKeyPage.tsx')),
      },
    ],
  },
  {
    label: t('Workspace'),
    sections: [
      {
        id: 'workspace',
        label: t('Workspace'),
        icon: Building,
        resource: 'tenant',
        Page: lazyPart(() => import('../../modules/settings/workspace/WorkspacePage.tsx')),
      },
      {
        id: 'members',
        label: t('Members'),
        icon: Users,
        resource: 'user',
        Page: lazyPart(() => import('../../modules/settings/members/MemberPage.tsx')),
      },
      {
        id: 'teams',
        label: t('Teams'),
        icon: UsersRound,
        resource: 'team',
        Page: lazyPart(() => import('../../modules/settings/teams/TeamPage.tsx')),
      },
      {
        id: 'roles',
        label: t('Roles'),
        icon: ShieldCheck,
        resource: 'role',
        Page: lazyPart(() => import('../../modules/settings/roles/RolePage.tsx')),
      },
      {
        id: 'sign-in',
        label: t('Sign-in'),
        icon: Globe,
        resource: 'sign_in_provider',
        Page: lazyPart(() => import('../../modules/settings/providers/ProviderPage.tsx')),
      },
    ],
  },
  {
    label: t('Data'),
    sections: [
      {
        id: 'pipelines',
        label: t('Pipelines'),
        icon: Route,
        resource: 'pipeline',
        Page: lazyPart(() => import('../../modules/sales/pipeline/PipelinePage.tsx')),
      },
      {
        id: 'close-reasons',
        label: t('Close reasons'),
        icon: ThumbsUp,
        resource: 'pipeline',
        Page: lazyPart(() => import('../../modules/sales/pipeline/CloseReasonPage.tsx')),
      },
      {
        id: 'currency-rates',
        label: t('Currency rates'),
        icon: Coins,
        resource: 'product',
        Page: lazyPart(() => import('../../modules/sales/currency/CurrencyRatePage.tsx')),
      },
      {
        id: 'scoring',
        label: t('Lead scoring'),
        icon: Gauge,
        resource: 'scoring',
        Page: lazyPart(() => import('../../modules/sales/scoring/ScoringPage.tsx')),
      },
      {
        id: 'tags',
        label: t('Tags'),
        icon: Tag,
        resource: 'tag',
        Page: lazyPart(() => import('../../modules/settings/tags/TagPage.tsx')),
      },
      {
        id: 'custom-fields',
        label: t('Custom fields'),
        icon: ListTree,
        resource: 'custom_field',
        Page: lazyPart(() => import('../../modules/settings/custom-fields/CustomFieldPage.tsx')),
      },
      {
        id: 'duplicates',
        label: t('Duplicates'),
        icon: CopyCheck,
        resource: 'custom_field',
        Page: lazyPart(() => import('../../modules/settings/duplicates/DuplicateRulesPage.tsx')),
      },
    ],
  },
  {
    label: t('System'),
    sections: [
      {
        id: 'webhooks',
        label: t('Webhooks'),
        icon: Webhook,
        resource: 'webhook',
        Page: lazyPart(() => import('../../modules/settings/webhooks/WebhookPage.tsx')),
      },
      {
        id: 'audit',
        label: t('Audit log'),
        icon: FileClock,
        resource: 'audit',
        report: true,
        Page: lazyPart(() => import('../../modules/settings/audit/AuditPage.tsx')),
      },
      {
        id: 'usage',
        label: t('Usage'),
        icon: ChartNoAxesColumn,
        resource: 'usage',
        report: true,
        Page: lazyPart(() => import('../../modules/settings/usage/UsagePage.tsx')),
      },
      {
        id: 'jobs',
        label: t('Jobs'),
        icon: Boxes,
        resource: 'job',
        report: true,
        Page: lazyPart(() => import('../../modules/settings/jobs/JobPage.tsx')),
      },
      {
        id: 'logs',
        label: t('Logs'),
        icon: ScrollText,
        resource: 'log',
        report: true,
        wide: true,
        Page: lazyPart(() => import('../../modules/settings/logs/LogPage.tsx')),
      },
    ],
  },
  {
    label: t('Installation'),
    sections: [
      {
        id: 'health',
        label: t('Health'),
        icon: HeartPulse,
        operator: true,
        Page: lazyPart(() => import('../../modules/settings/installation/HealthPage.tsx')),
      },
      {
        id: 'alerts',
        label: t('Alerts'),
        icon: Siren,
        operator: true,
        Page: lazyPart(() => import('../../modules/settings/installation/AlertPage.tsx')),
      },
      {
        id: 'errors',
        label: t('Errors'),
        icon: Bug,
        operator: true,
        Page: lazyPart(() => import('../../modules/settings/installation/ErrorPage.tsx')),
      },
      {
        id: 'installation-logs',
        label: t('Logs'),
        icon: ScrollText,
        operator: true,
        wide: true,
        Page: lazyPart(() => import('../../modules/settings/logs/InstallationLogPage.tsx')),
      },
      {
        id: 'backups',
        label: t('Backups'),
        icon: DatabaseBackup,
        operator: true,
        Page: lazyPart(() => import('../../modules/settings/installation/BackupPage.tsx')),
      },
      {
        id: 'database',
        label: t('Database'),
        icon: Database,
        operator: true,
        Page: lazyPart(() => import('../../modules/settings/installation/DatabasePage.tsx')),
      },
      {
        id: 'schedules',
        label: t('Schedules'),
        icon: CalendarClock,
        operator: true,
        Page: lazyPart(() => import('../../modules/settings/installation/SchedulePage.tsx')),
      },
      {
        id: 'lifecycle',
        label: t('Lifecycle'),
        icon: Archive,
        operator: true,
        Page: lazyPart(() => import('../../modules/settings/installation/LifecyclePage.tsx')),
      },
      {
        id: 'configuration',
        label: t('Configuration'),
        icon: SlidersHorizontal,
        operator: true,
        Page: lazyPart(() => import('../../modules/settings/installation/ConfigurationPage.tsx')),
      },
      {
        id: 'operators',
        label: t('Operators'),
        icon: UserCog,
        operator: true,
        Page: lazyPart(() => import('../../modules/settings/installation/OperatorPage.tsx')),
      },
    ],
  },
];

/** Whether somebody may open a section: by a right of their role, or as an operator. */
export const isOpen = (
  { resource, operator }: SettingsSectionDef,
  may: (resource: string, action: string) => boolean,
  session: { operator: boolean },
): boolean => (operator ? session.operator : !resource || may(resource, 'read'));

/** Whether somebody sees a section and can change nothing of it. */
export const isOnlyShown = (
  { resource, report }: SettingsSectionDef,
  may: (resource: string, action: string) => boolean,
): boolean =>
  resource !== undefined && !report && !['create', 'update', 'delete'].some((action) => may(resource, action));
