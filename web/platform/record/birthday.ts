export interface BirthdayParts {
  year: string;
  month: string;
  day: string;
}

/**
 * `1990-04-30`, or `--04-30` without the year, as its parts are typed; `00` stands for a part that is not there yet.
 */
export function readBirthday(value: string | null): BirthdayParts {
  const [, year = '', month = '', day = ''] = /^(\d{1,4}|-)-(\d\d)-(\d\d)$/.exec(value ?? '') ?? [];
  return { year: year === '-' ? '' : year, month: month === '00' ? '' : month, day: day.replace(/^0+/, '') };
}

/** What is not whole yet, or has a year of two digits, whose century nobody can tell, the server refuses in words. */
export function writeBirthday({ year, month, day }: BirthdayParts): string | null {
  if (year === '' && month === '' && day === '') return null;
  return `${year || '-'}-${month || '00'}-${day.padStart(2, '0')}`;
}
