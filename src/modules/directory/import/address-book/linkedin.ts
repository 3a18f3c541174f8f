import { type AddressBook, person } from './book.ts';

/** Connections.csv of the archive that LinkedIn gives its members. */
export const linkedin: AddressBook = {
  product: 'LinkedIn',
  signs: [['Connected On'], ['URL'], ['Position']],
  read: (row) => {
    const [company, role] = [row.takeFirst('Company'), row.takeFirst('Position')];
    return person({
      given_name: row.takeFirst('First Name'),
      family_name: row.takeFirst('Last Name'),
      emails: row.takeAll('Email Address').map((value) => ({ label: null, value })),
      profiles: row.takeAll('URL').map((value) => ({ label: 'LinkedIn', value })),
      positions: company || role ? [{ company, role }] : [],
    });
  },
};
