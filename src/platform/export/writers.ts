import { pipeline, Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { type ContactOfCard, cardOf, todayInUtc, writeCard } from '../../modules/directory/vcard/index.ts';
import { workbookOf } from '../xlsx/index.ts';
import type { ExportColumn } from './column.ts';
import type { Selection } from './contract.ts';

interface Writer {
  contentType: string;
  /** What becomes of the rows, which come as CSV without a head. */
  write: (csv: Readable, columns: Promise<ExportColumn[]>, name: string) => Readable;
}

export const writers: Record<Exclude<Selection['format'], 'csv'>, Writer> = {
  xlsx: {
    contentType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    write: (csv, columns, name) => {
      const shown = columns.then((all) => all.map(({ label, kind = 'text' }) => ({ label, kind })));
      return workbookOf(name, csv, shown);
    },
  },
  vcf: {
    contentType: 'text/vcard',
    write: (csv) => Readable.from(cards(csv), { objectMode: false }),
  },
};

async function* cards(csv: Readable): AsyncGenerator<string> {
  const parser = parse();
  // What goes wrong is told to whoever reads the rows.
  pipeline(csv, parser, () => undefined);
  const today = todayInUtc();
  for await (const [contact] of parser as AsyncIterable<string[]>)
    yield writeCard(cardOf(JSON.parse(contact!) as ContactOfCard, today));
}
