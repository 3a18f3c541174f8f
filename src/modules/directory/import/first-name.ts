const accents = /[\u0300-\u036f]/g;

/** The same as `app.first_name_key` in the database: `Jörg Otto`, `JOERG` and `Joerg` are alike. Empty for nobody's. */
export function firstNameKey(name: string | null | undefined): string {
  const [first = ''] = (name ?? '').normalize('NFKD').replace(accents, '').toLowerCase().trim().split(' ');
  let end = first.length;
  while (first[end - 1] === '.') end--;
  return first.slice(0, end).replace(/([aou])e/g, '$1');
}
