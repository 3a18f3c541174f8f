/**
 * The values of a cell that holds several: `a; b; "c; d"`. Quotes are around those that hold a separator, with quotes in them
 * doubled; an export writes them so (`listed` in src/modules/directory/export/columns.ts).
 */
export function parseCellList(text: string, separators: ';' | ';,'): string[] {
  const item = new RegExp(`\\s*(?:"((?:[^"]|"")*)"|([^${separators}]*?))\\s*(?:[${separators}]|$)`, 'y');
  const values: string[] = [];
  while (item.lastIndex < text.length) {
    const [, quoted, plain] = item.exec(text)!;
    const value = quoted?.replaceAll('""', '"') ?? plain!;
    if (value !== '') values.push(value);
  }
  return values;
}

export const writeCellList = (values: readonly string[]): string =>
  values.map((value) => (/[;,"]|^\s|\s$|^$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)).join('; ');
