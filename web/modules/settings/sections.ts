import {
  Boxes,
  Building,
  FileClock,
  Fingerprint,
  Globe,
  KeyRound,
  ListTree,
  type LucideIcon,
  Package,
  Route,
  ShieldCheck,
  Tag,
  ThumbsUp,
  UserRound,
  Users,
  UsersRound,
} from 'lucide-react';
import { type ComponentType, type LazyExoticComponent, lazy } from 'react';

export interface SettingsSectionDef {
  id: string;
  label: string;
  icon: LucideIcon;
  /** Shown to those who may read it. */
  resource?: string;
  Page: LazyExoticComponent<ComponentType>;
}

export interface SettingsGroup {
  label: string;
  sections: SettingsSectionDef[];
}

export const settingsGroups: SettingsGroup[] = [
  {
    label: 'You',
    sections: [
      { id: 'profile', label: 'Profile', icon: UserRound, Page: lazy(() => import('./profile/ProfilePage.tsx')) },
      { id: 'security', label: 'Security', icon: Fingerprint, Page: lazy(() => import('./security/SecurityPage.tsx')) },
      {
        id: 'api-keys',
        label: 'API keys',
        icon: KeyRound,
        resource: 'api_key',
        Page: lazy(() => import('./api-keys/ApiKeyPage.tsx')),
      },
    ],
  },
  {
    label: 'Workspace',
    sections: [
      {
        id: 'workspace',
        label: 'Workspace',
        icon: Building,
        resource: 'tenant',
        Page: lazy(() => import('./workspace/WorkspacePage.tsx')),
      },
      {
        id: 'members',
        label: 'Members',
        icon: Users,
        resource: 'user',
        Page: lazy(() => import('./members/MemberPage.tsx')),
      },
      {
        id: 'teams',
        label: 'Teams',
        icon: UsersRound,
        resource: 'team',
        Page: lazy(() => import('./teams/TeamPage.tsx')),
      },
      {
        id: 'roles',
        label: 'Roles',
        icon: ShieldCheck,
        resource: 'role',
        Page: lazy(() => import('./roles/RolePage.tsx')),
      },
      {
        id: 'sign-in',
        label: 'Sign-in',
        icon: Globe,
        resource: 'sign_in_provider',
        Page: lazy(() => import('./providers/ProviderPage.tsx')),
      },
    ],
  },
  {
    label: 'Data',
    sections: [
      {
        id: 'pipelines',
        label: 'Pipelines',
        icon: Route,
        resource: 'pipeline',
        Page: lazy(() => import('./pipelines/PipelinePage.tsx')),
      },
      {
        id: 'close-reasons',
        label: 'Close reasons',
        icon: ThumbsUp,
        resource: 'pipeline',
        Page: lazy(() => import('./vocabulary/CloseReasonPage.tsx')),
      },
      {
        id: 'products',
        label: 'Products',
        icon: Package,
        resource: 'product',
        Page: lazy(() => import('./vocabulary/ProductPage.tsx')),
      },
      { id: 'tags', label: 'Tags', icon: Tag, resource: 'tag', Page: lazy(() => import('./vocabulary/TagPage.tsx')) },
      {
        id: 'custom-fields',
        label: 'Custom fields',
        icon: ListTree,
        resource: 'custom_field',
        Page: lazy(() => import('./vocabulary/CustomFieldPage.tsx')),
      },
    ],
  },
  {
    label: 'System',
    sections: [
      {
        id: 'audit',
        label: 'Audit log',
        icon: FileClock,
        resource: 'audit',
        Page: lazy(() => import('./audit/AuditPage.tsx')),
      },
      { id: 'jobs', label: 'Jobs', icon: Boxes, resource: 'job', Page: lazy(() => import('./jobs/JobPage.tsx')) },
    ],
  },
];
