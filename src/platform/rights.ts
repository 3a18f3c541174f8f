import { full, ownWork, type Right, readAll, vocabularyRights } from '../kernel/access/rights.ts';

declare module '../kernel/access/rights.ts' {
  interface RightNames {
    custom_field: true;
    saved_view: true;
    saved_mapping: true;
    import: true;
    export: true;
    webhook: true;
  }
}

/** The rights that do not belong to a record type. */
export const directoryRights: readonly Right[] = [
  { name: 'custom_field', roles: { ...vocabularyRights, operator: readAll, support: readAll } },
  {
    name: 'saved_view',
    owned: true,
    roles: {
      manager: full,
      member: ownWork,
      advisor: ownWork,
      assistant: ownWork,
      viewer: ownWork,
      operator: ownWork,
      support: ownWork,
    },
  },
  { name: 'saved_mapping', roles: { manager: full, member: full } },
  { name: 'import', owned: true, roles: { manager: full, member: ownWork } },
  { name: 'export', owned: true, roles: { manager: full, member: ownWork, advisor: ownWork } },
  { name: 'webhook' },
];
