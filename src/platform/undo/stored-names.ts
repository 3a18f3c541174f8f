import { namesOfRecords } from '../../kernel/audit/names.ts';
import { resourceNamed } from '../../kernel/contract/resource.ts';
import { hasSealableLabel } from '../../kernel/resource/label.ts';
import { sealsPersonal } from '../../kernel/resource/personal.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import type { Skip } from './contract.ts';

function isSealable({ resource: name }: { resource: string }): boolean {
  const resource = resourceNamed(name);
  return resource !== undefined && hasSealableLabel(resource);
}

/** What was left of a change, as it is stored: without names that the workspace seals, which whoever reads it finds again. */
export async function withoutSealedNames(ctx: Context, skips: readonly Skip[]): Promise<Skip[]> {
  if (skips.length === 0 || !(await sealsPersonal(ctx))) return [...skips];
  return skips.map(({ referenced_by, ...skip }) => ({
    ...skip,
    name: isSealable(skip) ? null : skip.name,
    ...(referenced_by && {
      referenced_by: {
        ...referenced_by,
        records: referenced_by.records.map((record) => (isSealable(record) ? { ...record, name: '' } : record)),
      },
    }),
  }));
}

/** The names that are not stored, of records that the caller reads, by their ids. */
export const namesFoundAgain = (
  ctx: Context,
  records: readonly { resource: string; id: string; name: string | null }[],
): Promise<Map<string, string>> =>
  namesOfRecords(
    ctx,
    records.filter((record) => !record.name && isSealable(record)),
  );
