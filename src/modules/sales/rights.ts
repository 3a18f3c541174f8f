import { type Right, vocabularyRights } from '../../kernel/access/rights.ts';

declare module '../../kernel/access/rights.ts' {
  interface RightNames {
    scoring: true;
  }
}

/** The rights that do not belong to a record type. */
export const salesRights: readonly Right[] = [{ name: 'scoring', roles: vocabularyRights }];
