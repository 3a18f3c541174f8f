/**
 * The fields of a row that PostgreSQL sent as one text (`row(…)::text`): separated by commas, in double quotes where
 * they need to be, with `""` and `\\` for these signs inside. Nothing between two commas is null.
 */
export function fieldsOfComposite(text: string): (string | null)[] {
  const fields: (string | null)[] = [];
  const end = text.length - 1;
  for (let at = 1; at <= end; at++) {
    const quoted = text[at] === '"';
    const stop = quoted ? closingQuote(text, at + 1) : text.indexOf(',', at);
    const field = text.slice(quoted ? at + 1 : at, stop < 0 ? end : stop);
    fields.push(quoted ? unescaped(field) : field || null);
    if (stop < 0) break;
    at = quoted ? stop + 1 : stop;
  }
  return fields;
}

const unescaped = (field: string): string => field.replace(/(["\\])\1/g, '$1');

function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at;
}
