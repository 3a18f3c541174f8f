import { pipeline, Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { parseCellList, parseLabelledItem, restoreFormula } from '../csv/index.ts';
import { writeCard } from '../vcard/index.ts';
import { workbookOf } from '../xlsx/index.ts';
import type { ExportColumn } from './columns.ts';
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
    write: (csv, columns) => Readable.from(cards(csv, columns), { objectMode: false }),
  },
};

const plainValue = (item: string): string => parseLabelledItem(item).value;

async function* cards(csv: Readable, columns: Promise<ExportColumn[]>): AsyncGenerator<string> {
  const names = (await columns).map(({ name }) => name);
  const parser = parse();
  // What goes wrong is told to whoever reads the rows.
  pipeline(csv, parser, () => undefined);
  for await (const record of parser as AsyncIterable<string[]>) {
    const cell = (name: string) => restoreFormula(record[names.indexOf(name)] ?? '') || null;
    const several = (name: string) => parseCellList(cell(name) ?? '', ';');
    yield writeCard({
      id: cell('holdfast_id'),
      uid: cell('external_id'),
      given_name: cell('given_name'),
      family_name: cell('family_name'),
      emails: [cell('email') ?? [], several('other_emails').map(plainValue)].flat(),
      phones: [cell('phone') ?? [], several('other_phones').map(plainValue)].flat(),
      job_title: cell('job_title'),
      company: cell('company'),
      street: cell('street'),
      city: cell('city'),
      region: cell('region'),
      postal_code: cell('postal_code'),
      country: cell('country'),
      time_zone: cell('time_zone'),
      tags: several('tags'),
    });
  }
}
