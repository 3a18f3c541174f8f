import type { Route } from '../http/route.ts';
import type { Services } from '../services.ts';
import { accountLinkRoutes } from './account-link/routes.ts';
import { apiKeyRoutes } from './api-key/routes.ts';
import { invitationRoutes } from './invitation/routes.ts';
import { passkeyRoutes } from './passkey/routes.ts';
import { passwordRoutes } from './password/routes.ts';
import { profileRoutes } from './profile/routes.ts';
import { providerRoutes } from './provider/routes.ts';
import { roleRoutes } from './role/routes.ts';
import { secondFactorRoutes } from './second-factor/routes.ts';
import { sessionRoutes } from './session/routes.ts';
import { signInRoutes } from './sign-in/routes.ts';
import { teamRoutes } from './team/routes.ts';
import { tenantRoutes } from './tenant/routes.ts';
import { userRoutes } from './user/routes.ts';

export function identityRoutes(services: Services): Route[] {
  return [
    ...sessionRoutes(services),
    ...signInRoutes(services),
    ...accountLinkRoutes(services),
    ...passwordRoutes(services),
    ...secondFactorRoutes(services),
    ...passkeyRoutes(services),
    ...profileRoutes,
    ...userRoutes(services),
    ...invitationRoutes(services),
    ...roleRoutes,
    ...teamRoutes,
    ...apiKeyRoutes(services),
    ...providerRoutes(services),
    ...tenantRoutes,
  ];
}
