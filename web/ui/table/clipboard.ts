/** As spreadsheets write and read it. */
export const toTsv = (rows: readonly (readonly string[])[]): string =>
  rows.map((cells) => cells.map(quoted).join('\t')).join('\r\n');

const quoted = (text: string) => (/["\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

export function toHtml(rows: readonly (readonly string[])[]): string {
  const table = document.createElement('table');
  for (const cells of rows) {
    const row = table.insertRow();
    for (const text of cells) row.insertCell().textContent = text;
  }
  return table.outerHTML;
}

/** Rows of cells; one row more than may be is enough to say that there are too many. */
export async function fromTsv(text: string, rowsMax: number): Promise<string[][]> {
  const { parse } = await import('csv-parse/browser/esm/sync');
  const options = { delimiter: '\t', bom: true, relax_column_count: true, relax_quotes: true, to: rowsMax + 1 };
  return parse(text, options);
}
