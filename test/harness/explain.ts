import type { Statement } from '../../src/kernel/database/statement.ts';

/** Asks for the plan of a statement. One whose text is kept is no part that a template could take. */
export const explained = <Plan>(statement: Statement<unknown>): Statement<{ 'QUERY PLAN': [{ Plan: Plan }] }> => ({
  compile: (provider) => {
    const query = statement.compile(provider);
    return { ...query, sql: `explain (format json) ${query.sql}` };
  },
});
