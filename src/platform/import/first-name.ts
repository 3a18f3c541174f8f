const accents = /[\u0300-\u036f]/g;

/** The same as `app.first_name_key` in the database: `Jörg Otto`, `JOERG` and `Joerg` are alike. Empty for nobody's. */
export function firstNameKey(name: string | null | undefined): string {
  const [first = ''] = (name ?? '').normalize('NFKD').replace(accents, '').toLowerCase().trim().split(' ');
  return first.replace(/\.+$/, '').replace(/([aou])e/g, '$1');
}
