import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { localPath } from '../../../src/kernel/contract/local-path.ts';
import { unframed } from '../../platform/page/routes.ts';

export interface SignInSearch {
  /** Where one wanted to go. */
  next?: string;
  /** Its short name, for those who belong to several. */
  workspace?: string;
  /** Why a provider's sign-in came back without a session. */
  problem?: string;
}

const signInSearch = (search: Record<string, unknown>): SignInSearch => ({
  next: typeof search.next === 'string' ? localPath(search.next) : undefined,
  workspace: typeof search.workspace === 'string' && search.workspace !== '' ? search.workspace : undefined,
  problem: typeof search.problem === 'string' ? search.problem : undefined,
});

export const identityRoutes = [
  createRoute({
    ...unframed,
    path: '/sign-in',
    validateSearch: signInSearch,
    component: lazyRouteComponent(() => import('./SignInPage.tsx')),
  }),
  createRoute({
    ...unframed,
    path: '/sign-in/link',
    component: lazyRouteComponent(() => import('./SignInLinkPage.tsx')),
  }),
  createRoute({
    ...unframed,
    path: '/invitation',
    component: lazyRouteComponent(() => import('./InvitationPage.tsx')),
  }),
  createRoute({
    ...unframed,
    path: '/password-reset',
    component: lazyRouteComponent(() => import('./PasswordResetPage.tsx')),
  }),
  createRoute({
    ...unframed,
    path: '/connect-account',
    component: lazyRouteComponent(() => import('./ConnectAccountPage.tsx')),
  }),
  createRoute({
    ...unframed,
    path: '/second-factor',
    component: lazyRouteComponent(() => import('./SecondFactorNeededPage.tsx')),
  }),
  createRoute({
    ...unframed,
    path: '/confirm-email',
    component: lazyRouteComponent(() => import('./ConfirmEmailPage.tsx')),
  }),
];
