import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { unframed } from '../../platform/page/routes.ts';
import { signInSearch } from './signInSearch.ts';

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
