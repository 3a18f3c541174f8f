import { full, ownWork, type Right, readAll } from './rights.ts';

const seesPeople = {
  manager: readAll,
  member: readAll,
  advisor: readAll,
  assistant: readAll,
  viewer: readAll,
  operator: readAll,
  support: readAll,
};

export const kernelRights: readonly Right[] = [
  {
    name: 'file',
    owned: true,
    outside: ['read', 'create', 'update'],
    roles: {
      manager: full,
      member: ownWork,
      advisor: ownWork,
      assistant: ownWork,
      operator: ownWork,
      support: ownWork,
      contractor: { read: 'own', update: 'own' },
    },
  },
  { name: 'user', roles: seesPeople },
  { name: 'team', roles: seesPeople },
  { name: 'role', roles: { manager: readAll, member: readAll } },
  { name: 'api_key', owned: true, roles: { manager: ownWork, member: ownWork } },
  { name: 'sign_in_provider' },
  // Its title, currency and zone come with the session, also of those who are no members.
  { name: 'tenant', roles: seesPeople },
  { name: 'job', roles: { manager: readAll } },
  { name: 'audit', roles: { manager: readAll } },
  { name: 'usage' },
  { name: 'log' },
  // To open sealed values of what one reads.
  { name: 'reveal', roles: { manager: readAll, advisor: readAll } },
];
