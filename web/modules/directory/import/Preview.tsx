const rows_max = 5;

/** The first rows as they stand in the file. */
export function Preview({
  label,
  columns,
  rows,
}: {
  label: string;
  columns: readonly string[];
  rows: readonly string[][];
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section aria-label={label} tabIndex={0} className="overflow-x-auto rounded-md border border-line">
      <table className="min-w-full text-12">
        <thead>
          <tr className="bg-sunken">
            {columns.map((column, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: headers may repeat
              <th key={at} scope="col" className="px-3 py-1.5 font-medium whitespace-nowrap text-muted">
                <bdi>{column}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, rows_max).map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file have no other identity
            <tr key={index} className="border-t border-line">
              {row.map((value, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: cells neither
                <td key={at} className="max-w-60 truncate px-3 py-1.5 whitespace-nowrap">
                  <bdi>{value}</bdi>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
