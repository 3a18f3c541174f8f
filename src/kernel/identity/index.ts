export { createApiKey } from './api-key/service.ts';
export { type Authenticator, createAuthenticator } from './authenticate.ts';
export { identityJobs } from './jobs.ts';
export { createPasswordLink } from './password/service.ts';
export { identityRoutes } from './routes.ts';
export { createTenant } from './tenant-setup.ts';
export { createSignInLink } from './token/service.ts';
export { remainingRights } from './user/authority.ts';
export { createUser, roleIdsOf } from './user/service.ts';
