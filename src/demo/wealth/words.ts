import type { DemoPerson } from '../demo.ts';

const list = (text: string): string[] =>
  text
    .split(/[,\n]/)
    .map((word) => word.trim())
    .filter(Boolean);

export const women =
  list(`Adaeze, Alice, Amelia, Anjali, Beatriz, Camille, Carmen, Charlotte, Claire, Diane, Eleanor, Elena, Emma, Esther, Fiona, Grace, Hannah,
Helen, Ingrid, Isabel, Joan, Judith, Julia, Katherine, Laura, Leah, Linda, Lucia, Margaret, Maria, Meera, Mei, Miriam, Naomi, Nora, Olivia, Patricia, Priya, Rachel,
Rebecca, Rosa, Ruth, Sarah, Sofia, Susan, Teresa, Valerie, Vivian, Yuki, Zoe`);
export const men =
  list(`Aaron, Adrian, Alan, Albert, Andrew, Anthony, Arjun, Benjamin, Brian, Carlos, Charles, Chidi, Daniel, David, Diego, Edward, Elias, Eric,
Francis, Frederick, George, Gerald, Harold, Henry, Hiroshi, Hugo, Isaac, James, Javier, John, Jonathan, Joseph, Kenneth, Kwame, Leonard, Louis, Marcus, Martin, Michael,
Nathan, Oliver, Oscar, Patrick, Paul, Peter, Rafael, Richard, Robert, Samuel, Simon, Stephen, Theodore, Thomas, Victor, Walter, Wei, William`);
/** One for each household. */
export const families =
  list(`Abernathy, Adeyemi, Ahlström, Alvarez, Amsel, Ashworth, Bancroft, Beaumont, Bergström, Blackwood, Boateng, Brennan, Brightman, Calloway,
Carmichael, Castellanos, Chandrasekaran, Chen, Cole, Coltrane, Crawford, Cunningham, Dalton, Delacroix, Devereux, Donnelly, Drummond, Eastman, Ellison, Esposito,
Fairbanks, Faraday, Feldman, Fitzgerald, Forsyth, Fujimoto, Gallagher, Garrison, Goldberg, Granger, Greenwood, Gupta, Haldane, Hamilton, Harrington, Hashimoto,
Hawthorne, Hendricks, Holloway, Huang, Iglesias, Iyer, Jefferson, Johansson, Kaplan, Kavanagh, Keller, Kensington, Kim, Kowalski, Lafayette, Langford, Larsson,
Lindqvist, Lockwood, Lombardi, MacAllister, Maddox, Marchetti, Mbeki, McKenna, Mendoza, Merriweather, Montgomery, Moreau, Nakamura, Nasser, Newbury, Novak, O’Brien,
O’Sullivan, Okafor, Osborne, Pacheco, Park, Pemberton, Petrov, Prescott, Quinn, Ramirez, Redgrave, Reyes, Rosenthal, Rutherford, Santos, Sato, Schneider, Sheridan,
Sinclair, Singh, Stanton, Sterling, Sullivan, Takahashi, Thackeray, Thornton, Tran, Underwood, Valentine, Van der Berg, Vasquez, Vaughn, Wakefield, Wallace, Whitaker,
Winslow, Wong, Yamamoto, Zamora, Zimmermann`);

export const towns = [
  { city: 'Boston', region: 'MA', postal_code: '021##' },
  { city: 'Cambridge', region: 'MA', postal_code: '0213#' },
  { city: 'Brookline', region: 'MA', postal_code: '0244#' },
  { city: 'Wellesley', region: 'MA', postal_code: '0248#' },
  { city: 'Newton', region: 'MA', postal_code: '0245#' },
  { city: 'Concord', region: 'MA', postal_code: '0174#' },
  { city: 'Portsmouth', region: 'NH', postal_code: '0380#' },
  { city: 'Providence', region: 'RI', postal_code: '0290#' },
  { city: 'Portland', region: 'ME', postal_code: '0410#' },
];
export const streets = list(
  'Beacon Street, Chestnut Street, Commonwealth Avenue, Elm Street, Harbor View, High Street, Lakeshore Road, Maple Avenue, Marlborough Street, Oak Hill Road, Old Post Road, Pleasant Street, Prospect Hill, Walnut Lane',
);
export const professions = list(
  'Architect, Attorney, Cardiologist, Chief financial officer, Dentist, Engineer, Entrepreneur, Judge, Nurse, Orthodontist, Partner, Physician, Professor, Retired, Retired, School principal, Software engineer, Surgeon, Veterinarian',
);

/** What was said in meetings. */
export const notes = [
  'Wants to retire at 62. The mortgage should be gone before; bonds ladder until then.',
  'Sold the practice. Proceeds arrive in two parts; keep the second for taxes in April.',
  'Very cautious since 2008. Agreed on no more than 40 % in equities, reviewed once a year.',
  'Would like to give to the children while still here. Asked for the yearly gift limits and what a trust costs.',
  'The daughter starts college in two years. The 529 plan covers about two thirds of it.',
  'Concentrated in the employer’s stock, 31 % of everything. Sells a tenth each quarter, outside blackout periods.',
  'Beneficiaries of the IRA are still the former spouse. Form sent, waiting for the signature.',
  'Prefers a call on Thursdays after five. No e-mails with figures.',
  'Roof and kitchen next spring, about 120,000. Keep it in the money market fund.',
  'Interested in a donor-advised fund for the appreciated shares; send the comparison.',
];

