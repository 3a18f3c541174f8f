import { endWith, readOptions } from '../test/harness/usage.ts';
import { cases } from './cases/index.ts';
import type { Dataset } from './dataset/dataset.ts';

const usage = `npm run bench -- [--smoke] [--only R1,R3] [--contacts 100000,1000000] [--states old,fresh] [--shapes] [--rounds 5] [--mails 10000] [--document]
  --smoke      little data, no times: everything runs and plans use their indexes
  --only       the cases named
  --contacts   sizes of data, smallest first
  --states     old: analysed; fresh: an empty installation that is filled by import in the run, and never analysed but by itself
  --shapes     also lists with few and with many companies, and with a hundred equal tenants
  --mails      how many messages R24 imports: 100000 for its bar
  --document   put the table into docs/performance.md`;

export interface Options {
  smoke: boolean;
  only: readonly string[];
  /** Sizes of data, smallest first. */
  contacts: readonly number[];
  states: readonly Dataset['state'][];
  shapes: boolean;
  rounds: number;
  mails: number;
  document: boolean;
}

const contacts_min = 10_000;

/** Parses the options; prints the usage and exits when they are invalid. */
export function parseOptions(): Options {
  const values = readOptions(usage, {
    smoke: { type: 'boolean', default: false },
    only: { type: 'string' },
    contacts: { type: 'string' },
    states: { type: 'string', default: 'old,fresh' },
    shapes: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    mails: { type: 'string', default: '10000' },
    document: { type: 'boolean', default: false },
  });
  const known = cases.map((c) => c.id);
  const only = values.only?.split(',') ?? known;
  const contacts = (values.contacts ?? (values.smoke ? String(contacts_min) : '100000,1000000')).split(',').map(Number);
  const [rounds, mails] = [Number(values.rounds), Number(values.mails)];
  const unknown = only.filter((id) => !known.includes(id));
  if (unknown.length > 0) endWith(usage, `There is no ${unknown.join(', ')}; known are ${known.join(', ')}.`);
  if (contacts.some((n) => !(n >= contacts_min && n % contacts_min === 0)))
    endWith(usage, `Sizes are multiples of ${contacts_min} contacts.`);
  if (!(Number.isInteger(rounds) && rounds >= 1)) endWith(usage, 'Rounds are a whole number.');
  if (!(Number.isInteger(mails) && mails >= 1)) endWith(usage, 'Mails are a whole number.');
  const states = values.states.split(',') as Dataset['state'][];
  if (states.some((state) => state !== 'old' && state !== 'fresh')) endWith(usage, 'States are old and fresh.');
  const { smoke, shapes, document } = values;
  return { smoke, only, contacts, states, shapes, rounds, mails, document };
}
