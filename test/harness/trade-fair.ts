/**
 * A first day: the list of a trade fair, and people who are known already and are called as those in the list are. Such
 * lists have names that come twice, shared offices, couples, blanks, several addresses in a cell.
 */

const firms = ['Nord GmbH', 'Süd AG', 'West KG', 'Ost OHG', 'Mitte SE'];
const given = ['Anna', 'Max', 'Julia', 'Paul', 'Lena', 'Tim', 'Sara', 'Jonas', 'Mia', 'Felix', 'Emma', 'Noah'];
const family = ['Weber', 'Schmidt', 'Müller', 'Wagner', 'Koch'];
const person = (n: number) => ({ given_name: given[n % 12]!, family_name: family[n % 5]! });

/** 60 people, one of each name, each with an address of their own, as `/contacts/bulk` takes them. */
export const friends = Array.from({ length: 60 }, (_, n) => ({
  ...person(n),
  email: `friend${n}@home.example`,
  city: `Town ${n}`,
  job_title: 'Friend',
}));

const colleagues = ['Karl;Otto', 'Ida;Otto', 'Rosa;Lux', 'Hugo;Lux'];

/** How many of the 300 rows are called as a friend is. */
export const namesakes = 300 - colleagues.length;

/**
 * 300 rows, their cells between semicolons. By fifths: nothing but the name, an office that all share, an address of
 * their own, two addresses, and a telephone number alone. The first four are colleagues at one address of an office, and
 * a couple.
 */
export const fairRows: readonly string[] = Array.from({ length: 300 }, (_, n) => {
  const place = `Halle ${n};${10_000 + n};Hannover`;
  const colleague = colleagues[n];
  if (colleague) return `${colleague};Haus Otto;Inhaber;;familie${n < 2 ? 1 : 2}@otto.example;${place}`;
  const { given_name, family_name } = person(n % 60);
  const email = ['', `info@${n}.office.example`, `p${n}@fair.example`, `"p${n}@fair.example; q${n}@fair.example"`, ''][
    n % 5
  ];
  const phone = n % 5 === 4 ? `030 55${String(n).padStart(5, '0')}` : '';
  return `${given_name};${family_name};${firms[Math.floor(n / 60)]};Einkauf;${phone};${email};${place}`;
});

export const fairFile = `Vorname;Nachname;Firma;Position;Mobiltelefon;E-Mail-Adresse;Straße;PLZ;Ort\n${fairRows.join('\n')}\n`;

/** What the API has to say of a contact that a row became, in the order of its cells. */
export function cellsOf(row: string): unknown[] {
  const [given_name, family_name, company, job_title, phone, email, street, postal_code, city] = row.split(/;(?! )/);
  const addresses = email === '' ? [] : email!.replaceAll('"', '').split('; ');
  return [given_name, family_name, company, job_title, phone, addresses, street, postal_code, city];
}

/** The same of a contact as the API has it. */
// biome-ignore lint/suspicious/noExplicitAny: an answer of the API
export function cellsOfContact(one: any): unknown[] {
  const addresses = [one.email, ...one.other_emails.map(({ value }: { value: string }) => value)].filter(Boolean);
  const { given_name, family_name, company, job_title, phone, street, postal_code, city } = one;
  return [given_name, family_name, company.name, job_title, phone ?? '', addresses, street, postal_code, city];
}