/** What came of reviews. */
export const reviewNotes = [
  'Went through the report. Stays with the allocation; rebalanced by two points into bonds.',
  'Both present. Income need rises by 1,500 a month from July, paid from the brokerage account.',
  'Confirmed objective and horizon. Beneficiaries checked, nothing to change.',
  'Talked about the sale of the house. Proceeds go to the money market until they have found another.',
  'By phone. Content with the year, asked for fewer mails and one longer meeting.',
  'Raised the target for the college fund; monthly contribution agreed.',
];

/** What families save for beside retirement and college. */
export const wishes = [
  { name: 'House on the Cape', amount: 850_000 },
  { name: 'New kitchen and roof', amount: 120_000 },
  { name: 'A year of travel', amount: 95_000 },
  { name: 'Down payment for the children', amount: 250_000 },
  { name: 'Sailing boat', amount: 180_000 },
  { name: 'Family foundation', amount: 1_000_000 },
];

export const papers = [
  { type: 'agreement', name: 'Advisory agreement' },
  { type: 'tax', name: 'Tax return {year}' },
  { type: 'identity', name: 'Passport copy' },
  { type: 'will', name: 'Will and codicil' },
  { type: 'statement', name: 'Annual statement {year}' },
  { type: 'power_of_attorney', name: 'Durable power of attorney' },
  { type: 'other', name: 'Questionnaire on risk' },
] as const;

/** What advisers and clients write and say. `{name}` is the client's first name, `{adviser}` the adviser's. */
export const talks = [
  {
    kind: 'email',
    direction: 'incoming',
    subject: 'Transfer from my old 401(k)',
    body: 'Hi {adviser},\n\nThe paperwork from my former employer arrived. Do you need the original, or is a scan enough?\n\nBest, {name}',
  },
  {
    kind: 'email',
    direction: 'outgoing',
    subject: 'Your rollover, step by step',
    body: 'Dear {name},\n\nA scan is enough. I attach the form; the two marked fields need your signature. The money should arrive within ten business days.\n\nKind regards, {adviser}',
  },
  {
    kind: 'call',
    direction: 'outgoing',
    subject: 'Required distribution',
    body: 'Explained what has to be withdrawn by December 31 and what is withheld for taxes. {name} would rather take it in two parts; agreed on September and December.',
  },
  {
    kind: 'call',
    direction: 'incoming',
    subject: 'Worried about the market',
    body: '{name} asked whether to sell before the election. Went through the plan again: four years of spending are in bonds and cash. No change wanted.',
  },
  {
    kind: 'letter',
    direction: 'outgoing',
    subject: 'Form ADV Part 2A, yearly update',
    body: 'Dear {name},\n\nEnclosed is the yearly update of our disclosure brochure. Nothing that concerns your fees has changed.\n\n{adviser}',
  },
  {
    kind: 'email',
    direction: 'incoming',
    subject: 'Wire for the closing',
    body: 'We close on the 14th. Could 180,000 be in our checking account by the 12th? Happy to confirm by phone.\n\n{name}',
  },
  {
    kind: 'call',
    direction: 'outgoing',
    subject: 'Called back to confirm the wire',
    body: 'Called the number on file, not the one in the mail. {name} confirmed amount, date and account. Wire released.',
  },
  {
    kind: 'message',
    direction: 'incoming',
    subject: 'New address',
    body: 'We have moved! Please send everything to the new house from now on. Also, {name} retires in June, so let us talk.',
  },
  {
    kind: 'letter',
    direction: 'incoming',
    subject: 'Beneficiary designation, signed',
    body: 'Enclosed the signed designation for the IRA: the children in equal shares, their children if one does not survive.',
  },
  {
    kind: 'email',
    direction: 'outgoing',
    subject: 'Agenda for our review',
    body: 'Dear {name},\n\nFor Thursday I suggest: the year in figures, the college fund, long-term care. Tell me what I missed.\n\n{adviser}',
  },
] as const;

export const reviewTasks = [
  'Prepare the yearly review',
  'Send the new fee schedule',
  'Check the beneficiaries of the IRA',
  'Rebalance to the agreed allocation',
  'Ask for the tax return of last year',
  'Call about required distributions',
];

export const staff: readonly DemoPerson[] = [
  { name: 'Margaret Ellery', email: 'margaret.ellery', role: 'manager', teams: ['Advisers'], leads: 'Advisers' },
  { name: 'Daniel Reyes', email: 'daniel.reyes', role: 'advisor', teams: ['Advisers'] },
  { name: 'Priya Natarajan', email: 'priya.natarajan', role: 'advisor', teams: ['Advisers'] },
  { name: 'Thomas Whitlock', email: 'thomas.whitlock', role: 'advisor', teams: ['Advisers'] },
  { name: 'Hannah Osei', email: 'hannah.osei', role: 'advisor', teams: ['Advisers'] },
  { name: 'Luis Ferreira', email: 'luis.ferreira', role: 'assistant', teams: ['Client service'] },
  {
    name: 'Claire Dubois',
    email: 'claire.dubois',
    role: 'assistant',
    teams: ['Client service'],
    leads: 'Client service',
  },
];
