import type { Readable } from 'node:stream';
import type { Claimant } from '../../../kernel/fairness/fair-lane.ts';
import { filePool } from '../../../kernel/parsing/pools.ts';
import type { convert } from './converter.ts';

const seconds_max = 300;

const cardsAside = filePool.converter<typeof convert>({
  module: new URL('./converter.ts', import.meta.url),
  seconds_max,
  tooSlow: {
    code: 'takes_too_long',
    message: `The cards take longer than ${seconds_max} seconds to read. Split the file, and import one part after the other.`,
  },
  tooLarge: {
    code: 'needs_too_much_memory',
    message: 'The cards need too much memory to be read. Split the file, and import one part after the other.',
  },
});

/** The cards of a file as the rows of contacts in CSV. Throws `ParseError`. */
export const convertCards = (body: Readable, by: Claimant): AsyncIterable<Uint8Array> => cardsAside(null, by, body);
