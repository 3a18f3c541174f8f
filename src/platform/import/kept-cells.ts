import { maskOf } from '../../kernel/contract/mask.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { dataKeys } from '../../kernel/vault/data-keys.ts';
import { sealText } from '../../kernel/vault/envelope.ts';
import type { Binding } from '../../kernel/vault/seal.ts';
import type { MappingInUse } from './mapping-in-use.ts';
import type { ImportTarget } from './target.ts';

/**
 * What is kept of the cells of files is sealed with the key of the workspace, as JSON: the columns of `import_file` and
 * `import_row` that have it.
 */
type SealedColumn = Pick<Binding, 'table' | 'column'>;
export const foundColumn: SealedColumn = { table: 'import_file', column: 'found_envelope' };
export const cellsColumn: SealedColumn = { table: 'import_row', column: 'cells_envelope' };

export interface Kept<T> {
  /** The row that has it, or what else tells it apart in its table. */
  row: string;
  value: T;
}

/** As bytes for `bytea` in JSON, in the order of what is given. */
export async function sealKept(ctx: Context, column: SealedColumn, kept: readonly Kept<unknown>[]): Promise<string[]> {
  if (kept.length === 0) return [];
  const [key] = await dataKeys(ctx).sealing(ctx, 'data', [null]);
  return kept.map(({ row, value }) => {
    const envelope = sealText(key!, JSON.stringify(value), { tenant: ctx.tenant_id, ...column, row });
    return `\\x${envelope.toString('hex')}`;
  });
}

/** Undefined for what does not open, which is reported. */
export async function openKept<T>(
  ctx: Context,
  column: SealedColumn,
  kept: readonly Kept<Buffer>[],
): Promise<(T | undefined)[]> {
  if (kept.length === 0) return [];
  const sealed = kept.map(({ row, value }) => ({
    envelope: value,
    binding: { tenant: ctx.tenant_id, ...column, row },
  }));
  const texts = await dataKeys(ctx).texts(ctx, sealed);
  return texts.map(({ text }) => (text === undefined ? undefined : (JSON.parse(text) as T)));
}

/** A cell as people see it: of a column that is mapped to a sealed field, by its column from 0, a mask. */
export function maskedCells(
  targets: readonly ImportTarget[],
  { resource, names, columns }: MappingInUse,
): (cells: readonly string[]) => string[] {
  const fields = targets.find((target) => target.resource === resource)?.fields ?? [];
  const masks = new Map(
    columns.flatMap(({ column, field }) => {
      const mask = fields.find(({ name }) => name === field)?.mask;
      return mask ? [[names.indexOf(column), mask] as const] : [];
    }),
  );
  return (cells) =>
    cells.map((cell, at) => {
      const mask = masks.get(at);
      return mask === undefined || cell.trim() === '' ? cell : maskOf(cell, mask);
    });
}
