import type { LostFiles } from '../operations/backup/restore.ts';
import type { TenantRestoreResult } from '../operations/backup/restore-tenant.ts';
import type { LoneCall } from './command.ts';

export function tenantText(result: TenantRestoreResult, dryRun: boolean): string {
  const { name, previous, as_of, rows, files, seconds, differences } = result;
  const count = (number: number) => number.toLocaleString('en');
  const lines = Object.entries(differences).map(
    ([table, { restored, present }]) => `  ${table.padEnd(28)} ${count(restored)} then, ${count(present)} now`,
  );
  const what = `${count(rows)} records and ${count(files)} files`;
  if (dryRun) return `${lines.join('\n')}\nThe workspace would have ${what}; nothing was changed (${seconds} s).`;
  const aside = previous ? ` What was there until now is the workspace ${previous}.` : '';
  const then = as_of ? ` It is as it was at ${as_of}, when the logical backup before that time was made.` : '';
  return `Made the workspace ${name} with ${what} in ${seconds} s.${aside}${then}`;
}

/** Names the files that could not be had back; answers the exit code. */
export function sayLost({ say }: Pick<LoneCall, 'say'>, { missing, damaged }: LostFiles): number {
  for (const key of missing) say(`The file ${key} is not in the backup store`);
  for (const key of damaged) say(`The file ${key} is damaged in the backup store, and was not restored`);
  return missing.length + damaged.length > 0 ? 1 : 0;
}
