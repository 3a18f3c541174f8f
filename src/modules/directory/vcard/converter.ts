import { cardsAsCsv } from './csv.ts';

export const convert = (_: null, source: AsyncIterable<Uint8Array>): AsyncIterable<string> => cardsAsCsv(source);
